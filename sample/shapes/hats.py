"""Hats. Units are centimetres from the middle of the crown's lower edge."""

import numpy as np

from sample.curves import Points, ellipse, rungs, symmetric, trace
from sample.pieces import Fold, Line, Piece, Sketch, Stud
from sample.shapes.tees import emblem
from sample.style import Look, Style


def _arc(half: float, dip: float, y: float = 0.0) -> Points:
    """A shallow curve from left to right that sags by ``dip``."""
    return trace((-half, y), (-half * 0.6, y + dip * 1.33, half * 0.6, y + dip * 1.33, half, y))


def cap(look: Look, rng: np.random.Generator) -> Sketch:
    """A baseball cap from the front left: six panels, a peak to the left."""
    sketch = Sketch()
    dome = trace(
        (-10.2, 0), (-10.8, -8, -7.5, -14.5, 0.5, -15), (8.5, -15.4, 12.4, -8, 12.2, 1.2), (8, 3.4, 1, 2.8, -10.2, 0)
    )
    seams = [
        trace((0.6, -15), (-4.4, -11, -5.2, -5, -4.6, 1.4)),
        trace((0.6, -15), (5.6, -12, 7.4, -6, 7.0, 2.6)),
        trace((-4.6, -13.6), (-8.6, -10, -9.6, -5, -9.4, 0.2)),
    ]
    rows = [seam + (d, 0) for seam in seams[:2] for d in (-0.5, 0.5)]
    front = emblem(rng, (look.trim.colour, look.accent), 2.5, (-6.9, -6.4)) if rng.random() < 0.55 else ()
    eyelets = tuple(Stud((x, y), 1.8, look.cloth.colour) for x, y in ((2.6, -10.4), (9.4, -9.0)))
    sketch.add(
        Piece(
            "crown",
            dome,
            look.cloth,
            puff=14,
            lift=0,
            wrinkle=0.4,
            marks=(*front, Line(seams, 1.4, -0.36), Line(rows, 0.8, -0.2, dash=2), *eyelets),
        )
    )
    two_tone = rng.random() < 0.35
    peak_cloth = look.trim if two_tone else look.cloth
    peak = trace(
        (-10.6, -1.0),
        (-16, -0.6, -22.5, 2.2, -23.5, 5.2),
        (-22.5, 6.6, -17, 4.6, -12, 4.6),
        (-7, 4.6, -2, 5.0, 2.4, 3.6),
        (1.0, 2.2, -4.4, 0.4, -10.6, -1.0),
    )
    stitch = [
        trace((-10.4, -1.0 + d), (-15.5, -0.2 + d, -20.5, 1.8 + d, -22.4 + d * 0.5, 4.2 + d * 0.3))
        for d in (1.0, 2.0, 3.0)
    ]
    under = peak + (0.2, 0.8)
    sketch.add(
        Piece("brim", under, peak_cloth.plain(), shade=0.55, puff=1, lift=0, wrinkle=0),
        Piece(
            "brim", peak, peak_cloth, grain=130, puff=6, lift=3, wrinkle=0.2, marks=(Line(stitch, 0.8, -0.22, dash=2),)
        ),
        Piece("crown", ellipse(0.6, -15.1, 1.1, 0.65), peak_cloth.plain(), puff=4, lift=2, wrinkle=0),
    )
    sketch.mark(crown_top=(0.6, -15.7), brim_tip=(-23.4, 5.3), band_left=(12.2, 1.2))
    return sketch


def beanie(look: Look, rng: np.random.Generator) -> Sketch:
    sketch = Sketch()
    height = rng.uniform(14, 18)
    dome = trace(
        (-11.2, 0), (-11.8, -height * 0.6, -8.5, -height, 0, -height), (8.5, -height, 11.8, -height * 0.6, 11.2, 0)
    )
    lines = [trace((x, 0.5), (x * 1.05, -height * 0.6, x * 0.5, -height * 1.02)) for x in np.linspace(-10.8, 10.8, 19)]
    if rng.random() < 0.5:
        y = -height - 2.6
        t = np.linspace(0, 2 * np.pi, 73)[:-1]
        radius = 3.9 * (1 + 0.06 * np.sin(t * 18) + 0.05 * rng.standard_normal(72))
        fluff = np.stack([radius * np.cos(t), y + radius * np.sin(t)], 1)
        hairs = [np.array([(x * 0.6, y + z * 0.6), (x, y + z)]) for x, z in rng.normal(0, 1.7, (46, 2))]
        sketch.add(Piece("pompom", fluff, look.trim.plain("wool"), puff=12, lift=0, marks=(Line(hairs, 1.2, -0.22),)))
        sketch.mark(pompom_top=(0.0, y - 3.8))
    sketch.add(Piece("crown", dome, look.cloth, puff=14, lift=2, wrinkle=0.5, marks=(Line(lines, 1.6, -0.26),)))
    top, low = _arc(11.8, 0.8, -1.4), _arc(11.6, 1.0, 5.6)
    sketch.add(
        Piece(
            "brim",
            np.concatenate([top, low[::-1]]),
            look.cloth.plain("rib"),
            puff=7,
            lift=4,
            wrinkle=0.4,
            marks=(Line(rungs(top, low, 46), 1.5, -0.26),),
        )
    )
    sketch.mark_sides(band=(11.7, 3.0))
    sketch.mark(crown_top=(0.0, -height))
    return sketch


def bucket_hat(look: Look, rng: np.random.Generator) -> Sketch:
    sketch = Sketch()
    wide, top_y = rng.uniform(17, 19.5), -12.5
    sketch.add(
        Piece(
            "brim_inside", ellipse(0, 3.8, wide - 0.4, 2.6), look.cloth.plain(), shade=0.55, puff=0, lift=0, wrinkle=0
        )
    )
    crown = symmetric(
        trace(
            (0, top_y - 0.8),
            (6, top_y - 0.8, 8.4, top_y - 0.3, 8.9, top_y + 1.2),
            (10.2, -6, 11.0, -2, 11.2, 0.6),
            (8, 1.9, 4, 2.1, 0, 2.1),
        )
    )
    brim = symmetric(
        trace((0, 1.6), (5, 1.6, 9, 1.0, 11.0, 0.0), (14.5, 1.2, wide - 1.4, 3.4, wide, 5.6), (13, 8.8, 6, 9.6, 0, 9.6))
    )
    rings = [
        symmetric(
            trace(
                (0, 1.6 + 8 * t),
                (5 + t, 1.6 + 8 * t, 9 + 3 * t, 1.0 + 7.2 * t, 11.0 + (wide - 11.6) * t, 0.2 + 5.2 * t),
            )
        )
        for t in (0.2, 0.4, 0.6, 0.8)
    ]
    lid = _arc(8.9, 1.2, top_y + 1.2)
    sketch.add(
        Piece(
            "crown",
            crown,
            look.cloth,
            puff=9,
            lift=0,
            wrinkle=0.6,
            marks=(Line([lid], 1.5, -0.32), Line([lid + (0, 0.6)], 0.8, -0.2, dash=2)),
        ),
        Piece("brim", brim, look.cloth, puff=6, lift=3, wrinkle=0.5, marks=(Line(rings, 0.8, -0.2, dash=2),)),
    )
    if rng.random() < 0.5:
        sketch.add(
            Piece(
                "crown",
                np.array([(-10.8, -3.4), (10.8, -3.4), (11.1, -0.6), (0, 0.9), (-11.1, -0.6)]),
                look.trim,
                puff=2,
                lift=1,
                wrinkle=0.2,
            )
        )
    sketch.mark_sides(brim=(wide, 5.6))
    sketch.mark(crown_top=(0.0, top_y - 0.8), brim_front=(0.0, 9.6))
    return sketch


def _wide_brimmed(look: Look, rng: np.random.Generator, wide: float, tall: float, pinch: float, depth: float) -> Sketch:
    sketch = Sketch()
    brim = symmetric(
        trace(
            (0, -depth * 0.75),
            (wide * 0.6, -depth * 0.75, wide * 0.96, -depth * 0.2, wide, 0.9),
            (wide * 0.86, depth * 0.95, wide * 0.45, depth * 1.25, 0, depth * 1.25),
        )
    )
    edge = symmetric(
        trace(
            (0, -depth * 0.75 + 0.7),
            (wide * 0.58, -depth * 0.75 + 0.7, wide * 0.92, -depth * 0.1, wide - 1.0, 0.9),
            (wide * 0.82, depth * 0.82, wide * 0.43, depth * 1.08, 0, depth * 1.08),
        )
    )
    half = trace(
        (0, -tall + pinch),
        (3.2, -tall - 0.9, 7.0, -tall - 0.6, 8.0, -tall + 2.4),
        (9.6, -tall * 0.5, 10.3, -3, 10.6, 0.4),
        (8, 2.4, 4, 2.9, 0, 2.9),
    )
    dent = [Fold(trace((0, -tall + pinch + 0.4), (0.6, -tall * 0.7, 0.2, -tall * 0.45)), -1.3, 14)]
    dent += [
        Fold(trace((s * 5.6, -tall + 1.2), (s * 4.2, -tall * 0.72, s * 5.0, -tall * 0.5)), -0.9, 10) for s in (-1, 1)
    ]
    low, top = (
        trace((-10.6, 0.4), (-8, 2.4, -4, 2.9, 0, 2.9), (4, 2.9, 8, 2.4, 10.6, 0.4)),
        trace((-10.1, -3.6), (-7.6, -1.6, -4, -1.1, 0, -1.1), (4, -1.1, 7.6, -1.6, 10.1, -3.6)),
    )
    bow = np.array([(7.2, -2.6), (10.4, -4.2), (10.8, 0.6), (8.8, -0.6), (7.4, 1.6)])
    sketch.add(
        Piece("brim", brim, look.cloth, puff=6, lift=0, wrinkle=0.4, marks=(Line([edge], 0.9, -0.24),)),
        Piece(
            "crown", symmetric(half), look.cloth, puff=9, lift=5, wrinkle=0.4, folds=tuple(dent) if pinch > 0.5 else ()
        ),
        Piece("band", np.concatenate([top, low[::-1]]), look.trim.plain("rib"), grain=0, puff=3, lift=1.5, wrinkle=0.2),
        Piece("band", bow, look.trim.plain("satin"), puff=3, lift=2, wrinkle=0.3),
    )
    sketch.mark_sides(brim=(wide, 0.9))
    sketch.mark(crown_top=(0.0, -tall + pinch), brim_front=(0.0, depth * 1.25))
    return sketch


def fedora(look: Look, rng: np.random.Generator) -> Sketch:
    return _wide_brimmed(look, rng, rng.uniform(17.5, 19), rng.uniform(12.5, 14), 1.6, 4.4)


def sun_hat(look: Look, rng: np.random.Generator) -> Sketch:
    return _wide_brimmed(look, rng, rng.uniform(22, 25), 10.5, -0.6, 6.6)


_NATURAL = ("beige", "camel", "cream", "brown", "white")

HATS = (
    Style(
        "baseball cap",
        "棒球帽",
        cap,
        ("twill", "denim", "corduroy"),
        ("plain", "plain", "plain", "camouflage"),
        (15, 39),
        0.4,
        0.0,
    ),
    Style("beanie", "针织帽", beanie, ("chunky knit", "merino"), ("plain", "plain", "striped"), (15, 45), -1.0, 0.1),
    Style(
        "bucket hat",
        "渔夫帽",
        bucket_hat,
        ("twill", "canvas", "denim"),
        ("plain", "plain", "gingham", "leafy", "floral"),
        (18, 45),
        0.7,
        0.0,
    ),
    Style(
        "fedora",
        "礼帽",
        fedora,
        ("felt",),
        ("plain",),
        (35, 89),
        -0.2,
        0.8,
        ("black", "camel", "grey", "brown", "navy", "burgundy", "charcoal", "olive"),
    ),
    Style("sun hat", "遮阳帽", sun_hat, ("straw",), ("plain",), (22, 59), 1.0, 0.4, _NATURAL),
)

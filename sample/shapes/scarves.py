"""Scarves: folded over, tied into a ring, or a square laid flat. Units are centimetres."""

import numpy as np

from sample.curves import Points, offset, ribbon, symmetric, trace
from sample.pieces import Fold, Line, Piece, Sketch
from sample.style import Look, Style


def _fringe(end: Points, along: Points, length: float, rng: np.random.Generator, strands: int = 22) -> Points:
    """A comb of threads hanging from an end (2 points) in the direction ``along``: one closed outline."""
    a, b = end
    across = (b - a) / strands
    points = [a - along * 1.0]
    for k in range(strands):
        root, sway = a + across * k, across * rng.uniform(-0.35, 0.35)
        tip = along * length * rng.uniform(0.88, 1.05)
        points += [root, root + tip + sway, root + across * 0.62 + tip + sway, root + across * 0.62]
    points += [b, b - along * 1.0]
    return np.array(points)


def _tail(
    sketch: Sketch,
    path: Points,
    width: float,
    look: Look,
    rng: np.random.Generator,
    fringe: float,
    lift: float,
    part: str,
) -> None:
    """A hanging end with pleats along it; the path runs from the top down."""
    outline = ribbon(path, width, width * 1.08)
    folds = tuple(
        Fold(offset(path, width * t)[2:-1], rng.uniform(0.5, 1.0) * rng.choice([-1, 1]), rng.uniform(6, 12))
        for t in rng.uniform(-0.4, 0.4, 4)
    )
    direction = path[-1] - path[-3]
    direction = direction / np.hypot(*direction)
    side = np.array([-direction[1], direction[0]]) * width * 0.54
    end = np.stack([path[-1] + side, path[-1] - side])
    grain = float(np.degrees(np.arctan2(direction[1], direction[0])))
    if fringe:
        sketch.add(
            Piece(
                "fringe",
                _fringe(end, direction, fringe, rng),
                look.cloth.plain(),
                grain=grain,
                puff=1.5,
                lift=1.5,
                wrinkle=0,
            )
        )
    sketch.add(Piece(part, outline, look.cloth, grain=grain, puff=7, lift=lift, folds=folds))


def folded_scarf(look: Look, rng: np.random.Generator) -> Sketch:
    """Hung in half: a loop above, the ends crossing below."""
    sketch = Sketch()
    width, drop = rng.uniform(15, 18), rng.uniform(52, 62)
    fringe = 6.5 if look.cloth.weave != "satin" else 0.0
    back = trace((-12, -8), (-13, 10, 7, 22, 8.5, drop - rng.uniform(5, 10)))
    front = trace((12, -8), (13, 10, -7, 24, -8.5, drop))
    arch = trace((-12.4, -4), (-13, -25, 13, -25, 12.4, -4))
    _tail(sketch, back, width, look, rng, fringe, 0, "tail_back")
    inner = tuple(
        Fold(offset(arch, width * t), rng.uniform(0.5, 1) * rng.choice([-1, 1]), 9) for t in (-0.25, 0.0, 0.25)
    )
    sketch.add(Piece("loop", ribbon(arch, width * 0.86), look.cloth, grain=0, puff=9, lift=3, folds=inner))
    _tail(sketch, front, width, look, rng, fringe, 5, "tail_front")
    sketch.mark(loop_top=(0.0, float(ribbon(arch, width * 0.86)[:, 1].min())))
    for name, path in (("tail_front", front), ("tail_back", back)):
        x, y = path[-1]
        sketch.mark(**{f"{name}_end": (float(x), float(y))})
    return sketch


def square_scarf(look: Look, rng: np.random.Generator) -> Sketch:
    """A square laid flat, with a border, a little uneven at the edges."""
    sketch = Sketch()
    half = 30.0
    corners = np.array([(-half, -half), (half, -half), (half, half), (-half, half)]) + rng.normal(0, 0.7, (4, 2))
    sides = []
    for a, b in zip(corners, np.roll(corners, -1, 0), strict=True):
        bow = (a + b) / 2 + rng.normal(0, 0.9, 2)
        sides.append(trace((a[0], a[1]), (bow[0], bow[1], b[0], b[1]))[:-1])
    outline = np.concatenate(sides)
    folds = [Fold(trace((-half, y0), (0, (y0 + y1) / 2 + 1, half, y1)), 0.9, 7) for y0, y1 in ((0.4, -0.2),)]
    folds += [Fold(trace((0.3, -half), (x, 0, -0.3, half)), 0.9, 7) for x in (0.5,)]
    border, line = look.trim.plain(look.cloth.weave), look.accent
    inner = outline * 0.84
    rim = Line([np.concatenate([outline, outline[:1]]) * 0.975], 0.9, -0.25)
    band = Line([np.concatenate([outline, outline[:1]]) * s for s in (0.93, 0.90)], 2.2, 0, line)
    sketch.add(
        Piece("border", outline, border, puff=4, lift=0, wrinkle=0.5, folds=tuple(folds), marks=(rim, band)),
        Piece("centre", inner, look.cloth, puff=0, lift=0.6, wrinkle=0.5, folds=tuple(folds)),
    )
    for name, (x, y) in zip(("top_right", "top_left", "base_left", "base_right"), corners, strict=True):
        sketch.mark(**{f"corner_{name}": (float(x), float(y))})
    return sketch


def snood(look: Look, rng: np.random.Generator) -> Sketch:
    """A knitted ring, folded over at the front."""
    sketch = Sketch()
    wide, tall = rng.uniform(21, 23), rng.uniform(24, 27)
    shell = symmetric(
        trace(
            (0, -tall * 0.42),
            (wide * 0.6, -tall * 0.46, wide * 0.92, -tall * 0.2, wide * 0.96, 4),
            (wide, tall * 0.5, wide * 0.62, tall * 0.62, 0, tall * 0.62),
        )
    )
    mouth = symmetric(
        trace(
            (0, -tall * 0.36),
            (wide * 0.46, -tall * 0.38, wide * 0.72, -tall * 0.22, wide * 0.7, -1),
            (wide * 0.6, 4, wide * 0.3, 5.6, 0, 5.6),
        )
    )
    roll = symmetric(
        trace(
            (0, -1.5),
            (wide * 0.4, -1.0, wide * 0.76, -4, wide * 0.86, -6),
            (wide * 1.06, 0, wide * 0.9, 9, wide * 0.5, 12.6),
            (wide * 0.2, 14, 0, 13.8),
        )
    )
    folds = []
    for y, bow, depth in ((3, 9, 1.0), (8, 11, -0.8), (12, 12, 0.9)):
        folds.append(Fold(trace((-wide * 0.9, y - 7), (0, y + bow, wide * 0.9, y - 6)), depth, 10))
    ribs = [trace((x, -2), (x * 1.12, 6, x * 1.02, 14.4)) for x in np.linspace(-wide * 0.84, wide * 0.84, 27)]
    sketch.add(
        Piece("back", shell, look.cloth, puff=12, lift=0, folds=tuple(folds)),
        Piece("inside", mouth, look.cloth.plain(), shade=0.58, puff=4, lift=0),
        Piece("front", roll, look.cloth, puff=12, lift=6, folds=tuple(folds), marks=(Line(ribs, 1.6, -0.18),)),
    )
    sketch.mark(top=(0.0, -tall * 0.42), base=(0.0, tall * 0.62))
    return sketch


_WARM = ("plain", "plaid", "plaid", "striped", "gingham", "windowpane")

SCARVES = (
    Style("fringed scarf", "流苏围巾", folded_scarf, ("wool", "cashmere"), _WARM, (25, 95), -1.0, 0.5),
    Style(
        "knitted scarf",
        "针织围巾",
        folded_scarf,
        ("chunky knit", "merino"),
        ("plain", "plain", "striped"),
        (22, 69),
        -1.0,
        0.3,
    ),
    Style(
        "square scarf",
        "方巾",
        square_scarf,
        ("silk", "satin"),
        ("floral", "leafy", "diamond", "dotted", "retro", "zigzag"),
        (19, 69),
        0.3,
        0.8,
    ),
    Style("snood", "围脖", snood, ("chunky knit", "ribbed knit"), ("plain",), (19, 49), -1.0, 0.2),
)

"""The families of trousers, shorts and skirts."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from sample.curves import trace
from sample.pieces import Line, Piece, Sketch
from sample.shapes.falls import Fall
from sample.shapes.legwear import Finish, Legs, assemble
from sample.style import Look
from sample.wardrobe import fabrics
from sample.wardrobe.fabrics import Fabric
from sample.wardrobe.laid import lay, swing
from sample.wardrobe.ruffles import sash, skirt, slit

Rng = np.random.Generator
Sewer = Callable[[Look, Rng], Sketch]
Maker = Callable[[Rng, str], tuple[Sewer, Fabric]]


def _legs(rng: Rng, short: bool, hem: tuple[float, float], knee: tuple[float, float]) -> Legs:
    waist = rng.uniform(14.5, 24)
    hip = waist + rng.uniform(1.0, 4.8)
    rise = rng.uniform(20, 33)
    inseam = rng.uniform(4, 32) if short else rng.uniform(56, 84)
    gap = float(rng.choice([0.6, rng.uniform(1, 14)]))
    wide = min(hip * rng.uniform(*hem), hip + 0.3 * inseam - gap / 2)
    return Legs(
        waist=waist, hip=hip, hip_at=rise * rng.uniform(0.65, 0.85), rise=rise, knee=hip * rng.uniform(*knee),
        hem=wide, length=rise + inseam, apart=gap,
        band=rng.uniform(2.5, 6),
    )  # fmt: skip


def _sewn(legs: Legs, finish: Finish, crooked: bool) -> Sewer:
    def sew(look: Look, rng: Rng) -> Sketch:
        sketch = assemble(look, rng, legs, finish)
        if crooked:
            pose(sketch, legs, rng)
        return sketch

    return sew


def pose(sketch: Sketch, legs: Legs, rng: Rng) -> None:
    """Swing each leg from the hip and bend it at the knee: apart, together, crossed or kicked out."""
    long = legs.length - legs.rise
    for side, name in ((1, "left"), (-1, "right")):
        points = (f"hem_outer_{name}", f"hem_inner_{name}")
        hip = rng.normal(-1.5, 3.5) * (2.0 if rng.random() < 0.15 else 1.0)
        lay(sketch, swing((side * legs.hip * 0.5, legs.rise), legs.rise - 2, long * 0.35, side * hip), (f"leg_{name}",), points)  # fmt: skip
        if rng.random() < 0.35:
            knee = (side * legs.hip * 0.55, legs.rise + long * 0.45)
            lay(sketch, swing(knee, knee[1] - 3, long * 0.15, rng.normal(0, 9)), (f"leg_{name}",), points)


def jeans(rng: Rng, category: str) -> tuple[Sewer, Fabric]:
    short = category == "shorts"
    legs = _legs(rng, short, (0.8, 1.05) if short else (0.5, 0.85), (0.65, 0.95))
    finish = Finish(jean=True, turn_up=rng.uniform(2, 6) if rng.random() < 0.25 else 0.0)
    return _sewn(legs, finish, not short), fabrics.DENIM if rng.random() < 0.75 else fabrics.TAILORING


def tailored(rng: Rng, category: str) -> tuple[Sewer, Fabric]:
    short = category == "shorts"
    legs = _legs(rng, short, (0.85, 1.1) if short else (0.55, 0.95), (0.75, 1.0))
    return _sewn(legs, Finish(crease=bool(rng.random() < 0.5)), not short), fabrics.TAILORING


def wide(rng: Rng, category: str) -> tuple[Sewer, Fabric]:
    short = category == "shorts"
    legs = _legs(rng, short, (1.1, 1.5), (1.0, 1.25))
    return _sewn(legs, Finish(elastic=bool(rng.random() < 0.5), crease=bool(rng.random() < 0.2)), not short), fabrics.FLOWING  # fmt: skip


def flared(rng: Rng, category: str) -> tuple[Sewer, Fabric]:
    legs = _legs(rng, False, (1.0, 1.35), (0.62, 0.8))
    return _sewn(legs, Finish(jean=bool(rng.random() < 0.5)), True), pick_fabric(rng)


def pick_fabric(rng: Rng) -> Fabric:
    return (fabrics.DENIM, fabrics.TAILORING, fabrics.COTTON)[rng.integers(3)]


def skinny(rng: Rng, category: str) -> tuple[Sewer, Fabric]:
    legs = _legs(rng, False, (0.38, 0.52), (0.58, 0.75))
    return _sewn(legs, Finish(elastic=bool(rng.random() < 0.7), fly=False), True), fabrics.COTTON


def joggers(rng: Rng, category: str) -> tuple[Sewer, Fabric]:
    short = category == "shorts"
    legs = _legs(rng, short, (0.9, 1.2) if short else (0.6, 0.8), (0.8, 1.0))
    cuff = rng.uniform(3, 7) if not short and rng.random() < 0.7 else 0.0
    finish = Finish(elastic=True, fly=False, cuff=cuff, stripe=bool(rng.random() < 0.3))
    return _sewn(legs, finish, not short), fabrics.SWEAT if rng.random() < 0.6 else fabrics.PADDED


def cargo(rng: Rng, category: str) -> tuple[Sewer, Fabric]:
    short = category == "shorts"
    legs = _legs(rng, short, (0.9, 1.15) if short else (0.65, 1.0), (0.85, 1.05))
    return _sewn(legs, Finish(cargo=True, elastic=bool(rng.random() < 0.3)), not short), fabrics.TAILORING


def culottes(rng: Rng, category: str) -> tuple[Sewer, Fabric]:
    legs = replace(_legs(rng, False, (1.25, 1.7), (1.1, 1.35)), apart=0.6)
    legs = replace(legs, length=legs.rise + rng.uniform(28, 46))
    return _sewn(legs, Finish(elastic=bool(rng.random() < 0.5)), False), fabrics.FLOWING


def _fall(rng: Rng, flare: tuple[float, float], long: tuple[float, float], waves: int) -> Fall:
    waist, length = rng.uniform(14, 23), rng.uniform(*long)
    hem = waist + rng.uniform(*flare) * length + rng.uniform(0, 3)
    hip = max(waist + rng.uniform(1.5, 6), waist + (hem - waist) * rng.uniform(0.4, 0.75))
    return Fall(waist, hip, hem, 0.0, length, waves, rng.uniform(0.2, 1.0))


def skirt_of(flare: tuple[float, float], long: tuple[float, float], *, waved: bool = False, pleated: bool = False, tiered: bool = False, wrapped: bool = False) -> Maker:  # fmt: skip
    def make(rng: Rng, category: str) -> tuple[Sewer, Fabric]:
        fall = _fall(rng, flare, long, int(rng.integers(3, 10)) if waved else 0)
        jean = not (waved or pleated or tiered) and rng.random() < 0.3

        def sew(look: Look, rng: Rng) -> Sketch:
            return _skirt(fall, look, rng, int(rng.integers(9, 26)) if pleated else 0, int(rng.integers(2, 6)) if tiered else 0, wrapped)  # fmt: skip

        return sew, fabrics.DENIM if jean else fabrics.FLOWING if waved or tiered or rng.random() < 0.4 else fabrics.TAILORING  # fmt: skip

    return make


def _skirt(fall: Fall, look: Look, rng: Rng, pleats: int, tiers: int, wrapped: bool) -> Sketch:
    sketch, w = Sketch(), fall.waist
    band = rng.uniform(0.8, 6.5)
    back = trace((-w + 0.4, 0.6 - band), (0, 1.8 - band, w - 0.4, 0.6 - band))
    inside = np.concatenate([back, [(w - 1, 0.5), (-w + 1, 0.5)]])
    sketch.add(Piece("waist_inside", inside, look.cloth.plain(), shade=0.6, puff=0, lift=0, wrinkle=0))
    skirt(sketch, fall, look, rng, tiers, pleats)
    low = fall.bottom(0.0)
    if wrapped:
        end = low[(low[:, 0] > -fall.hem * 0.55)]
        edge = trace((-w * 0.75, 0.3), (-fall.hip * 0.4, fall.length * 0.5, *end[-1]))
        panel = np.concatenate([fall.side(), end, edge[::-1]])
        sketch.add(Piece("skirt", panel, look.cloth, lift=4.5, folds=fall.folds(rng, 0.0)[::2], marks=(Line([edge + (0.8, 0)], 0.9, -0.2),)))  # fmt: skip
    elif rng.random() < 0.15:
        sketch.add(slit(fall, rng))
    top, lower = trace((-w, -band), (0, 2.0 - band, w, -band)), trace((-w - 0.3, 0.3), (0, 2.2, w + 0.3, 0.3))
    ribs = [np.stack([a, b]) for a, b in zip(top[::1], lower[::1], strict=True)] if rng.random() < 0.4 else [top + (0, 0.6), lower - (0, 0.6)]  # fmt: skip
    sketch.add(Piece("waistband", np.concatenate([top, lower[::-1]]), look.cloth.plain(), puff=3, lift=3, wrinkle=0.3, marks=(Line(ribs, 1.0, -0.2),)))  # fmt: skip
    if wrapped or rng.random() < 0.12:
        sketch.add(*sash(w + 0.2, 0.8 - band * 0.5, look.cloth.plain(), rng, "waistband"))
    sketch.mark_sides(waist=(w, -band), hem=(fall.hem, fall.length))
    sketch.mark(hem_centre=(0.0, float(low[30, 1])))
    return sketch


BOTTOMS: dict[str, dict[str, Maker]] = {
    "skirt": {"pencil": skirt_of((-0.06, 0.04), (32, 78)), "a-line": skirt_of((0.12, 0.4), (28, 88)), "flowing": skirt_of((0.15, 0.55), (30, 100), waved=True),
              "pleated": skirt_of((0.15, 0.5), (28, 85), pleated=True), "tiered": skirt_of((0.1, 0.45), (32, 98), waved=True, tiered=True),
              "wrap": skirt_of((0.02, 0.3), (38, 85), wrapped=True)},
    "pants": {"jeans": jeans, "tailored": tailored, "wide": wide, "flared": flared, "skinny": skinny, "joggers": joggers, "cargo": cargo, "culottes": culottes},
    "shorts": {"jeans": jeans, "tailored": tailored, "wide": wide, "joggers": joggers, "cargo": cargo},
}  # fmt: skip

"""Tops put together: a trunk, sleeves, a neck, a front and what is sewn or tied on."""

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from sample.curves import Points, mirror, symmetric, trace
from sample.pieces import Fold, Line, Patch, Piece, Sketch, Stud
from sample.shapes.bodice import armhole_seams, hem_band, hem_stitches, inside_back, neck_band
from sample.shapes.coats import lapels
from sample.shapes.falls import Fall
from sample.shapes.hooded import cords, hood
from sample.shapes.outer import slant_pockets, zip_line
from sample.shapes.shirts import chest_pocket, collar, placket
from sample.style import Look
from sample.wardrobe.form import in_top
from sample.wardrobe.hanger import cut, for_top
from sample.wardrobe.necks import cowl, funnel, keyhole, strap_top, straps
from sample.wardrobe.ruffles import frill, sash, skirt, slit
from sample.wardrobe.trunk import Trunk
from sample.wardrobe.tubes import Tube, cleared, mark_cuffs

Neck = Literal["band", "facing", "funnel", "shirt", "hood", "lapels", "cowl", "frill", "wide", "none", "hood down"]
Front = Literal["closed", "buttons", "henley", "zip", "open", "wrap", "double", "knot"]


@dataclass(frozen=True)
class Top:
    """What a top or dress is sewn of. sleeves: the wearer's left and right; band: depth of a ribbed hem; fall: a dress's skirt;
    tiers: of that skirt; belt: a sash at the waist; strap: half distance and width of straps that rise from a
    trunk without shoulders; prints: what is printed on the front; quilt: distance of quilting seams; hung: on a hanger; ghost: as if worn
    by nobody, its hem seen from below; formed: on a dress form; contrast: sleeves of another colour;
    one: only the left shoulder is covered; sheer: opacity of the sleeves."""

    trunk: Trunk
    sleeves: tuple[Tube | None, Tube | None] = (None, None)
    neck: Neck = "facing"
    front: Front = "closed"
    rise: float = 1.2
    trim_neck: bool = False
    neck_width: float = 2.0
    band: float = 0.0
    fall: Fall | None = None
    tiers: int = 0
    belt: bool = False
    strap: tuple[float, float] | None = None
    prints: tuple[Line | Patch, ...] = ()
    pockets: int = 0
    quilt: float = 0.0
    flounce: float = 0.0
    hole: bool = False
    gap: float = 4.0
    strength: float = 1.0
    hung: bool = False
    ghost: bool = False
    formed: bool = False
    contrast: bool = False
    one: bool = False
    sheer: float = 1.0


def build(top: Top, look: Look, rng: np.random.Generator) -> Sketch:
    """The sketch of a top or dress, laid perfectly."""
    sketch = Sketch()
    t = top.trunk
    bodies = [t.outline(), *([top.fall.outline(0.0)] if top.fall else [])]
    if top.flounce:
        end = t.length + top.flounce
        bodies.append(np.array([(-t.hem, t.length), (t.hem, t.length), (t.hem + 1, end), (-t.hem - 1, end)]))
    top = replace(top, sleeves=(cleared(top.sleeves[0], t, bodies), cleared(top.sleeves[1], t, bodies)))
    _points(sketch, top)
    if top.ghost:
        sketch.add(_low_inside(top, look))
    leaves = _behind(sketch, top, look, rng)
    if top.hung:
        sketch.behind += for_top(t, rng)
    if top.formed:
        low = (top.fall.hem, top.fall.top + top.fall.length) if top.fall else (t.hem, t.length)
        sketch.behind += in_top(t, top.sleeves, low, rng)
    sketch.add(*cut(sketch.behind))
    _sleeves(sketch, top, look, rng, over=False)
    if top.fall:
        skirt(sketch, top.fall, look, rng, top.tiers)
        if rng.random() < 0.1:
            sketch.add(slit(top.fall, rng))
    if top.flounce:
        flounce = frill(t.hem_line(0.5)[::-1], top.flounce, rng, look.cloth, "torso")
        sketch.add(flounce)
        for name, k in (("hem_left", 49), ("hem_centre", 73), ("hem_right", -1)):
            sketch.points[name] = (float(flounce.outline[k, 0]), float(flounce.outline[k, 1]))
    if top.band:
        sketch.add(hem_band(t, look.trim.plain("rib") if top.trim_neck else look.cloth.plain("rib"), top.band))
    _torso(sketch, top, look, rng)
    _neck(sketch, top, look, rng, leaves)
    if top.hole:
        sketch.add(keyhole(t, look))
    if top.strap:
        sketch.add(*straps(t, *top.strap, look.cloth.plain(), front=True))
    if top.belt:
        y = top.fall.top if top.fall else t.waist_at
        half = top.fall.waist + 0.3 if top.fall else t.waist + 0.2
        sketch.add(*sash(half, y, look.cloth.plain() if rng.random() < 0.6 else look.trim, rng, "waistband" if top.fall else "torso"))  # fmt: skip
    _sleeves(sketch, top, look, rng, over=True)
    return sketch


def _behind(sketch: Sketch, top: Top, look: Look, rng: np.random.Generator) -> list[Piece]:
    """What shows through the neck and between open fronts; returns the leaves of a collar, to lie on top."""
    t = top.trunk
    leaves: list[Piece] = []
    lining = look.cloth.plain() if rng.random() < 0.6 else look.trim.plain()
    if top.front == "open":
        back = t.back_neck(top.rise)
        whole = np.concatenate([back, t.shoulder_line(), t.armhole(), t.side(), t.hem_line(0.6), mirror(t.side()), mirror(t.armhole()), mirror(t.shoulder_line())])  # fmt: skip
        folds = tuple(Fold(f.path, f.depth, f.width) for f in t.folds(rng, 0.5))
        sketch.add(Piece("collar_inside", whole, lining, shade=float(rng.uniform(0.55, 0.85)), puff=0, lift=0, folds=folds))  # fmt: skip
    if top.neck == "hood":
        shell, inner = hood(look, t)
        sketch.add(*shell, *inner)
    elif top.one:
        edge = t.one_edge()
        sketch.add(Piece("collar_inside", np.concatenate([edge - (0, 1.6), edge[::-1] + (0, 1)]), lining, shade=0.65, puff=0, lift=0))  # fmt: skip
    elif top.strap:
        sketch.add(*straps(t, *top.strap, look.cloth.plain(), front=False))
        dip = t.drop + rng.uniform(-1, 3)
        back = trace((-t.neck + 0.4, 0.6), (0, dip * rng.uniform(0.4, 1.0), t.neck - 0.4, 0.6))
        half = t.front_neck(2)
        sketch.add(Piece("collar_inside", np.concatenate([back, half[::-1], mirror(half)[::-1]]), lining, shade=0.65, puff=0, lift=0))  # fmt: skip
    else:
        sketch.add(*inside_back(t, lining, top.rise, (236, 234, 228) if rng.random() < 0.6 else lining.colour))
        if top.neck == "shirt":
            behind, leaves = collar(look, t, rng)
            sketch.add(*behind)
        if top.neck == "lapels":
            stand = trace((-t.neck + 0.4, -1.2), (0, 0.2, t.neck - 0.4, -1.2))
            sketch.add(Piece("collar_inside", np.concatenate([stand - (0, 1.7), stand[::-1] + (0, 1.7)]), look.cloth, shade=0.85, puff=2, lift=2))  # fmt: skip
    return leaves


def _low_inside(top: Top, look: Look) -> Piece:
    """The back's inner side below the front's hem."""
    if top.fall:
        low = top.fall.bottom(0.0)
        hem = low[[0, len(low) // 2, -1]]
    else:
        low = top.trunk.hem_line()
        hem = low[[0, len(low) // 2, -1]] + (0, top.band)
    (x1, y1), _, (x0, y0) = hem
    under = trace((x1 * 0.99, y1 - 0.4), (0, y1 - 2.0, x0 * 0.99, y0 - 0.4))
    return Piece("collar_inside", np.concatenate([low, under[::-1]]), look.cloth.plain(), shade=0.55, puff=0, lift=0)


def _sleeves(sketch: Sketch, top: Top, look: Look, rng: np.random.Generator, over: bool) -> None:
    for side, tube in zip((1, -1), top.sleeves, strict=True):
        if tube and (tube.over or tube.raglan) == over:
            cloth = look.trim if top.contrast else look.cloth
            pieces = tube.pieces(top.trunk, cloth, look.trim if top.trim_neck else look.cloth.plain(), rng, side, top.strength)  # fmt: skip
            if top.quilt:
                pieces[0] = replace(pieces[0], folds=pieces[0].folds + _sleeve_quilt(tube, top, side), puff=8)
            sketch.add(*(replace(piece, alpha=top.sheer) for piece in pieces))


def _sleeve_quilt(tube: Tube, top: Top, side: int) -> tuple[Fold, ...]:
    from_edge, to_edge = tube.edges(top.trunk)
    count = max(2, round(tube.length / top.quilt))
    at = (np.arange(count) + 0.5) / count
    a, b = (edge[(at * (len(edge) - 1)).astype(int)] for edge in (from_edge, to_edge))
    flip = np.array([float(side), 1.0])
    rows = [np.linspace(p, q, 5) * flip for p, q in zip(a, b, strict=True)]
    return tuple(Fold(row, 1.1, top.quilt * 1.9) for row in rows)


def _torso(sketch: Sketch, top: Top, look: Look, rng: np.random.Generator) -> None:
    t = top.trunk
    marks: list[Line | Patch | Stud] = list(top.prints)
    folds = t.folds(rng, top.strength)
    if not (top.band or top.flounce or top.fall):
        marks.append(hem_stitches(t))
    if any(top.sleeves):
        marks.append(armhole_seams(t, -0.3))
    if top.quilt:
        seams, swells = _quilt(t, top.quilt)
        marks, folds = [*marks, seams], swells
    low = t.length + t.hem_dip + top.band
    if top.front == "knot":
        folds += tuple(Fold(np.linspace((0, low - 2), (x, low - rng.uniform(8, 18)), 6), 1.0, 6.0) for x in np.linspace(-t.hem, t.hem, 8) * 0.8)  # fmt: skip
    if top.front == "zip":
        marks += [*zip_line(t.drop * 0.6, low), slant_pockets(t)]
    if top.front == "double":
        edge = trace((4, t.drop + 1), (6, t.drop + 8), (6, low))
        marks += [Line([edge], 2.0, -0.45)]
        marks += [Stud((float(x), float(y)), 4.0, look.accent, 4) for y in np.linspace(t.drop + 4, t.waist_at + 8, 3) for x in (-5, 5)]  # fmt: skip
    if top.front == "open":
        for side in (-1, 1):
            near, far = top.gap * rng.uniform(0.5, 1.3), top.gap * rng.uniform(0.6, 2.0)
            sag = rng.uniform(0.4, 0.9)
            edge = trace(
                (t.neck, 0.0), (t.neck * sag, t.drop * 0.9, near, t.drop + 6), (near, t.waist_at, far, low + 0.3)
            )
            flip = np.array([float(side), 1.0])
            buttons = [Stud((float(x * side), float(y)), 2.6, look.accent, 4) for x, y in edge[18::3] + (1.4, 0)] if side > 0 and rng.random() < 0.5 else []  # fmt: skip
            hem = Line([(edge + (1.2, 0)) * flip], 0.9, -0.25)
            sketch.add(Piece("torso", t.panel(edge) * flip, look.cloth, lift=4, folds=folds, marks=(*marks, hem, *buttons)))  # fmt: skip
    else:
        sketch.add(Piece("torso", t.one_shouldered() if top.one else t.outline(), look.cloth, lift=3, folds=folds, marks=tuple(marks), puff=9 if top.quilt else 5))  # fmt: skip
    if top.front == "wrap":
        sketch.add(_wrap(top, look, folds))
    if top.front in ("buttons", "henley"):
        end = low if top.front == "buttons" else t.drop + rng.uniform(8, 15)
        if top.fall and top.front == "buttons":
            end = top.fall.top + top.fall.length * rng.choice([0.0, 1.0])
        count = max(2, round((end - t.drop) / rng.uniform(6, 11)))
        sketch.add(placket(t, look, t.drop - 1.0, float(end), count, float(rng.uniform(2.6, 4))))
    for k in range(top.pockets):
        sketch.add(*chest_pocket(t, look, 1 - 2 * k, bool(rng.random() < 0.4)))
    if top.front == "knot":
        _knot(sketch, t, look, rng)


def _wrap(top: Top, look: Look, folds: tuple[Fold, ...]) -> Piece:
    """The wearer's left front laid over the right one."""
    t = top.trunk
    low = t.length if not top.fall else t.waist_at
    down = min(t.waist_at, low - 1)
    edge = trace((t.neck, 0.0), (t.neck * 0.35, t.drop * 0.62, 0, t.drop), (-t.waist * 0.5, t.drop + (down - t.drop) * 0.7, -t.waist + 0.2, down))  # fmt: skip
    side = t.side()
    right = mirror(side[side[:, 1] > down])
    outline = np.concatenate([edge[::-1], t.shoulder_line(), t.armhole(), side, t.hem_line(), right])
    pulls = tuple(Fold(np.linspace((x, y), (-t.waist * 0.9, down - 1), 7), 0.7, 7) for x, y in ((t.chest * 0.6, t.armpit), (t.chest * 0.3, t.armpit + 5), (0.5, t.drop + 5)))  # fmt: skip
    return Piece("torso", outline, look.cloth, lift=4.5, folds=(*folds[::2], *pulls), marks=(Line([edge + (0.6, 0.8)], 0.9, -0.2),))  # fmt: skip


def _knot(sketch: Sketch, t: Trunk, look: Look, rng: np.random.Generator) -> None:
    """Two ends of the front tied over the middle of the hem."""
    y = t.length + t.hem_dip - 2
    for side in (-1, 1):
        long, out = rng.uniform(7, 16), rng.uniform(3, 9)
        tail = np.array([(0, y - 1.5), (side * out * 0.5, y + long * 0.3), (side * out, y + long), (side * (out - 3.5), y + long * 0.92), (side * -0.8, y + 2)])  # fmt: skip
        sketch.add(Piece("torso", tail, look.cloth, lift=3, puff=4))
    knot = np.array([(-2.6, y - 2), (2.4, y - 2.4), (3.0, y + 1.4), (0.2, y + 2.6), (-2.8, y + 1.6)])
    sketch.add(Piece("torso", knot, look.cloth, lift=4, puff=6))


def _quilt(t: Trunk, gap: float) -> tuple[Line, tuple[Fold, ...]]:
    heights = np.arange(t.drop + 2, t.length, gap)
    seams = Line([np.array([(-60.0, y), (60.0, y)]) for y in heights], 1.4, -0.4)
    swells = tuple(
        Fold(np.linspace((-t.chest, y - gap / 2), (t.chest, y - gap / 2), 9), 1.1, gap * 1.9) for y in heights
    )
    return seams, swells


def _neck(sketch: Sketch, top: Top, look: Look, rng: np.random.Generator, leaves: list[Piece]) -> None:
    t = top.trunk
    edge = look.trim.plain() if top.trim_neck else look.cloth.plain()
    match top.neck:
        case "band" | "facing":
            back, front = neck_band(t, edge, top.neck_width if top.neck == "band" else 0.9, top.rise)
            if top.front == "open":
                return
            if top.neck == "facing":
                back, front = replace(back, marks=()), replace(front, marks=(), lift=1)
            sketch.add(back, front)
        case "funnel":
            sketch.add(*funnel(t, edge, rng, top.front == "zip"))
        case "shirt":
            sketch.add(*leaves)
        case "lapels":
            sketch.add(*lapels(look, t, float(rng.uniform(6.5, 10))))
        case "cowl":
            sketch.add(cowl(t, look.cloth, rng))
        case "frill":
            half = t.front_neck()
            sketch.add(
                frill(
                    np.concatenate([half[::-1], mirror(half)[::-1]])[::-1],
                    rng.uniform(3, 11),
                    rng,
                    look.cloth,
                    "collar",
                )
            )
        case "wide":
            half = t.front_neck()
            out = t.front_neck(rng.uniform(3, 6)) * (1.06, 1.0)
            sketch.add(
                Piece("collar", np.concatenate([symmetric_edge(half), symmetric_edge(out)[::-1]]), edge, lift=3, puff=4)
            )
        case "hood" | "hood down":
            _hood_edges(sketch, t, look, rng, top.neck == "hood down")


def symmetric_edge(half: Points) -> Points:
    """A whole neckline, from the wearer's right to the left, of its left half from the middle outwards."""
    return np.concatenate([mirror(half), half[1:]])


def _hood_edges(sketch: Sketch, t: Trunk, look: Look, rng: np.random.Generator, down: bool) -> None:
    if down:
        n = t.neck
        ring = trace((0, 4.5), (n * 0.8, 4.5, n + 5, 6.5, n + 5.5, 0.5), (n + 4, -8, n * 0.5, -9, 0, -9))
        mouth = trace((0, -6.5), (n * 0.6, -6.5, n + 2, -4.5, n + 1, 0), (n * 0.8, 3.5, n * 0.4, 2.6, 0, t.drop * 0.6))
        sketch.add(Piece("hood", symmetric(ring[::-1]), look.cloth, lift=3, puff=8))
        sketch.add(Piece("collar_inside", symmetric(mouth), look.cloth.plain(), shade=0.66, puff=2, lift=0))
    front = trace((0.2, t.drop - 0.6), (t.neck * 0.55, t.drop - 0.6, t.neck + 1.8, 1.2), (t.neck + 4.8, 3.0), (t.neck + 1.5, t.drop + 2, 0.2, t.drop + 3.6))  # fmt: skip
    for side in (-1, 1):
        sketch.add(Piece("hood", front * (float(side), 1.0), look.cloth, puff=4, lift=3, wrinkle=0.3))
    if rng.random() < 0.6:
        cords(sketch, t, look.accent)


def _points(sketch: Sketch, top: Top) -> None:
    t = top.trunk
    t.key_points(sketch)
    if top.band:
        sketch.mark_sides(hem=(t.hem - 1, t.length + top.band))
        sketch.mark(hem_centre=(0.0, t.length + t.hem_dip + top.band))
    if top.fall:
        f = top.fall
        sketch.mark_sides(waist=(f.waist, f.top), hem=(f.hem, f.top + f.length))
        sketch.mark(hem_centre=(0.0, float(f.bottom(0.0)[30, 1])))
    if top.strap:
        at, width = top.strap
        high = strap_top(t)
        sketch.mark_sides(neckline=(at - 1.6 - width / 2, high), shoulder=(at - 1.6 + width / 2, high))
    elif t.armpit < 2:
        del sketch.points["shoulder_left"], sketch.points["shoulder_right"]
    if top.one:
        del sketch.points["shoulder_right"]
        x, y = t.one_edge()[7]
        sketch.mark(neckline_right=(-t.chest, t.armpit), neckline_front=(float(x), float(y)))
    mark_cuffs(sketch, t, *top.sleeves)

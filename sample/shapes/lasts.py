"""What shoes have in common, from the side, toe to the left. Units are centimetres; the ground is y = 0."""

from dataclasses import dataclass, replace

import numpy as np

from sample.cloth import Cloth
from sample.curves import Points, along, ribbon, trace
from sample.pieces import RGB, Line, Mark, Patch, Piece, Sketch

RUBBER = (238, 236, 231)


GUM = (186, 136, 86)


DARK = (44, 42, 42)


@dataclass(frozen=True)
class Last:
    """The side profile. instep: where the vamp meets the ankle; top: height of the opening; toe: bluntness."""

    instep: tuple[float, float] = (16.5, -10.4)
    front: tuple[float, float] = (18.6, -12.6)
    dip: float = -9.4
    back: tuple[float, float] = (28.8, -11.8)
    toe: float = 5.6
    sole: float = 2.6
    heel: float = 0.4

    def opening(self) -> Points:
        """From the tongue's top over the ankle's dip to the heel's top."""
        x0, x1 = self.front[0], self.back[0]
        return trace(
            self.front, (x0 + (x1 - x0) * 0.25, self.dip + 0.2, x0 + (x1 - x0) * 0.7, self.dip - 0.3, *self.back)
        )

    def vamp(self) -> Points:
        """From the toe over the instep to the tongue's top."""
        (ix, iy), (fx, fy) = self.instep, self.front
        return trace(
            (0.7, -self.sole), (0.3, -self.toe * 0.86, 2.4, -self.toe - 0.5, 6.2, -self.toe - 0.9),
            (10, -self.toe - 1.5, ix - 3.0, iy + 1.8, ix, iy), (ix + (fx - ix) * 0.75, iy + (fy - iy) * 0.3, fx, fy),
        )  # fmt: skip

    def upper(self) -> Points:
        x, y = self.back
        low_y = -self.sole - self.heel + 0.4
        if y < -15:  # a boot's shaft narrows above the heel
            heel = trace((x, y), (x, y * 0.7, 27.4, -12.5, 28.4, -8.6), (29.6, -6, 29.8, -4.4, 29.2, low_y))
        else:
            heel = trace((x, y), (x + 1.5, y * 0.72, x + 0.6, y * 0.4, 29.2, low_y))
        low = trace((29.2, low_y), (22, -self.sole + 0.3, 10, -self.sole + 0.9, 0.7, -self.sole + 0.4))
        return np.concatenate([self.vamp(), self.opening(), heel, low])


def flat_sole(last: Last, cloth: Cloth, thick: float, wedge: float, tread: bool) -> Piece:
    """thick at the toe, thicker by wedge at the heel."""
    t = thick
    outline = trace(
        (0.1, -t - 0.6), (-0.4, -t * 0.4, 0.8, -0.25, 3.2, 0), (27.6, 0), (30.2, -0.1, 30.4, -t - wedge, 29.6, -t - wedge - 0.5),
        (22, -t - wedge * 0.7 + 0.2, 10, -t + 0.6, 0.1, -t - 0.6),
    )  # fmt: skip
    rim = trace((0.4, -t * 0.62), (10, -t * 0.5, 22, -t * 0.55 - wedge * 0.4, 29.9, -t * 0.7 - wedge * 0.5))
    marks = [Line([rim], 1.0, -0.18)]
    if tread:
        marks.append(Line([np.array([(x, -0.7), (x, 0)]) for x in np.linspace(2.5, 28.5, 27)], 1.4, -0.3))
    return Piece("sole", outline, cloth, puff=3, lift=1.5, wrinkle=0, marks=tuple(marks))


def heeled_sole(cloth: Cloth, heel: float, height: float) -> list[Piece]:
    """A thin sole and a block heel of ``height``, ``heel`` centimetres long."""
    h = height
    welt = trace(
        (0.0, -1.1),
        (-0.2, -0.3, 1.2, 0, 3, 0),
        (14, 0),
        (19, 0, 22, -h * 0.9, 25, -h + 0.1),
        (29.8, -h + 0.1),
        (30.0, -h - 0.9),
        (24, -h - 0.7, 17, -1.3, 0.0, -1.1),
    )
    block = trace((30 - heel, -h - 0.2), (29.9, -h - 0.2), (29.7, 0), (30 - heel * 0.92, 0))
    return [
        Piece("sole", block, cloth, puff=3, lift=0, wrinkle=0, gleam=0.05),
        Piece("sole", welt, cloth, puff=1.5, lift=1, wrinkle=0),
    ]


def laces(last: Last, colour: RGB, rows: int) -> list[Piece]:
    """Bars across the throat."""
    vamp = last.vamp()
    pieces = []
    for t in np.linspace(0.56, 0.90, rows):
        x, y = along(vamp, t)
        bar = trace((x - 0.5, y - 0.25), (x + 1.0, y - 0.2, x + 2.6, y + 2.1))
        pieces.append(Piece("laces", ribbon(bar, 0.85), Cloth((colour,), "canvas"), puff=2, lift=2, wrinkle=0))
    return pieces


def lining(last: Last, cloth: Cloth) -> Piece:
    """The far inner side, seen through the opening."""
    (x0, y0), (x1, y1) = last.front, last.back
    rim = trace((x0, y0), (x0 + 3, y0 - 0.8, x1 - 3, y1 - 1.2, x1, y1))
    return Piece(
        "inside", np.concatenate([rim, last.opening()[::-1] + (0, 1.2)]), cloth, shade=0.6, puff=2, lift=0, wrinkle=0
    )


def pair(sketch: Sketch, near: list[Piece], last: Last) -> Sketch:
    """The far shoe is the near one, behind and above it."""
    away = np.array([3.4, -4.2])
    for piece in near:
        marks = tuple(_moved(mark, away) for mark in piece.marks)
        folds = tuple(replace(fold, path=fold.path + away) for fold in piece.folds)
        sketch.add(
            replace(
                piece, part="far_shoe", outline=piece.outline + away, marks=marks, folds=folds, shade=piece.shade * 0.9
            )
        )
    first = near[0]
    sketch.add(replace(first, lift=7), *near[1:])
    sketch.mark(
        toe=(float(last.upper()[:, 0].min()), -last.sole), heel=(29.6, -last.sole - last.heel),
        tongue=last.front, ankle_back=last.back, instep=last.instep, ground_toe=(3.2, 0.0), ground_heel=(27.6, 0.0),
    )  # fmt: skip
    return sketch


def _moved(mark: Mark, by: Points) -> Mark:
    if isinstance(mark, Line):
        return replace(mark, paths=[path + by for path in mark.paths])
    if isinstance(mark, Patch):
        return replace(mark, outlines=[path + by for path in mark.outlines])
    return replace(mark, centre=(mark.centre[0] + float(by[0]), mark.centre[1] + float(by[1])))

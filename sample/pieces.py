"""What a drawing is made of before it is pixels: pieces of cloth with folds and marks, and named key points.

Geometry is in the sketch's own units (centimetres, say), y down; the renderer fits it into the frame. Widths of
lines, folds and reliefs are in points, 1/512 of the frame's side, so they look alike on a coat and on a watch.
"Left" and "right" in names are the wearer's: a front view's left sleeve is on the right of the picture.
"""

from dataclasses import dataclass, field

import numpy as np

from sample.cloth import Cloth
from sample.curves import XY, Points

RGB = tuple[int, int, int]


@dataclass(frozen=True)
class Fold:
    """A ridge (depth > 0) or valley of the cloth along a path, tapering at both ends. width: points."""

    path: Points
    depth: float = 1.0
    width: float = 9.0


@dataclass(frozen=True)
class Line:
    """Lines on a piece. colour None darkens (shade < 0) or lightens the cloth; dash: points on, and as many off."""

    paths: list[Points]
    width: float = 1.2
    shade: float = -0.35
    colour: RGB | None = None
    dash: float = 0.0


@dataclass(frozen=True)
class Patch:
    """A flat print or inlay in the piece: shaded with the cloth. outlines are filled together, even-odd."""

    outlines: list[Points]
    colour: RGB


@dataclass(frozen=True)
class Stud:
    """A button, rivet or eyelet. radius: points; holes: 0, 2 or 4."""

    centre: XY
    radius: float
    colour: RGB
    holes: int = 0


@dataclass(frozen=True)
class Wash:
    """A soft patch that is lighter (shade > 0) or darker, as denim faded at the knee. radii: in the sketch's units."""

    centre: XY
    radii: XY
    shade: float


Mark = Line | Patch | Stud | Wash


@dataclass(frozen=True)
class Piece:
    """One piece of material on top of those before it.

    part: its name in the truth, empty to cut away what lies below instead of covering it; outline: closed; grain: degrees of the cloth's lengthwise direction (90 is down);
    puff: how much its edges turn away, in points of rim; lift: the shadow it throws on what is below, in points;
    shade: overall brightness; wrinkle: times the cloth's own; alpha: opacity (lenses);
    gleam: strength of a broad highlight (metal, glass, patent leather).
    """

    part: str
    outline: Points
    cloth: Cloth
    grain: float = 90.0
    puff: float = 5.0
    lift: float = 4.0
    shade: float = 1.0
    wrinkle: float = 1.0
    alpha: float = 1.0
    gleam: float = 0.0
    folds: tuple[Fold, ...] = ()
    marks: tuple[Mark, ...] = ()
    holes: tuple[Points, ...] = ()


@dataclass
class Sketch:
    """Pieces from the bottom up, and key points by name. behind: what is seen with it but is no part of it, as a
    hanger; relief: how strongly light and shade show its folds."""

    pieces: list[Piece] = field(default_factory=list)
    points: dict[str, XY] = field(default_factory=dict)
    behind: list[Piece] = field(default_factory=list)
    relief: float = 1.0

    def add(self, *pieces: Piece) -> None:
        self.pieces.extend(pieces)

    def mark(self, **points: XY) -> None:
        self.points.update(points)

    def mark_sides(self, **points: XY) -> None:
        """Key points given for x ≥ 0, the wearer's left, and mirrored for the right."""
        for name, (x, y) in points.items():
            self.points[f"{name}_left"] = (x, y)
            self.points[f"{name}_right"] = (-x, y)

    def extent(self) -> tuple[float, float, float, float]:
        """x0, y0, x1, y1 of all outlines."""
        everything = np.concatenate([piece.outline for piece in self.pieces])
        (x0, y0), (x1, y1) = everything.min(0), everything.max(0)
        return float(x0), float(y0), float(x1), float(y1)

"""The body of a top in many cuts: openings at the neck, armholes and hems. Units are centimetres."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from sample.curves import Points, mirror, trace
from sample.shapes.bodice import Bodice

Opening = Literal["crew", "scoop", "v", "deep v", "boat", "square", "sweetheart"]
Tail = Literal["straight", "shirt", "pointed", "wavy"]


@dataclass(frozen=True)
class Trunk(Bodice):
    """A Bodice of any opening and hem.

    cut_in: how far the armhole runs inside the straight line from shoulder to armpit, in centimetres.
    """

    opening: Opening = "crew"
    tail: Tail = "straight"
    cut_in: float = 2.4

    def front_neck(self, lower: float = 0.0) -> Points:
        n, d = self.neck + lower * 0.9, self.drop + lower
        end = lower * 0.2
        match self.opening:
            case "v":
                return trace((0, d + lower * 0.3), (n * 0.6, d * 0.42, n, end))
            case "deep v":
                return trace((0, d + lower * 0.3), (n * 0.5, d * 0.5, n, end))
            case "boat":
                return trace((0, d), (n * 0.75, d * 0.95, n, end))
            case "square":
                return trace((0, d), (n * 0.8, d * 1.02), (n * 0.9, d * 0.5, n, end))
            case "sweetheart":
                return trace((0, d), (n * 0.2, d * 0.62, n * 0.55, d * 0.6, n * 0.82, d * 0.72), (n, end))
            case "scoop":
                return trace((0, d), (n * 0.7, d, n * 0.88, d * 0.6, n, end))
        return trace((0, d), (n * 0.62, d, n * 0.93, d * 0.52, n, end))

    def armhole(self) -> Points:
        s, y = self.shoulder, self.slope
        a, c = self.armpit, self.chest
        return trace((s, y), (s - self.cut_in, y + (a - y) * 0.45, s - self.cut_in * 0.5, y + (a - y) * 0.85, c, a))

    def hem_line(self, up: float = 0.0) -> Points:
        w, low = self.hem, self.length - up
        dip = self.hem_dip
        match self.tail:
            case "shirt":
                half = trace((w, low), (w * 0.86, low, w * 0.75, low + dip, w * 0.4, low + dip), (0, low + dip))
            case "pointed":
                half = trace((w, low), (w * 0.5, low + dip * 0.4, 0, low + dip))
            case "wavy":
                t = np.linspace(1, 0, 29)
                y = low + dip * (1 - t * t) + 0.7 * np.sin(t * 19) * (t < 0.99)
                half = np.stack([t * w, y], 1)
            case _:
                half = trace((w, low), (w * 0.5, low + dip, 0, low + dip))
        return np.concatenate([half, mirror(half)[1:]])

    def half_hem(self, up: float = 0.0) -> Points:
        """The hem from the side to the middle, on the wearer's left."""
        whole = self.hem_line(up)
        return whole[: len(whole) // 2 + 1]

    def half(self, lower: float = 0.0) -> Points:
        """From the neckline's middle over the shoulder and down the side to the hem's middle, on the wearer's left."""
        return np.concatenate(
            [self.front_neck(lower), self.shoulder_line(), self.armhole(), self.side(), self.half_hem()]
        )

    def outline(self, lower: float = 0.0) -> Points:
        half = self.half(lower)
        return np.concatenate([half, mirror(half)])

    def one_shouldered(self) -> Points:
        """The outline of a body that covers the wearer's left shoulder only."""
        edge = self.one_edge()
        left = np.concatenate([self.shoulder_line(), self.armhole(), self.side(), self.hem_line()])
        return np.concatenate([edge, left, mirror(self.side())])

    def one_edge(self) -> Points:
        """Its upper edge from the wearer's right armpit to the left of the neck; the middle is its seventh point."""
        return trace((-self.chest, self.armpit), (0.0, self.armpit * 0.8, self.neck, 0.0))

    def panel(self, edge: Points) -> Points:
        """The wearer's left front of a body that is open along ``edge``, from the neck to the hem."""
        low = self.half_hem()
        hem = low[low[:, 0] > edge[-1, 0] + 0.3]
        return np.concatenate([edge[::-1], self.shoulder_line(), self.armhole(), self.side(), hem])

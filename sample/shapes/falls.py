"""What hangs from the waist: the skirt of a dress, or a skirt. Units are centimetres."""

from dataclasses import dataclass

import numpy as np

from sample.curves import Points, mirror, trace
from sample.pieces import Fold, Line


@dataclass(frozen=True)
class Fall:
    """A skirt from the waist down. waist, hip, hem: half widths; top: y of the waist; waves: folds at the hem."""

    waist: float
    hip: float
    hem: float
    top: float
    length: float
    waves: int = 0
    bell: float = 0.5

    def side(self) -> Points:
        low, h = self.top + self.length, self.length
        return trace(
            (self.waist, self.top),
            (
                self.hip * self.bell + self.waist * (1 - self.bell),
                self.top + h * 0.18,
                self.hip,
                self.top + h * 0.42,
                self.hem,
                low,
            ),
        )

    def bottom(self, rng_phase: float) -> Points:
        """The hem from the wearer's left to right, dipping where folds come forward."""
        t = np.linspace(1, -1, 61)
        y = self.top + self.length + self.length * 0.035 * (1 - t**2)
        y = y + 1.1 * np.cos(t * np.pi * self.waves + rng_phase) * (np.abs(t) < 0.97) * (self.waves > 0)
        return np.stack([t * self.hem, y], 1)

    def outline(self, phase: float) -> Points:
        side = self.side()
        top = trace((-self.waist, self.top), (0, self.top + 1.6, self.waist, self.top))
        return np.concatenate([side, self.bottom(phase), mirror(side), top[1:-1]])

    def folds(self, rng: np.random.Generator, phase: float) -> tuple[Fold, ...]:
        """Folds that hang from the waist and open at the hem."""
        folds = []
        count = max(2, self.waves)
        for k in range(count * 2 + 1):
            t = (k / count) - 1
            x1 = t * self.hem * 0.96 + rng.uniform(-0.8, 0.8)
            start = rng.uniform(0.0, 0.35)
            x0 = t * (self.waist + (self.hip - self.waist) * start) * rng.uniform(0.85, 1)
            y0, y1 = self.top + self.length * start, self.top + self.length * 1.06
            path = trace((x0, y0), (x0 * 0.6 + x1 * 0.4, y0 + (y1 - y0) * 0.5, x1, y1))
            depth = (1 if k % 2 else -1) * rng.uniform(0.5, 1.0) * (1.0 if self.waves else 0.5)
            folds.append(Fold(path, depth, rng.uniform(7, 12) if self.waves else rng.uniform(9, 15)))
        return tuple(folds)


def hem_row(fall: Fall, phase: float) -> Line:
    return Line([fall.bottom(phase) - (0, 2.0)], 0.8, -0.25, dash=2.2)

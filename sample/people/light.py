"""Light that falls on people: a lamp or the sun, and what comes from all around."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sample.people.camera import Rays
from sample.people.implicit import Floats


@dataclass(frozen=True)
class Light:
    """way: unit vector towards the lamp; strength of it and of the sky and the ground around; soft: the lamp's radius
    at distance 1; fill: share of the lamp's strength that comes from the other side."""

    way: NDArray[np.float64]
    strength: float
    sky: float
    ground: float
    soft: float
    fill: float

    def key(self, normals: Floats) -> Floats:
        """(n, 1): the lamp's light on surfaces facing along their normals, unshadowed."""
        return np.asarray(self.strength * np.maximum(normals @ self.way, 0)[:, None], np.float32)

    def around(self, normals: Floats) -> Floats:
        """(n, 1): the light from everywhere else."""
        other = self.way * (-0.8, 0.3, 1.0)
        facing = np.maximum(normals @ (other / np.linalg.norm(other)), 0)
        up = 0.5 + 0.5 * normals[:, 1]
        return np.asarray(
            (self.sky * up + self.ground * (1 - up) + self.fill * self.strength * facing)[:, None], np.float32
        )

    def arriving(self, normals: Floats) -> Floats:
        """(n, 1): all of it."""
        return self.key(normals) + self.around(normals)

    def unshadowed(self, rays: Rays, points: Floats, normals: Floats, count: int) -> Floats:
        """(n,) in [0, 1]: the share of the lamp that is seen from the points. A golden spiral over the lamp,
        turned at every point by a number that its index gives."""
        seen = np.zeros(len(points), np.float32)
        side = np.cross(self.way, (0, 1, 0))
        side /= np.linalg.norm(side)
        up = np.cross(side, self.way)
        phase = np.sin(np.arange(len(points)) * 12.9898) * 43758.5453 % 1 * 2 * np.pi
        for k in range(count):
            r = self.soft * np.sqrt((k + 0.5) / count)
            angle = phase + k * 2.399963
            way = self.way + r * (np.cos(angle)[:, None] * side + np.sin(angle)[:, None] * up)
            seen += ~rays.blocked(points, way.astype(np.float32))
        return seen / np.float32(count)

    def openness(self, rays: Rays, points: Floats, normals: Floats, count: int, reach: float) -> Floats:
        """(n,) in [0, 1]: the share of the surroundings seen, weighted as by a matt surface."""
        seen = np.zeros(len(points), np.float32)
        for k in range(count):
            y = 1 - 2 * (k + 0.5) / count
            r, angle = np.sqrt(1 - y * y), k * 2.399963
            way = normals * np.float32(1.02) + np.array([r * np.cos(angle), y, r * np.sin(angle)], np.float32)
            seen += ~rays.blocked(points, way, reach)
        return seen / np.float32(count)


def random_light(rng: np.random.Generator) -> Light:
    """Daylight from a window or lamps of a room: from above and one side, more or less soft."""
    side = rng.choice([-1, 1]) * rng.uniform(15, 65)
    height = rng.uniform(25, 60)
    a, e = np.radians(side), np.radians(height)
    way = np.array([np.sin(a) * np.cos(e), np.sin(e), np.cos(a) * np.cos(e)])
    return Light(way, float(rng.uniform(0.40, 0.72)), float(rng.uniform(0.40, 0.6)), float(rng.uniform(0.18, 0.32)),
                 float(rng.uniform(0.06, 0.30)), float(rng.uniform(0.05, 0.25)))  # fmt: skip

"""Garments laid over ten thousand bodies in random poses: no triangle turns over."""

from typing import Final

import numpy as np
from msgspec.structs import replace

from bench.report import Figure
from bench.tryon_fit import flipped
from bench.tryon_people import body_of, garment_of, products
from sample import person
from tryon import Body
from tryon.fit import fit
from tryon.outfit import Outfit
from tryon.pattern import Pattern

STYLES: Final = (
    "crew-neck T-shirt", "flannel shirt", "overcoat", "tea dress", "circle skirt", "straight-leg jeans", "chino shorts",
)  # fmt: skip
BONES: Final = tuple(
    (one + side, other + side) for side in (0, 1) for one, other in ((11, 13), (13, 15), (23, 25), (25, 27))
)
BELOW: Final = {13: (13, 15, 17, 19, 21), 15: (15, 17, 19, 21), 25: (25, 27, 29, 31), 27: (27, 29, 31)}


def figures(*, count: int = 10_000, seed: int = 9) -> list[Figure]:
    """Each garment on its share of the bodies."""
    rng = np.random.default_rng(seed)
    standing = body_of(person(seed, "arms away", size=(192, 256), quality=1))
    worn = standing.person > 0.5
    outfit = Outfit(solid=worn, old=worn, hemmed=True)  # of one who stands, under limbs that go anywhere
    turned = bodies = 0
    for style in STYLES:
        product = products()[style][0]
        pattern = Pattern.of(garment_of(product.render(256), product.category))  # type: ignore[arg-type]
        for _ in range(-(-count // len(STYLES))):
            bodies += 1
            turned += bool(flipped(fit(pattern, anybody(standing, rng), outfit)))
    note = f"{bodies:,} bodies, {len(STYLES)} garments"
    return [Figure("poses with a flipped triangle", turned, bar=0, better="lower", note=note)]


def anybody(body: Body, rng: np.random.Generator) -> Body:
    """The body with every limb swung anywhere in the picture, foreshortened, turned, and uncertain as an estimator's."""
    points = body.points.copy()
    for start, end in BONES:
        angle, short = rng.uniform(-np.pi, np.pi) * rng.uniform(0, 1), rng.uniform(0.2, 1.1)
        c, s = short * np.cos(angle), short * np.sin(angle)
        moved = [index + (end - 13) % 2 for index in BELOW[end - (end - 13) % 2]]
        bone = points[end, :2] - points[start, :2]
        points[moved, :2] += np.array([[c, -s], [s, c]]) @ bone - bone
    middle = points[[11, 12, 23, 24], :2].mean(0)
    points[:, 0] = middle[0] + (points[:, 0] - middle[0]) * rng.uniform(0.4, 1)
    points += rng.normal(0, 1.5, points.shape)
    return replace(body, points=points.astype(np.float32))

"""Drawn people in drawn garments of a known place, as the try-on takes them: bodies, garments, and what is true of both."""

from collections.abc import Iterator
from functools import cache
from typing import Any, Final, get_args

import msgspec
import numpy as np
from numpy.typing import NDArray

from sample import Drawing, PersonPicture, SampleProduct, Worn, generate, person
from tryon import POINTS_OF, Body, Category, Garment
from tryon.examples import parts_of

CATEGORIES: Final[tuple[Category, ...]] = get_args(Category)
POSES: Final = ("arms down", "akimbo", "raised", "one forward")
TURNS: Final = (-30.0, 0.0, 30.0)


class Dressed(msgspec.Struct, frozen=True, kw_only=True):
    """A drawn garment on a drawn person. name: of the garment's style; worn: where its points and cloth truly are."""

    name: str
    pose: str
    turn: float
    picture: PersonPicture
    worn: Worn
    garment: Garment
    offset: tuple[int, int]

    @property
    def source(self) -> NDArray[np.float32]:
        """(H, W, 2): the place in the garment's pixels that is seen in each pixel, NaN where its front is not seen."""
        place: NDArray[np.float32] = self.worn.source - np.array(self.offset, np.float32)
        return place

    @property
    def height(self) -> float:
        """Pixels from the top of the head to the soles."""
        names = self.picture.label_names
        ends = np.isin(self.picture.labels, [names.index(name) for name in ("hair", "face", "shoe")])
        rows = np.flatnonzero(ends.any(axis=1))
        return float(rows[-1] - rows[0] + 1)


@cache
def products() -> dict[str, tuple[SampleProduct, ...]]:
    """Garments of the sample shop by style."""
    styles: dict[str, list[SampleProduct]] = {}
    for product in generate(600):
        if product.category in CATEGORIES:
            styles.setdefault(product.style, []).append(product)
    return {style: tuple(some) for style, some in styles.items()}


def garment_of(drawing: Drawing, category: Category) -> Garment:
    """The garment that a drawing is of, cropped close, with its true points and parts."""
    x, y, w, h = drawing.box
    points = {name: (px - x, py - y) for name, (px, py) in drawing.points.items() if name in POINTS_OF[category]}
    return Garment(
        pixels=drawing.pixels[y : y + h, x : x + w].copy(), parts=parts_of(drawing)[y : y + h, x : x + w].copy(),
        category=category, points=points, confidence=dict.fromkeys(points, 1.0), tag="drawn",
    )  # fmt: skip


def body_of(picture: PersonPicture, *, bare: bool = False) -> Body:
    """What is true of a drawn person's body. bare: without its garments, where the picture has that too."""
    labels = picture.bare_labels if bare else picture.labels
    pixels = picture.bare if bare else picture.pixels
    share = (labels > 0).astype(np.float32) if bare else picture.person
    ys, xs = np.nonzero(labels > 0)
    return Body(
        pixels=pixels, box=(float(xs.min()), float(ys.min()), float(xs.max() + 1), float(ys.max() + 1)),
        points=picture.points, visibility=picture.visibility, world=picture.world, person=share, turn=picture.turn,
    )  # fmt: skip


def dressed(
    seed: int, pose: str, turn: float, wears: tuple[tuple[str, Drawing, Category], ...], *, bare: bool, **how: Any
) -> Iterator[Dressed]:
    """A person of this seed in garments (name, drawing, category), one after the other.

    bare: also without them. how: the picture's size and quality.
    """
    taken = [(category, drawing) for _, drawing, category in wears]
    picture = person(seed, pose, taken, turn=turn, bare=bare, **how)
    for name, drawing, category in wears:
        worn = next(one for one in picture.worn if one.drawing is drawing)
        x, y, _, _ = drawing.box
        yield Dressed(
            name=name, pose=pose, turn=turn, picture=picture, worn=worn, garment=garment_of(drawing, category), offset=(x, y)
        )  # fmt: skip

"""An order for a try-on carried out: products and photos become garments, the person is dressed, files are written."""

from collections.abc import Callable
from typing import Final, Literal, get_args

import msgspec

from core import Stages
from core.errors import BadRequest, GarmentUnusable
from tryon.accessories.accessory import ACCESSORY_KINDS, Accessory, AccessoryKind
from tryon.answer import Answer, Report
from tryon.engine import MOST_GARMENTS, TryOn
from tryon.files import encode_picture, provenance
from tryon.garments import Category, Garment
from tryon.orders import Order, Photos, Result
from tryon.wardrobe import Wardrobe

_CATEGORIES: Final[tuple[Category, ...]] = get_args(Category)

Format = Literal["jpeg", "png"]
Item = Callable[[str], tuple[bytes, Category | AccessoryKind | None]]
"""The picture's file of a product, and what kind of garment or accessory it is if that is known. Raises NotFound."""


class LayerFile(msgspec.Struct, frozen=True):
    """A cut-out at its place: png holds the file; x, y: where its upper left corner lies, in pixels of the report's size."""

    name: str
    x: int
    y: int
    png: bytes


class Placement(msgspec.Struct, frozen=True):
    """How a part of a garment was laid: vertices in pixels of the garment (source) and of the report's size (target)."""

    garment: int
    part: str
    source: list[tuple[float, float]]
    target: list[tuple[float, float]]
    triangles: list[tuple[int, int, int]]


class Document(msgspec.Struct, frozen=True):
    """A try-on. picture: a file of the type ``media_type``; layers, placement: only where they were asked for."""

    media_type: str
    picture: bytes
    report: Report
    layers: tuple[LayerFile, ...] = ()
    placement: tuple[Placement, ...] = ()


class Fitting:
    """The way from an order to files. Safe to share between threads."""

    def __init__(self, engine: TryOn, wardrobe: Wardrobe, item: Item) -> None:
        self._engine = engine
        self._wardrobe = wardrobe
        self._item = item

    def garment(self, item: str) -> Garment:
        """A product made ready. Raises NotFound, GarmentUnusable."""
        photo, category = self._item(item)
        kind = _kind(category)
        if kind:
            raise GarmentUnusable(f"{item} is an accessory, {kind}.", reason="accessory")
        return self._wardrobe.garment(photo, _clothes(category))

    def wearable(self, item: str) -> Garment | Accessory:
        """A product made ready, garment or accessory. Raises NotFound, GarmentUnusable, AccessoryUnusable."""
        photo, category = self._item(item)
        kind = _kind(category)
        return self._engine.accessory(photo, kind) if kind else self._wardrobe.garment(photo, _clothes(category))

    def dress(self, order: Order, person: bytes, photos: Photos) -> Answer:
        """Carry out an order: garments, and over them accessories.

        Raises BadRequest, BadImage, NotFound, GarmentUnusable, AccessoryUnusable, PersonUnusable.
        """
        if not 1 <= len(order.items) + len(photos) <= MOST_GARMENTS:
            raise BadRequest(
                f"{len(order.items) + len(photos)} garments were given.", remedy=f"Give 1 to {MOST_GARMENTS}."
            )
        if len(order.categories) > len(photos):
            raise BadRequest("There are more categories than photos of garments.", remedy="Give at most one for each.")
        stages = Stages()
        with stages.stage("decode"):
            photo = self._engine.decode(person)
        with stages.stage("garments"):
            known = [*order.categories, *[None] * (len(photos) - len(order.categories))]
            given = [(item, *self._item(item)) for item in order.items]
            given += [(f"photo {i}", *one) for i, one in enumerate(zip(photos, known, strict=True), 1)]
            clothes: list[tuple[str, Garment]] = []
            accessories: list[tuple[str, Accessory]] = []
            for number, (name, file, category) in enumerate(given):
                kind = _kind(category)
                if kind:
                    accessories.append((name, self._engine.accessory(file, kind)))
                elif number < len(order.items):
                    clothes.append((name, self._wardrobe.garment(file, _clothes(category))))
                else:
                    clothes.append((name, self._engine.prepare(file, _clothes(category))))
        answer = None
        if clothes:
            names, garments = zip(*clothes, strict=True)
            answer = self._engine.dress(
                photo, garments, names=names, at=order.at, tucked=order.tucked, light=order.light, stages=stages
            )
        if accessories:
            names, worn = zip(*accessories, strict=True)
            answer = self._engine.accessorise(
                photo, worn, dressed=answer, names=names, at=order.at, light=order.light, stages=stages
            )
        assert answer is not None
        return answer

    def result(self, order: Order, person: bytes, photos: Photos, kind: Format = "jpeg") -> Result:
        """The answer to an order as files. Raises as ``dress`` does."""
        answer = self.dress(order, person, photos)
        told = provenance(answer)
        pixels = self._engine.at_own_size(answer, person)
        picture = encode_picture(pixels, told, kind, watermark=order.watermark)
        document = Document(f"image/{kind}", picture, answer.report)
        if order.layers:
            document = msgspec.structs.replace(
                document,
                layers=tuple(
                    LayerFile(layer.name, layer.x, layer.y, encode_picture(layer.pixels, told))
                    for layer in answer.layers
                ),
                placement=tuple(
                    Placement(
                        index, mesh.part, mesh.source.round(2).tolist(), mesh.target.round(2).tolist(),
                        mesh.triangles.tolist(),
                    )
                    for index, meshes in enumerate(answer.meshes)
                    for mesh in meshes
                ),
            )  # fmt: skip
        return Result(picture, msgspec.json.encode(document))


def _kind(category: Category | AccessoryKind | None) -> AccessoryKind | None:
    return next((kind for kind in ACCESSORY_KINDS if kind == category), None)


def _clothes(category: Category | AccessoryKind | None) -> Category | None:
    return next((name for name in _CATEGORIES if name == category), None)

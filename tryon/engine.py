"""Try-on of garments on a photo: everything opened together, and the way from two photos to a picture."""

import hashlib
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cache
from typing import TYPE_CHECKING, Final, Self, TypeVar

import msgspec
import numpy as np
from numpy.typing import NDArray

from core import Stages
from core.errors import BadRequest, PersonUnusable
from tryon.accessories.accessory import Accessory, AccessoryKind
from tryon.accessories.picture import pictured
from tryon.accessories.place import lay, place
from tryon.answer import Answer, Confidence, Report
from tryon.bodies import LABELS, Body
from tryon.compose import compose, visible
from tryon.drape import TOPS
from tryon.extending import extended
from tryon.fit import fit
from tryon.garment_net import Reader
from tryon.garments import Category, Garment
from tryon.judging import Seen, check_garment, check_person, check_seen, confidence_of, remarks_on
from tryon.layers import Layer, Mesh, Remark
from tryon.light import is_dim, read_light, relight
from tryon.mending import mended
from tryon.order import LOWER, back_to_front, dressing_order, fronts, in_cuffs
from tryon.outfit import Outfit
from tryon.overlap import coat_opening, tucked_in, without_hidden
from tryon.own_size import LARGEST, at_own_size
from tryon.parse import parse
from tryon.patterns import Patterns
from tryon.people import People
from tryon.prepare import prepare
from tryon.reach import SIDES
from tryon.stack import cover_of, part_of, sleeves_of, trimmed
from tryon.undress import dress_parted, undress
from tryon.warp import warp
from tryon.zones import Figure
from vision import Picture, decode, decode_cutout

if TYPE_CHECKING:
    from core import Weights
    from core.settings import Settings

Plane = NDArray[np.float32]
Result = TypeVar("Result")

MOST_GARMENTS: Final = 4
LONGEST: Final = 1024
"""Pixels of the longest side at which a person's photo is dressed."""

_SHOWS: Final = 0.5  # of a pixel: covered by less, what was worn there shows


class TryOn:
    """Dresses people in photos. Safe to share between threads; close it when done. Keeps nothing of any photo
    but how the garments used last are cut."""

    def __init__(self, settings: "Settings", people: People, reader: Callable[[], Reader]) -> None:
        self._images = settings.images.model_copy(update={"longest": LONGEST})
        self._people = people
        self._reader = cache(reader)
        self._patterns = Patterns()
        self._beside = ThreadPoolExecutor(2 * settings.models.threads, thread_name_prefix="tryon")
        self._models = {"pose": f"mediapipe.{settings.models.pose}"}

    @classmethod
    def open(cls, settings: "Settings", weights: "Weights | None" = None) -> Self:
        """Load the models from ``weights``, by default the home folder's; the garment network when it is first needed.

        Raises ModelMissing when a file is not there.
        """
        from core import Weights

        weights = weights or Weights(settings.models_dir)
        return cls(settings, People.open(settings, weights), lambda: Reader.open(weights, settings.models))

    def decode(self, data: bytes) -> Picture:
        """A photo at the size at which it is dressed. Raises BadImage, ImageTooLarge."""
        return decode(data, self._images)

    def at_own_size(self, answer: Answer, data: bytes) -> NDArray[np.uint8]:
        """An answer's picture at the size of the photo that came as ``data``, LARGEST pixels at most.

        What did not change is the photo's own. Raises as ``decode`` does.
        """
        if max(answer.report.photo) <= LONGEST:
            return answer.picture
        large = decode(data, self._images.model_copy(update={"longest": LARGEST}))
        return at_own_size(answer.picture, answer.body.pixels, large.pixels)

    def prepare(self, photo: bytes | NDArray[np.uint8], category: Category | None = None) -> Garment:
        """A garment cut out of its photo, its parts and points found; of a transparent file its own alpha is kept.

        photo: a file's bytes, or pixels (h, w, 3) or (h, w, 4) uint8. category: recognised where it is not given.
        Raises GarmentUnusable, ModelMissing, and BadImage for bytes that are no picture.
        """
        pixels = decode_cutout(photo, self._images).pixels if isinstance(photo, bytes) else photo
        return prepare(pixels, category, reader=self._reader(), shows_person=self._shows_person)

    def accessory(self, photo: bytes, kind: AccessoryKind) -> Accessory:
        """An accessory from a file with a photo of its front. Raises AccessoryUnusable, and BadImage."""
        return pictured(decode_cutout(photo, self._images).pixels, kind)

    def _shows_person(self, pixels: NDArray[np.uint8]) -> bool:
        try:
            self._people.find_body(pixels)
        except PersonUnusable as refusal:
            return refusal.reason != "nobody"  # from behind or seated, it is somebody
        return True

    def dress(
        self,
        photo: Picture,
        garments: Sequence[Garment],
        *,
        names: Sequence[str] | None = None,
        at: tuple[float, float] | None = None,
        tucked: bool = False,
        light: bool = True,
        stages: Stages | None = None,
    ) -> Answer:
        """Put garments on a person in a photo.

        names: what each garment is called in the report, by default a digest of its pixels. at: a point on the person,
        x and y as fractions of the photo; by default the largest person. tucked: tops go into what is worn below.
        light: False leaves the garments as their own photos show them.
        Raises PersonUnusable and GarmentUnusable with a reason, BadRequest for no garment or more than MOST_GARMENTS.
        """
        if not 1 <= len(garments) <= MOST_GARMENTS:
            raise BadRequest(f"{len(garments)} garments were given.", remedy=f"Give 1 to {MOST_GARMENTS}.")
        stages = stages or Stages()
        for garment in garments:
            check_garment(garment)
        with stages.stage("body"):
            body = self._people.find_body(photo.pixels, at)
        check_person(body, garments)
        with stages.stage("parse"):
            parsed, replaced = parse(body), _replaced(garments)
            if len(replaced) == 1:
                parsed = dress_parted(parsed, Figure.of(body))
        ordering = self._beside.submit(_timed, lambda: fronts(body, parsed.labels, garments, tucked=tucked))
        shining = self._beside.submit(_timed, lambda: read_light(body, parsed.labels)) if light else None
        with stages.stage("fit"):
            unit = Figure.of(body).unit
            meshes = tuple(
                back_to_front(
                    fit(self._patterns.of(garment), body, Outfit.of(parsed, _replaced([garment])), tucked=tucked),
                    unit,
                )
                for garment in garments
            )
        with stages.stage("warp"):
            worn = [
                extended(mended(_warped(i, garments[i], meshes[i], body), body), body, parsed, _replaced([garments[i]]))
                for i in dressing_order(garments, tucked=tucked)
            ]
        front = _waited(ordering, "order", stages)
        with stages.stage("order"):
            if tucked and not any(garment.category in LOWER for garment in garments):
                order = dressing_order(garments, tucked=True)
                worn = [
                    tucked_in(laid, body) if garments[i].category in TOPS else laid
                    for i, laid in zip(order, worn, strict=True)
                ]
            worn = without_hidden(worn, body, front.worn, over=not tucked)
            layers = [layer for laid in worn for layer in laid]
            front = in_cuffs(
                front, body, {side: cover_of(sleeves_of(layers, side), body.person.shape) for side in SIDES}
            )
            cover = visible(layers, front, body.person.shape)
            kept = coat_opening(worn, garments, body) & parsed.of("upper")
        undressing = self._beside.submit(_timed, lambda: undress(body, parsed, replaced, np.maximum(cover, kept)))
        shone = None
        if shining is not None:
            shone = _waited(shining, "light", stages)
            with stages.stage("light"):
                worn = [[relight(layer, shone, _across(layer, body)) for layer in laid] for laid in worn]
        bare = _waited(undressing, "undress", stages)
        with stages.stage("compose"):
            base = np.where(kept[..., None], body.pixels, bare.pixels)
            taken = {"side": shone.side, "blur": shone.blur} if shone else {}
            picture = compose(body, base, worn, front, shadows=light, **taken)
        seen = Seen(
            body=body, labels=parsed.labels, sure=parsed.sure, garments=garments, meshes=meshes, front=front,
            cover=cover, left=_left(parsed.labels, replaced, cover, kept, (picture == body.pixels).all(axis=-1)),
            invented=bare.invented & (cover < _SHOWS) & ~kept,
        )  # fmt: skip
        check_seen(seen)
        report = Report(
            size=(body.person.shape[1], body.person.shape[0]),
            photo=(photo.width, photo.height),
            box=body.box,
            landmarks=_landmarks(body),
            confidence=confidence_of(seen),
            remarks=_once([*remarks_on(seen, is_dim(body.pixels)), *bare.remarks]),
            garments=tuple(names) if names else tuple(map(_digest, garments)),
            order=dressing_order(garments, tucked=tucked),
            lit=light,
            timings=stages.milliseconds,
            models=self._models | {f"garment {i}": garment.tag for i, garment in enumerate(garments) if garment.tag},
        )
        return Answer(
            picture=picture,
            layers=tuple(layer for laid in worn for layer in laid),
            meshes=meshes,
            invented=seen.invented,
            body=body,
            report=report,
        )

    def accessorise(
        self,
        photo: Picture,
        accessories: Sequence[Accessory],
        *,
        dressed: Answer | None = None,
        names: Sequence[str] | None = None,
        at: tuple[float, float] | None = None,
        light: bool = True,
        stages: Stages | None = None,
    ) -> Answer:
        """Put accessories on a person in a photo, or on ``dressed``, the same person with garments on.

        names: what each accessory is called in the report, by default its kind. at and light as for ``dress``; somebody
        dressed is known already.
        Raises PersonUnusable, AccessoryUnusable with a reason, BadRequest for none or more than MOST_GARMENTS.
        """
        if not 1 <= len(accessories) <= MOST_GARMENTS:
            raise BadRequest(f"{len(accessories)} accessories were given.", remedy=f"Give 1 to {MOST_GARMENTS}.")
        stages = stages or Stages()
        if dressed is None:
            with stages.stage("body"):
                body = self._people.find_body(photo.pixels, at)
        else:
            body = dressed.body
        with stages.stage("accessories"):
            layers = tuple(
                msgspec.structs.replace(layer, name=f"{index}-{layer.name}")
                for index, accessory in enumerate(accessories)
                for layer in place(body, accessory, light=light)
            )
            picture = lay(dressed.picture if dressed else body.pixels, layers)
        named = tuple(names) if names else tuple(accessory.kind for accessory in accessories)
        pose = float(body.visibility[:13].mean())
        report = Report(
            size=(body.person.shape[1], body.person.shape[0]),
            photo=(photo.width, photo.height),
            box=body.box,
            landmarks=_landmarks(body),
            confidence=Confidence(pose=pose, parsing=1, points=1, coverage=1, seen=1, total=pose),
            remarks=(),
            garments=named,
            order=tuple(range(len(accessories))),
            lit=light,
            timings=stages.milliseconds,
            models=self._models,
        )
        if dressed is None:
            nothing = np.zeros(body.person.shape, bool)
            return Answer(picture=picture, layers=layers, meshes=(), invented=nothing, body=body, report=report)
        both = msgspec.structs.replace(
            dressed.report,
            garments=dressed.report.garments + named,
            order=dressed.report.order
            + tuple(range(len(dressed.report.garments), len(dressed.report.garments) + len(named))),
            timings=dressed.report.timings | {"accessories": stages.milliseconds["accessories"]},
        )
        return msgspec.structs.replace(dressed, picture=picture, layers=dressed.layers + layers, report=both)

    def close(self) -> None:
        """Free everything, after the calls under way. Calling it again does nothing."""
        self._beside.shutdown()
        self._people.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()


def _timed(work: Callable[[], Result]) -> tuple[Result, float]:
    start = time.perf_counter()
    result = work()
    return result, time.perf_counter() - start


def _waited(future: "Future[tuple[Result, float]]", name: str, stages: Stages) -> Result:
    """What another thread made, its time added to the stages: the time it took, not the time it was waited for."""
    result, seconds = future.result()
    stages.add(name, seconds)
    return result


def _warped(index: int, garment: Garment, meshes: tuple[Mesh, ...], body: Body) -> list[Layer]:
    """A garment's layers from back to front, without margins, each named INDEX-CATEGORY/PART."""
    return [
        msgspec.structs.replace(trimmed(layer), name=f"{index}-{garment.category}/{part_of(layer)}")
        for layer in warp(garment, meshes, body.person.shape)
    ]


def _replaced(garments: Iterable[Garment]) -> frozenset[str]:
    """What of the worn clothes goes away."""
    categories = {garment.category for garment in garments}
    upper = {"upper"} if categories - LOWER else set()
    return frozenset(upper | ({"lower"} if categories & (LOWER | {"dress"}) else set()))


def _left(
    labels: NDArray[np.uint8], replaced: frozenset[str], cover: Plane, kept: NDArray[np.bool_], same: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Where what was to be replaced shows as it did: (H, W) bool."""
    worn = np.isin(labels, [LABELS.index(name) for name in replaced])
    return worn & (cover < _SHOWS) & ~kept & same


def _across(layer: Layer, body: Body) -> NDArray[np.float32] | None:
    """The direction across the limb that a sleeve or trouser leg goes around, pointing to the right; else None."""
    joints = {"sleeve_left": (11, 15), "sleeve_right": (12, 16), "leg_left": (23, 27), "leg_right": (24, 28)}
    ends = joints.get(part_of(layer))
    if ends is None:
        return None
    along = body.points[ends[1], :2] - body.points[ends[0], :2]
    across = np.array([along[1], -along[0]], np.float32) / max(float(np.linalg.norm(along)), 1e-3)
    return across if across[0] >= 0 else -across


def _landmarks(body: Body) -> tuple[tuple[float, float, float, float], ...]:
    rows = np.column_stack([body.points.round(2), body.visibility.round(3)]).tolist()
    return tuple((x, y, z, seen) for x, y, z, seen in rows)


def _once(remarks: Iterable[Remark]) -> tuple[Remark, ...]:
    """The first remark of each code."""
    return tuple({remark.code: remark for remark in reversed(list(remarks))}.values())[::-1]


def _digest(garment: Garment) -> str:
    return "sha256:" + hashlib.sha256(garment.pixels.tobytes()).hexdigest()[:16]

"""People in a photo: found one by one, the one who is to be dressed chosen, and all that is known of them."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import TYPE_CHECKING, Final, Literal, Self

import numpy as np
from numpy.typing import NDArray

from core.errors import PersonUnusable
from tryon.bodies import Body, Face, Hand
from tryon.crops import Box, below_face, cut, extent, grown, placed, square, within
from tryon.person import Person
from tryon.person_mask import refined
from tryon.posture import SEEN, turn_of
from vision import Faces, Hands, Pose, Silhouette, face_matrix

if TYPE_CHECKING:
    from core import Weights
    from core.settings import Settings

MOST_FACES: Final = 8
CONFIDENCE: Final = 0.3
"""Of the person detector: .5 misses people whom .3 finds, and evidence of a person is asked for here anyway."""

_SMALLER = 0.6  # a face of less than this share of the known one's size belongs to nobody larger
_MARGIN = 0.1  # of a person's box, around the crop in which the silhouette is looked for
_HEAD_SIDE, _HAND_SIDE = 0.6, 0.5  # metres: crops in which a face and a hand are looked for
_ASTRAY = 0.15  # metres: farther from where the pose has the wrist, a hand is another one
_SIDES: Final[tuple[Literal["left", "right"], ...]] = ("left", "right")
_WRIST, _INDEX = {"left": 15, "right": 16}, {"left": 19, "right": 20}


class People:
    """Finds people and what is known of each. Safe to share between threads; close it when done."""

    def __init__(self, pose: Pose, faces: Faces, hands: Hands, silhouette: Silhouette, *, at_once: int) -> None:
        self._pose, self._faces, self._hands, self._silhouette = pose, faces, hands, silhouette
        self._beside = ThreadPoolExecutor(4 * at_once, thread_name_prefix="people")

    @classmethod
    def open(cls, settings: "Settings", weights: "Weights | None" = None) -> Self:
        """Load what is needed from ``weights``, by default the home folder's.

        Raises ModelMissing when a model file is not there.
        """
        from core import Weights

        weights, at_once = weights or Weights(settings.models_dir), settings.models.threads
        size = "full" if settings.models.pose == "off" else settings.models.pose
        with ExitStack() as opened:  # closes what is open when a later file is missing
            pose = Pose(weights.path(f"pose_landmarker_{size}"), at_once=at_once, confidence=CONFIDENCE, masks=True)
            opened.callback(pose.close)
            faces = Faces(weights.path("face_landmarker"), at_once=at_once, most=MOST_FACES)
            opened.callback(faces.close)
            hands = Hands(weights.path("hand_landmarker"), at_once=2 * at_once)
            opened.callback(hands.close)
            found = cls(pose, faces, hands, Silhouette(weights.path("silhouette"), at_once=at_once), at_once=at_once)
            opened.pop_all()
            return found

    def find_body(self, pixels: NDArray[np.uint8], at: tuple[float, float] | None = None) -> Body:
        """The largest person in a photo (H, W, 3) uint8, or the one at a point (x, y in fractions of the photo).

        Raises PersonUnusable: "nobody" in the photo, or "nobody-there", at the point.
        """
        people, faces = self._people(pixels, at)
        chosen = max(people, key=lambda one: one.mask.sum() if at is None else one.share_at(at) + one.is_at(at))
        return self._body(pixels, chosen, [other for other in people if other is not chosen], faces)

    def close(self) -> None:
        """Free everything, after the calls under way. Calling it again does nothing."""
        self._beside.shutdown()
        for part in (self._pose, self._faces, self._hands, self._silhouette):
            part.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def _people(
        self, pixels: NDArray[np.uint8], at: tuple[float, float] | None
    ) -> tuple[list[Person], list[NDArray[np.float32]]]:
        """The people among whom the one to be dressed is, and all faces (478, 3) in pixels of the photo."""
        everything = (0, 0, pixels.shape[1], pixels.shape[0])
        looking = self._beside.submit(self._faces.landmarks, pixels)
        whole = self._look(pixels, everything)
        faces = sorted((placed(face, everything) for face in looking.result()), key=extent, reverse=True)
        people = [whole] if whole and (any(map(whole.has_face, faces)) or self._sure(pixels, everything, whole)) else []
        known = max((extent(face) for face in faces for person in people if person.has_face(face)), default=0.0)
        for face in faces:
            if any(person.has_face(face) for person in people) or (at is None and extent(face) < _SMALLER * known):
                continue
            rest = _without(pixels, people)
            found = (self._look(rest, box, people) for box in below_face(face, pixels.shape))
            own = next((person for person in found if person is not None and person.has_face(face)), None)
            people += [own] if own else []
        if at is not None and not any(person.is_at(at) for person in people):
            people += self._around(pixels, at, people)
            if not any(person.is_at(at) for person in people):
                raise PersonUnusable(
                    "Nobody was found at this point of the photo.",
                    reason="nobody-there",
                    remedy="Name a point on the person's body, as fractions of the photo's width and height.",
                )
        if not people:
            raise PersonUnusable(
                "Nobody was found in the photo.",
                reason="nobody",
                remedy="Take a photo that shows one person, head and body, from the front.",
            )
        return people, faces

    def _around(self, pixels: NDArray[np.uint8], at: tuple[float, float], known: Sequence[Person]) -> list[Person]:
        """Whoever is at a point besides those known."""
        height, width = pixels.shape[:2]
        rest = _without(pixels, known)
        for share in (2.0, 1.0, 0.6):
            box = square((at[0] * width, at[1] * height), share * height, pixels.shape)
            found = self._look(rest, box, known)
            if found is not None and found.share_at(at) > SEEN and self._sure(rest, box, found):
                return [found]
        return []

    def _sure(self, pixels: NDArray[np.uint8], box: Box, person: Person) -> bool:
        """Whether somebody found without a face is a person: has the build of one, and in the mirrored photo too.

        Of the 3,409 photos of ``clothing``, which show no people, 56 pass the first and 2 both.
        """
        if not person.human:
            return False
        width = pixels.shape[1]
        again = self._look(pixels[:, ::-1], (width - box[2], box[1], width - box[0], box[3]))
        return again is not None and again.human and again.mirrored().same_as(person)

    def _look(self, pixels: NDArray[np.uint8], box: Box, known: Sequence[Person] = ()) -> Person | None:
        """The most prominent person within a box of the photo; where others are known to be, this one is not."""
        found = self._pose.landmarks(cut(pixels, box))
        return None if found is None else Person.of(found, box, [person.mask for person in known], pixels.shape)

    def _body(
        self,
        pixels: NDArray[np.uint8],
        person: Person,
        others: Sequence[Person],
        faces: Sequence[NDArray[np.float32]],
    ) -> Body:
        box = person.box()
        x0, y0, x1, y1 = around = grown(box, _MARGIN, pixels.shape)
        silhouette = self._beside.submit(self._silhouette.people, cut(pixels, around))
        hands = [self._beside.submit(self._hand, pixels, person, side) for side in _SIDES]
        face = self._face(pixels, person, faces)
        part = np.s_[y0:y1, x0:x1]
        mask = np.zeros(pixels.shape[:2], np.float32)
        mask[part] = refined(
            pixels[part],
            person.mask[part],
            silhouette.result(),
            [other.mask[part] for other in others],
            extent(person.points),
        )
        return Body(
            pixels=pixels,
            box=box,
            points=person.points,
            visibility=person.visibility,
            world=person.world,
            person=mask,
            turn=turn_of(person.world),
            face=face,
            hands=tuple(hand for found in hands if (hand := found.result()) is not None),
        )

    def _face(self, pixels: NDArray[np.uint8], person: Person, faces: Sequence[NDArray[np.float32]]) -> Face | None:
        """The person's face, looked for anew in a crop around the head; else as it was found in the whole photo."""
        box = square(person.head(), _HEAD_SIDE * person.metre(), pixels.shape)
        close = [placed(face, box) for face in self._faces.landmarks(cut(pixels, box))]
        points = next((face for face in (*close, *faces) if person.has_face(face)), None)
        return None if points is None else Face(points=points, matrix=face_matrix(points, pixels.shape))

    def _hand(self, pixels: NDArray[np.uint8], person: Person, side: Literal["left", "right"]) -> Hand | None:
        wrist = person.points[_WRIST[side]]
        if person.visibility[_WRIST[side]] < SEEN or not within(wrist[None], pixels.shape)[0]:
            return None
        x, y, _ = (wrist + person.points[_INDEX[side]]) / 2
        box = square((float(x), float(y)), _HAND_SIDE * person.metre(), pixels.shape)
        found = self._hands.landmarks(cut(pixels, box))
        if found is None:
            return None
        points = placed(found.points, box)
        other = person.points[_WRIST["right" if side == "left" else "left"]]
        to_own, to_other = (float(np.linalg.norm(points[0, :2] - point[:2])) for point in (wrist, other))
        if to_own > min(to_other, _ASTRAY * person.metre()):  # the other hand, or somebody else's
            return None
        return Hand(points=points, world=found.world, side=side)


def _without(pixels: NDArray[np.uint8], people: Sequence[Person]) -> NDArray[np.uint8]:
    """The photo with these people painted over, so that the next one is the most prominent."""
    painted = pixels.copy()
    for person in people:
        painted[person.mask > SEEN] = 128
    return painted

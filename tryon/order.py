"""What lies over what: which garment is put on first, and what of the person stays in front of all of them."""

from collections.abc import Sequence
from typing import Final

import cv2
import msgspec
import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from tryon.bodies import LABELS, Body
from tryon.garments import Garment
from tryon.layers import Mesh
from tryon.reach import ARMS, SIDES, WRIST, Side, along_arm

Plane = NDArray[np.float32]
Mask = NDArray[np.bool_]
LOWER: Final = frozenset({"skirt", "pants", "shorts"})
_SEEN: Final = 0.4  # visibility from which a landmark is believed
_APART: Final = 0.1  # of the shoulders' width: depths that differ by less say nothing
_NARROW: Final = 0.11  # of it: half a forearm's width
_BEHIND: Final = 0.5  # of it, behind the chest: an elbow beside the body is not so far back


class Fronts(Struct, frozen=True, kw_only=True):
    """What of a person is in front of garments: mattes (H, W) float32 in [0, 1].

    face: 1 exactly on its pixels, soft beyond them. hair; held: hands and what they or the shoulders carry.
    arms: bare forearms, and upper arms where the garment has no sleeves. worn: what is kept and lies over the new,
    the old top over new trousers. crossing: the sides whose forearm lies over the torso, with the region around it.
    """

    face: Plane
    hair: Plane
    held: Plane
    arms: Plane
    worn: Plane
    crossing: dict[Side, Plane]


def dressing_order(garments: Sequence[Garment], *, tucked: bool = False) -> tuple[int, ...]:
    """Indices of garments from the first put on to the last: trousers or skirt, top, dress, coat; tucked, top first.

    Garments of one kind keep the order in which they are given.
    """

    def layer(index: int) -> int:
        category = garments[index].category
        if category in LOWER:
            return 1 if tucked else 0
        return {"outwear": 3, "dress": 2}.get(category, 0 if tucked else 1)

    return tuple(sorted(range(len(garments)), key=layer))


def back_to_front(meshes: Sequence[Mesh], unit: float) -> tuple[Mesh, ...]:
    """One garment's meshes with the far leg before the near one, and a sleeve that is held behind the back behind it.

    unit: the width of the shoulders in pixels, in which depths are measured too.
    """
    depth = {mesh.part: float(np.median(mesh.depth)) for mesh in meshes}
    trunk = depth.get("body", 0.0)

    def place(mesh: Mesh) -> tuple[int, float]:
        if mesh.part.startswith("leg"):
            far = abs(depth.get("leg_left", 0.0) - depth.get("leg_right", 0.0)) > _APART * unit
            return 1, -depth[mesh.part] if far else 0.0
        if mesh.part.startswith("sleeve"):
            return (1 if depth[mesh.part] > trunk + _BEHIND * unit else 3), 0.0
        return (0 if mesh.part == "inside" else 2), 0.0

    return tuple(sorted(meshes, key=place))


def sleeveless(garment: Garment) -> bool:
    return not garment.part("sleeve_left", "sleeve_right").any()


def fronts(body: Body, labels: NDArray[np.uint8], garments: Sequence[Garment], *, tucked: bool = False) -> Fronts:
    """Find what is in front of garments. labels: (H, W) uint8 of LABELS; tucked: tops go into what is worn below."""
    bare_upper_arms = all(sleeveless(garment) for garment in garments)
    lower = [garment.category in LOWER for garment in garments]
    shape = labels.shape
    bare = _not_cloth(body, labels)
    hand, arm = _is(labels, "hand") & bare, _is(labels, "arm") & bare
    crossing: dict[Side, Plane] = {}
    arms = np.zeros(shape, bool)
    for side in SIDES:
        shoulder, elbow, wrist = ARMS[side]
        forearm = _limb(body, (elbow, wrist), shape, reach=0.5)
        if forearm is None:
            continue
        if over_torso(body, side):
            crossing[side] = forearm.astype(np.float32)
        arms |= arm & forearm
        if bare_upper_arms:
            upper = _limb(body, (shoulder, elbow), shape, reach=0.5)
            arms |= arm & upper if upper is not None else arm & forearm
    held = hand | _large(_is(labels, "other"), 0.01 * float(body.person.sum()))
    if all(lower) and not tucked:
        kept = _is(labels, "upper")
    elif tucked and not any(lower):
        kept = _is(labels, "lower")
    else:
        kept = np.zeros(shape, bool)
    return Fronts(
        face=_grown(_is(labels, "face") | _face_oval(body, shape)),
        hair=_hair(body, labels),
        held=_soft(held),
        arms=_soft(arms & _thick(arms | hand, body)),
        worn=_soft(kept),
        crossing=crossing,
    )


def in_cuffs(front: Fronts, body: Body, sleeves: dict[Side, Plane]) -> Fronts:
    """Hands less what their own sleeves cover up to the wrist. sleeves: cover (H, W) in [0, 1] of each side's."""
    held = front.held.copy()
    for side, cover in sleeves.items():
        along, beside = along_arm(body, side)
        held *= 1 - cover * np.clip((WRIST + 0.1 - along) * 20, 0, 1) * (beside < 0.5)
    return msgspec.structs.replace(front, held=held)


def over_torso(body: Body, side: Side) -> bool:
    """Whether a forearm lies before the trunk: its outer half within the trunk's quadrilateral, and not behind it."""
    _, elbow, wrist = ARMS[side]
    if body.visibility[[elbow, wrist]].min() < _SEEN:
        return False
    trunk = body.points[[11, 12, 24, 23], :2].astype(np.float32)
    for share in (0.6, 0.8, 1.0):
        x, y = body.points[elbow, :2] * (1 - share) + body.points[wrist, :2] * share
        if cv2.pointPolygonTest(trunk, (float(x), float(y)), False) > 0:
            return bool(body.world[wrist, 2] < body.world[[11, 12, 23, 24], 2].mean() + 0.03)
    return False


def arms_crossed(body: Body) -> bool:
    """Whether both forearms lie over the torso and pass each other."""
    across = body.points[11, :2] - body.points[12, :2]
    reach = (body.points[15, :2] - body.points[16, :2]) @ across / max(float(across @ across), 1.0)
    return all(over_torso(body, side) for side in SIDES) and bool(reach < 0.1)


def _is(labels: NDArray[np.uint8], *names: str) -> Mask:
    wanted = np.zeros(256, bool)
    wanted[[LABELS.index(name) for name in names]] = True
    return np.asarray(wanted[labels])


def _limb(body: Body, ends: tuple[int, int], shape: tuple[int, ...], reach: float) -> Mask | None:
    """The region around a bone, ``reach`` of a forearm's usual length wide; None where an end is not seen."""
    if body.visibility[list(ends)].min() < _SEEN:
        return None
    torso = float(np.linalg.norm(body.points[[11, 12], :2].mean(axis=0) - body.points[[23, 24], :2].mean(axis=0)))
    width = max(2, round(reach * 0.5 * torso))
    region = np.zeros(shape, np.uint8)
    (ax, ay), (bx, by) = body.points[list(ends), :2].round().astype(int).tolist()
    cv2.line(region, (ax, ay), (bx, by), 1, width)
    return region.view(np.bool_)


def _face_oval(body: Body, shape: tuple[int, ...]) -> Mask:
    """The face within its landmarks' hull, where a face was found."""
    region = np.zeros(shape, np.uint8)
    if body.face is not None:
        hull = cv2.convexHull(body.face.points[:468, :2].astype(np.float32)).round().astype(np.int32)
        cv2.fillConvexPoly(region, hull, 1)
    return region.view(np.bool_)


def _not_cloth(body: Body, labels: NDArray[np.uint8]) -> Mask:
    """Where hands and arms do not have the worn top's colour rather than their own: between fingers it is seen."""
    skin, cloth = _is(labels, "hand", "arm"), _is(labels, "upper")
    kept = np.ones(labels.shape, bool)
    if np.count_nonzero(skin) < 50 or np.count_nonzero(cloth) < 50:
        return kept
    x, y, w, h = cv2.boundingRect(skin.view(np.uint8))
    here = np.s_[y : y + h, x : x + w]
    lab = cv2.cvtColor(np.ascontiguousarray(body.pixels[here]), cv2.COLOR_RGB2Lab).astype(np.float32)
    lab[..., 0] *= 0.5  # shading
    own = np.median(lab[skin[here]], axis=0)
    worn = np.median(cv2.cvtColor(body.pixels[cloth][None], cv2.COLOR_RGB2Lab)[0], axis=0) * (0.5, 1, 1)
    if np.linalg.norm(own - worn) > 20:
        kept[here] = np.linalg.norm(lab - worn, axis=-1) > 0.5 * np.linalg.norm(lab - own, axis=-1)
    return kept


def _large(mask: Mask, area: float) -> Mask:
    """The mask's patches of at least this many pixels: a brooch or a print's patch is no bag."""
    _, patches, stats, _ = cv2.connectedComponentsWithStats(mask.view(np.uint8), connectivity=8)
    keep = stats[:, cv2.CC_STAT_AREA] >= area
    keep[0] = False
    return np.asarray(keep[patches])


def _thick(mask: Mask, body: Body) -> Mask:
    """The mask without what is much narrower than a forearm: pale stripes of the worn cloth pass for skin beside one."""
    shoulders = float(np.linalg.norm(body.points[11, :2] - body.points[12, :2]))
    across = max(3, round(_NARROW * shoulders))
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (across, across))
    return np.asarray(cv2.morphologyEx(mask.view(np.uint8), cv2.MORPH_OPEN, disc) > 0)


def _soft(mask: Mask) -> Plane:
    """A mask's edge over two pixels, its speckles gone."""
    whole = cv2.morphologyEx(mask.view(np.uint8), cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    return np.asarray(cv2.GaussianBlur(whole.astype(np.float32), (0, 0), 0.9))


def _grown(mask: Mask) -> Plane:
    """1 on the mask, falling to 0 within two pixels around it."""
    around = cv2.GaussianBlur(mask.astype(np.float32), (0, 0), 1.2) * 1.6
    return np.where(mask, np.float32(1), np.minimum(around, 1)).astype(np.float32)


def _hair(body: Body, labels: NDArray[np.uint8]) -> Plane:
    """The hair's matte: its label, drawn to the strands by a guided filter (He et al. 2010) over the photo."""
    hair = _is(labels, "hair")
    matte = np.zeros(labels.shape, np.float32)
    if not hair.any():
        return matte
    x, y, w, h = cv2.boundingRect(hair.view(np.uint8))
    reach = max(3, round(0.012 * labels.shape[0]))
    rows = slice(max(0, y - 2 * reach), y + h + 2 * reach)
    columns = slice(max(0, x - 2 * reach), x + w + 2 * reach)
    guide = cv2.cvtColor(np.ascontiguousarray(body.pixels[rows, columns]), cv2.COLOR_RGB2Lab)
    found = cv2.ximgproc.guidedFilter(guide, hair[rows, columns].astype(np.float32), reach, 60.0)
    matte[rows, columns] = np.clip((found - 0.12) / 0.76, 0, 1)
    return matte

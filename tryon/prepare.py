"""From a product photo to a garment that can be put on somebody."""

from collections.abc import Callable
from typing import Final

import cv2
import numpy as np
from msgspec.structs import replace
from numpy.typing import NDArray

from core.errors import GarmentUnusable
from tryon.cutout import clean_edge, cut_out
from tryon.garment_net import CATEGORIES, SIDE, Reader, Seen
from tryon.garments import PARTS, POINTS, POINTS_OF, Category, Garment

LONGEST: Final = 1024
"""Longest side in pixels that a garment is kept at."""

MARGIN: Final = 0.1
"""Share of the garment's longer side that is looked at around it."""

MARGINS: Final = (MARGIN, 0.03, 0.2)
"""Of the looks whose mean is believed: key points of drawn garments are nearer by 3 % than by one look."""

RIM: Final = 4
"""Pixels from the photo's border within which a garment touches it."""

THERE: Final = 0.25
"""Confidence from which a key point is believed to be there."""

NEEDED: Final = {
    "skirt": ("waist_left", "waist_right", "hem_left", "hem_right"),
    "pants": ("waist_left", "waist_right", "crotch", "hem_outer_left", "hem_outer_right"),
    "shorts": ("waist_left", "waist_right", "crotch", "hem_outer_left", "hem_outer_right"),
}
"""Key points without which a garment cannot be laid on a body; of all other categories those of ``_NEEDED_TOP``."""

_NEEDED_TOP: Final = (
    "neckline_left", "neckline_right", "shoulder_left", "shoulder_right", "armpit_left", "armpit_right", "hem_left",
    "hem_right",
)  # fmt: skip

SNAP: Final = 0.012
"""Share of the garment's height within which a key point is moved onto the outline."""

_FREE: Final = ("neckline_front", "hem_centre", "crotch")
"""Key points that need not lie on the outline."""


def prepare(
    photo: NDArray[np.uint8],
    category: Category | None = None,
    *,
    reader: Reader,
    shows_person: Callable[[NDArray[np.uint8]], bool] | None = None,
) -> Garment:
    """Cut the garment out of a product photo, find its parts and key points.

    photo: (h, w, 3) uint8 RGB, or (h, w, 4) with straight alpha, which is kept. category: what it is, or None to have
    it recognised. shows_person: whether somebody's head and shoulders are seen in (h, w, 3) uint8.
    Raises GarmentUnusable with reason "no-garment", "several-garments", "worn-by-somebody", "cut-off" or
    "points-uncertain".
    """
    photo = at_most(photo, LONGEST)
    garment = in_place(photo, category, reader=reader, shows_person=shows_person)
    _check(garment)
    x, y, w, h = cv2.boundingRect((garment.pixels[..., 3] > 0).view(np.uint8))
    inside = np.s_[y : y + h, x : x + w]
    return replace(
        garment,
        pixels=np.ascontiguousarray(garment.pixels[inside]),
        parts=np.ascontiguousarray(garment.parts[inside]),
        points={
            name: (min(max(px - x, 0.0), float(w)), min(max(py - y, 0.0), float(h)))
            for name, (px, py) in garment.points.items()
        },
    )


def in_place(
    photo: NDArray[np.uint8],
    category: Category | None = None,
    *,
    reader: Reader,
    shows_person: Callable[[NDArray[np.uint8]], bool] | None = None,
) -> Garment:
    """As :func:`prepare`, but not cropped, scaled or checked for what is cut off or uncertain."""
    given = photo[..., 3] if photo.shape[2] == 4 and photo[..., 3].min() < 128 else None
    pixels = np.ascontiguousarray(photo[..., :3]) if given is None else _on_grey(photo)
    box, worn = _find(pixels, given, reader)
    seen, place = _look(pixels, box, reader, MARGINS)
    if seen.confidence.max() < THERE / 2:
        raise _no_garment()
    _check_worn(min(seen.worn, worn), pixels, shows_person)
    parts = _stretch(seen.parts[..., 1:], place, pixels.shape[:2])
    if given is None:
        colours, alpha = cut_out(pixels, parts.sum(axis=2))
    else:
        colours, alpha = clean_edge(pixels, np.asarray(given / 255, np.float32)), given
    recognised = category or CATEGORIES[int(seen.categories.argmax())]
    points = _points(seen, place, recognised, alpha)
    return Garment(
        pixels=np.dstack([colours, alpha]),
        parts=_labelled(alpha, parts, recognised),
        category=recognised,
        points={name: (x, y) for name, (x, y, _) in points.items()},
        confidence={name: sure for name, (_, _, sure) in points.items()},
        guessed=category is None,
        tag=reader.tag,
    )


def at_most(photo: NDArray[np.uint8], longest: int) -> NDArray[np.uint8]:
    """The photo, made smaller where its longer side has more pixels."""
    scale = longest / max(photo.shape[:2])
    if scale >= 1:
        return photo
    size = (max(1, round(photo.shape[1] * scale)), max(1, round(photo.shape[0] * scale)))
    return np.asarray(cv2.resize(photo, size, interpolation=cv2.INTER_AREA))


def _on_grey(photo: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """A cut-out on a grey that it is told from."""
    share = photo[..., 3:].astype(np.float32) / 255
    level = 235 if (photo[..., :3] * share).sum() / max(1.0, 3 * float(share.sum())) < 150 else 110
    return np.rint(photo[..., :3] * share + level * (1 - share)).astype(np.uint8)


def _find(
    pixels: NDArray[np.uint8], given: NDArray[np.uint8] | None, reader: Reader
) -> tuple[tuple[int, int, int, int], float]:
    """x, y, w, h of the one garment in the photo, and how likely somebody wears it: 1 where the whole photo is
    not looked at. Raises GarmentUnusable where there is no garment or are several."""
    none = several = 0.0
    worn = 1.0
    if given is not None:
        mask = given > 127
    else:
        whole = (0, 0, pixels.shape[1], pixels.shape[0])
        seen, place = _look(pixels, whole, reader)
        none, _, several = seen.counts.tolist()
        worn = seen.worn
        mask = _stretch(1 - seen.parts[..., :1], place, pixels.shape[:2]).squeeze(2) > 0.5
    _, _, stats, _ = cv2.connectedComponentsWithStats(mask.view(np.uint8), connectivity=4)
    areas = stats[1:, cv2.CC_STAT_AREA]
    stats, areas = stats[1:][areas >= 0.1 * areas.max(initial=1)], np.sort(areas)[::-1]
    if given is None and several > (0.5 if len(areas) > 1 and areas[1] > 0.3 * areas[0] else 0.9):
        raise GarmentUnusable(
            "The photo shows several garments.", reason="several-garments", remedy="Show one garment alone."
        )
    if areas.sum() < 0.01 * mask.size or (given is None and none > 0.8):
        raise _no_garment()
    x, y = stats[:, :2].min(axis=0)
    right, below = (stats[:, :2] + stats[:, 2:4]).max(axis=0)
    return (int(x), int(y), int(right - x), int(below - y)), worn


def _no_garment() -> GarmentUnusable:
    return GarmentUnusable(
        "No garment is seen in the photo.", reason="no-garment", remedy="Show one garment, whole, from its front."
    )


def _look(
    pixels: NDArray[np.uint8], box: tuple[int, int, int, int], reader: Reader, margins: tuple[float, ...] = (MARGIN,)
) -> tuple[Seen, tuple[float, float, float]]:
    """What the network sees in a box, x, y, w, h, on the mean of looks with these margins; and left, top and scale in
    the photo of the square that has the first of them."""
    x, y, w, h = box
    sides = [max(w, h) * (1 + 2 * margin) for margin in margins]
    squares = []
    for side in sides:
        left, top, scale = x + w / 2 - side / 2, y + h / 2 - side / 2, SIDE / side
        blurred = cv2.GaussianBlur(pixels, (0, 0), 0.4 / scale) if scale < 0.7 else pixels
        matrix = np.array([[1 / scale, 0, left + 0.5 / scale - 0.5], [0, 1 / scale, top + 0.5 / scale - 0.5]])
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        squares.append(cv2.warpAffine(blurred, matrix, (SIDE, SIDE), flags=flags, borderMode=cv2.BORDER_REPLICATE))
    looks = reader.read(np.stack(squares))
    first = (x + w / 2 - sides[0] / 2, y + h / 2 - sides[0] / 2, SIDE / sides[0])
    return (looks[0] if len(looks) == 1 else _mean(looks, [side / sides[0] for side in sides])), first


def _mean(looks: list[Seen], sizes: list[float]) -> Seen:
    """One look out of several at squares around one centre, of these sizes beside the first: points by their confidence."""
    sure = np.stack([look.confidence for look in looks])
    points = np.stack([(look.points - SIDE / 2) * size + SIDE / 2 for look, size in zip(looks, sizes, strict=True)])
    half = (looks[0].parts.shape[0] - 1) / 2
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    parts = [
        cv2.warpAffine(
            look.parts, np.array([[1 / size, 0, half * (1 - 1 / size)], [0, 1 / size, half * (1 - 1 / size)]]),
            look.parts.shape[1::-1], flags=flags, borderMode=cv2.BORDER_REPLICATE,
        )
        for look, size in zip(looks, sizes, strict=True)
    ]  # fmt: skip
    return Seen(
        parts=np.mean(parts, axis=0, dtype=np.float32),
        points=((points * sure[..., None]).sum(0) / np.maximum(sure.sum(0), 1e-6)[:, None]).astype(np.float32),
        confidence=sure.mean(0),
        categories=np.mean([look.categories for look in looks], axis=0, dtype=np.float32),
        counts=np.mean([look.counts for look in looks], axis=0, dtype=np.float32),
        worn=float(np.mean([look.worn for look in looks])),
    )


def _stretch(
    planes: NDArray[np.float32], place: tuple[float, float, float], shape: tuple[int, ...]
) -> NDArray[np.float32]:
    """Planes (s, s, c) of a square at its place in the photo: (h, w, c), 0 outside of it."""
    left, top, scale = place
    ratio = scale * planes.shape[0] / SIDE
    matrix = np.array([[ratio, 0, (0.5 - left) * ratio - 0.5], [0, ratio, (0.5 - top) * ratio - 0.5]])
    size, flags = (shape[1], shape[0]), cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    single = (np.ascontiguousarray(planes[..., k]) for k in range(planes.shape[2]))
    return np.dstack([cv2.warpAffine(plane, matrix, size, flags=flags) for plane in single])


def _points(
    seen: Seen, place: tuple[float, float, float], category: Category, alpha: NDArray[np.uint8]
) -> dict[str, tuple[float, float, float]]:
    """Key points of the category that are there: x, y in pixels of the photo, and confidence."""
    left, top, scale = place
    contours, _ = cv2.findContours((alpha > 127).view(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    outline = np.concatenate(contours)[:, 0] + 0.5 if contours else np.zeros((1, 2))
    height = float(np.ptp(outline[:, 1])) + 1
    found = {}
    for name in POINTS_OF[category]:
        k = POINTS.index(name)
        if seen.confidence[k] < THERE:
            continue
        x, y = seen.points[k] / scale + (left, top)
        if name not in _FREE:
            off = np.hypot(outline[:, 0] - x, outline[:, 1] - y)
            nearest = int(off.argmin())
            if off[nearest] < SNAP * height:
                x, y = outline[nearest]
        found[name] = (float(x), float(y), float(min(1.0, seen.confidence[k])))
    return found


def _check_worn(
    worn: float, pixels: NDArray[np.uint8], shows_person: Callable[[NDArray[np.uint8]], bool] | None
) -> None:
    # Seen both in the whole photo and close up: each look alone takes a garment's own folds for somebody in it.
    if worn > 0.7 or (shows_person is not None and shows_person(pixels)):
        raise GarmentUnusable(
            "Somebody wears the garment in the photo.",
            reason="worn-by-somebody",
            remedy="Show it laid flat, hanging or on a mannequin.",
        )


def _check(garment: Garment) -> None:
    """Raises GarmentUnusable where the photo cuts the garment off, or key points that matter are not found."""
    mask = garment.pixels[..., 3] > 127
    wide, high = mask.any(0), mask.any(1)
    sides = (
        (mask[:RIM].any(0), wide),
        (mask[-RIM:].any(0), wide),
        (mask[:, :RIM].any(1), high),
        (mask[:, -RIM:].any(1), high),
    )
    missing = [name for name in NEEDED.get(garment.category, _NEEDED_TOP) if name not in garment.points]
    cut = max(int(side.sum()) / max(1, int(span.sum())) for side, span in sides)
    if cut > 0.4 or (missing and cut > 0.15):
        raise GarmentUnusable(
            "The photo cuts the garment off.", reason="cut-off", remedy="Show all of it, with some ground around it."
        )
    if missing:
        raise GarmentUnusable(
            f"Not found on the garment: {', '.join(name.replace('_', ' ') for name in missing)}.",
            reason="points-uncertain",
            remedy="Show it from its front, spread out, or say what kind of garment it is.",
        )


def _labelled(alpha: NDArray[np.uint8], parts: NDArray[np.float32], category: Category) -> NDArray[np.uint8]:
    """Labels of PARTS (h, w) uint8 wherever the garment is, by the likeliest of those that its category has.

    parts: (h, w, len(PARTS) - 1), without "none"."""
    absent = {"skirt": ("sleeve", "leg"), "pants": ("sleeve",), "shorts": ("sleeve",)}.get(category, ("leg",))
    parts = parts * np.array([not name.startswith(absent) for name in PARTS[1:]], np.float32)
    likeliest = parts.argmax(axis=2) + 1
    unseen = (parts.max(axis=2) < 0.02) & (alpha > 127)
    if unseen.any():  # beyond what the network takes for the garment: as the nearest that it does
        _, nearest = cv2.distanceTransformWithLabels(
            unseen.view(np.uint8), cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL
        )
        label = np.zeros(int(nearest.max()) + 1, np.int64)
        label[nearest[~unseen]] = likeliest[~unseen]
        likeliest = label[nearest]
    return np.where(alpha > 127, likeliest, 0).astype(np.uint8)

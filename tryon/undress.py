"""The worn garment away: what it hid is shown where the new one will not hide it."""

from typing import Final

import cv2
import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from tryon.backdrop import continued
from tryon.bodies import LABELS, Body
from tryon.grain import noise_of
from tryon.layers import Remark
from tryon.limbs import ARM_STOPS, LEG_STOPS
from tryon.opening import Array, Coat, Mask, Opening, bounds, grown, shrunk
from tryon.parse import Parsed
from tryon.skin import bare_limbs, bystanders, shading, tone_of
from tryon.trunk import bare_trunk, waist
from tryon.zones import ARMS, LEGS, Figure

_INTRICATE: Final = 14.0
_MUCH: Final = 0.25
_GRAINY: Final = 4.0  # levels: what is more is texture
_GUESSED = Remark("skin_invented", "Bare skin had to be invented where the photo shows none of that limb.")
_BEHIND = Remark("region_invented", "The ground behind the worn garment is intricate and was guessed.")
_LARGE = Remark("region_invented", "Much of what the worn garment hid had to be invented.")


class Bare(Struct, frozen=True):
    """A photo without the worn garment.

    pixels: (H, W, 3) uint8. invented: (H, W) bool, what the photo did not show. share: of the person's area, in
    [0, 1], that was invented and will be seen. remarks: what could not be done well.
    """

    pixels: NDArray[np.uint8]
    invented: NDArray[np.bool_]
    share: float
    remarks: tuple[Remark, ...] = ()


def undress(body: Body, parsed: Parsed, worn: frozenset[str], cover: NDArray[np.float32]) -> Bare:
    """Take a worn garment away where the new one does not cover it.

    worn: of "upper", "lower". cover: (H, W) float32 in [0, 1], the opacity of what will be drawn over the result.
    Behind it come, from back to front, the ground, the other garment continued, the trunk's skin and the limbs' skin.
    Face, hair, hands and shoes are as before, and so is all that is not close to the worn garment. Where one of the two
    is taken from somebody in a dress, the dress counts as a top and a skirt.
    """
    figure = Figure.of(body)
    if len(worn) == 1:
        parsed = dress_parted(parsed, figure)
    rim = max(round(0.03 * figure.unit), 3)
    seen = parsed.of(*worn) & (cover < 0.98)
    if not seen.any():
        return Bare(body.pixels, np.zeros(seen.shape, np.bool_), 0.0)
    box = bounds(seen, round(0.3 * figure.unit) + 4 * rim)
    opening = Opening.of(body, parsed, worn, cover, box, rim)
    plate, remarks = _plate(opening, figure)
    blend = _blend(opening, figure)
    here = (slice(box[1], box[3]), slice(box[0], box[2]))
    pixels, invented = body.pixels.copy(), np.zeros(seen.shape, np.bool_)
    own = opening.pixels.astype(np.float32)
    own += (plate - own) * blend[..., None]
    pixels[here] = np.clip(own + 0.5, 0, 255).astype(np.uint8)
    invented[here] = opening.region & (blend > 0.5)
    share = float((invented[here] & (opening.cover < 0.5)).sum() / max(np.count_nonzero(parsed.labels), 1))
    return Bare(pixels, invented, share, (*remarks, *([_LARGE] if share > _MUCH else [])))


def dress_parted(parsed: Parsed, figure: Figure) -> Parsed:
    """What was parsed, with the part of a dress below the waist called what is worn below; others as they are."""
    upper, lower = parsed.of("upper"), parsed.of("lower")
    height, width = upper.shape
    rows, columns = np.arange(height, dtype=np.float32)[:, None], np.arange(width, dtype=np.float32)[None]
    down = figure.trunk(columns, rows)[0]
    if lower.sum() > 0.02 * upper.sum() or (upper & (down > 1.25)).sum() < 0.12 * upper.sum():
        return parsed
    labels = np.where(upper & (down > 0.85), np.uint8(LABELS.index("lower")), parsed.labels)
    return Parsed(labels, parsed.sure, parsed.skin, parsed.alike)


def _plate(opening: Opening, figure: Figure) -> tuple[Array, list[Remark]]:
    """What the window shows without the garment, (h, w, 3) float32, and what is to be said of it."""
    remarks: list[Remark] = []
    coats = _hidden_cloth(opening, figure)
    light, tone = shading(opening, figure), tone_of(opening)
    trunk = np.zeros_like(light)
    if "upper" in opening.worn:
        coats.append(bare_trunk(opening, figure, light, tone.colour, coats))
        trunk = coats[-1].alpha
    guessed = False
    for part, limbs, stops, names in (
        ("lower", LEGS, LEG_STOPS, ("leg",)), ("upper", ARMS, ARM_STOPS, ("arm", "hand")),
    ):  # fmt: skip
        if part in opening.worn:
            more, unseen = bare_limbs(opening, figure, limbs, stops, names, tone, light, trunk)
            coats, guessed = coats + more, guessed or unseen
    if guessed:
        remarks.append(_GUESSED)
    through = (opening.region & (opening.cover < 0.98)).astype(np.float32)
    for coat in coats:
        through[coat.part] *= 1 - coat.alpha
    hole = through > 0.01
    ground = ~(grown(opening.person, 2 * opening.rim) | opening.region)
    plate, rough = _filled(opening.pixels, hole, ground & ~bystanders(opening, figure, ground))
    if rough > _INTRICATE and (hole & (opening.cover < 0.5)).sum() > 0.1 * opening.old.sum():
        remarks.append(_BEHIND)
    for coat in coats:
        plate[coat.part] += (coat.colours - plate[coat.part]) * coat.alpha[..., None]
    bare = opening.parsed.of("face", "neck", "arm", "torso", "leg")
    noise = min(noise_of(opening.grey, bare if bare.sum() > 2000 else ~opening.region), _GRAINY)
    return plate + _grain(noise, plate.shape)[..., None], remarks


def _hidden_cloth(opening: Opening, figure: Figure) -> list[Coat]:
    """The garment that stays, continued behind the hem of the one that goes."""
    other = "lower" if "upper" in opening.worn else "upper"
    alpha = None if other in opening.worn else waist(opening, figure, other)
    if alpha is None:
        return []
    cloth, hole = shrunk(opening.parsed.of(other), opening.rim), opening.region & (alpha > 0)
    if not hole.any() or cloth.sum() < 50:
        return []
    return [Coat(np.s_[:, :], _filled(opening.pixels, hole, cloth, upright=True)[0], alpha)]


def _blend(opening: Opening, figure: Figure) -> Array:
    """(h, w) float32: how much of the plate is shown. On skin it fades out slowly: hems cast shadows."""
    inner = opening.old & opening.region
    soft = cv2.GaussianBlur(opening.region.astype(np.float32), (0, 0), opening.rim / 2.5)
    away = cv2.distanceTransform((~inner).view(np.uint8), cv2.DIST_L2, 3)
    fading = np.clip(1.5 - away / (0.05 * figure.unit), 0, 1) * opening.parsed.of("arm", "leg", "torso", "neck")
    found = np.maximum(np.maximum(np.clip(soft * 2 - 0.5, 0, 1), inner), fading)
    blend: Array = (found * ~opening.kept).astype(np.float32)
    return blend


def _filled(pixels: NDArray[np.uint8], hole: Mask, source: Mask, *, upright: bool = False) -> tuple[Array, float]:
    """``continued`` for the surroundings of the hole alone; elsewhere the picture as it is."""
    found = pixels.astype(np.float32)
    if not hole.any():
        return found, 0.0
    x0, y0, x1, y1 = bounds(hole, 40 + max(pixels.shape) // 12)
    part = (slice(y0, y1), slice(x0, x1))
    found[part], rough = continued(pixels[part], hole[part], source[part], upright=upright)
    return found, rough


def _grain(noise: float, shape: tuple[int, ...]) -> Array:
    """(h, w) float32: grain of this standard deviation, a little soft as demosaicing and compression leave it."""
    tile = np.random.default_rng(0).normal(0, 1, (256, 256)).astype(np.float32)
    tile = cv2.GaussianBlur(tile, (0, 0), 0.6)
    tile *= noise / tile.std()
    found: Array = np.tile(tile, (shape[0] // 256 + 1, shape[1] // 256 + 1))[: shape[0], : shape[1]]
    return found

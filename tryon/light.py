"""The light of a photo, read from what the person wears, and put on the garments that take its place."""

from typing import Final

import cv2
import msgspec
import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from tryon import grain
from tryon.bodies import LABELS, Body
from tryon.layers import Layer

Plane = NDArray[np.float32]

DARKEST, BRIGHTEST = 0.78, 1.06
"""Limits of the factor that the worn garment's luminance gives; beyond them its print shows through."""

_HEIGHT: Final = 320  # pixels of the person at which light is read: shading is smooth
_FACE, _WORN = LABELS.index("face"), [LABELS.index("upper"), LABELS.index("lower")]
_LUMA: Final = np.array([0.299, 0.587, 0.114], np.float32)


class Light(Struct, frozen=True, kw_only=True):
    """How a person in a photo is lit, and how the photo renders it.

    shade: (h, w) float32 around 1, the factor on cloth at each place, of a smaller size than the photo.
    side: where the light comes from, -1 from the picture's left … 1 from its right. gain: (3,) float32, the light's
    colour and strength against a catalogue photo's. black: levels of the darkest things. noise: levels; blur: pixels.
    """

    shade: Plane
    side: float
    gain: NDArray[np.float32]
    black: float
    noise: float
    blur: float


def read_light(body: Body, labels: NDArray[np.uint8]) -> Light:
    """Read the light of a photo. labels: (H, W) uint8 of LABELS."""
    x0, y0, x1, y1 = _box(body)
    photo, named = body.pixels[y0:y1, x0:x1], labels[y0:y1, x0:x1]
    scale = min(1.0, _HEIGHT / photo.shape[0])
    size = max(8, round(photo.shape[1] * scale)), max(8, round(photo.shape[0] * scale))
    small = cv2.resize(photo, size, interpolation=cv2.INTER_AREA)
    near = cv2.resize(named, size, interpolation=cv2.INTER_NEAREST)
    shade = np.ones(size[::-1], np.float32)
    weight = np.full(size[::-1], 1e-3, np.float32)
    lab = cv2.cvtColor(small.astype(np.float32) / 255, cv2.COLOR_RGB2Lab)
    for label in _WORN:
        _add_cloth(small, lab, near == label, shade, weight)
    wide = size[1] / 14
    filled = cv2.GaussianBlur((shade - 1) * weight, (0, 0), wide) / (cv2.GaussianBlur(weight, (0, 0), wide) + 0.02)
    known = np.minimum(weight, 1)
    shade = 1 + (shade - 1) * known + filled * (1 - known)
    whole = cv2.resize(
        body.pixels, None, fx=min(1.0, 256 / max(labels.shape)), fy=min(1.0, 256 / max(labels.shape)),
        interpolation=cv2.INTER_AREA,
    ).astype(np.float32)  # fmt: skip
    luma = whole @ _LUMA
    grey = cv2.cvtColor(photo, cv2.COLOR_RGB2GRAY).astype(np.float32)
    there = body.person[y0:y1, x0:x1] > 0.5
    return Light(
        shade=_onto(shade, (x0, y0, x1, y1), labels.shape),
        side=_side(small, near == _FACE),
        gain=_gain(whole, luma),
        black=float(np.clip(0.7 * np.percentile(grey[there] if there.any() else grey, 0.3), 0, 16)),
        noise=min(grain.noise_of(grey, there), 12.0),
        blur=grain.blur_of(grey, there),
    )


def is_dim(pixels: NDArray[np.uint8]) -> bool:
    """Whether a photo (H, W, 3) was taken in so little light that colours are not what they are."""
    return float(np.percentile(pixels[::8, ::8] @ _LUMA, 95)) < 110


def relight(layer: Layer, light: Light, across: NDArray[np.float32] | None = None) -> Layer:
    """The layer in the photo's light: its shading, roundness, tone, sharpness and grain. Its alpha stays as it is.

    across: (2,) float32, unit direction across the limb that the layer goes around, by default the horizontal one.
    """
    h, w = layer.pixels.shape[:2]
    if h == 0 or w == 0:
        return layer
    alpha: Plane = layer.pixels[..., 3].astype(np.float32) * np.float32(1 / 255)
    colour: Plane = layer.pixels[..., :3].astype(np.float32)
    colour *= _under(light, layer)[..., None]
    colour *= _roundness(alpha, light.side, across)[..., None]
    colour *= light.gain * np.float32((255 - light.black) / 255)
    colour += np.float32(light.black)
    colour = grain.match(colour, alpha, light.blur, light.noise)
    pixels = np.dstack([np.clip(colour + 0.5, 0, 255).astype(np.uint8), layer.pixels[..., 3]])
    return msgspec.structs.replace(layer, pixels=pixels)


def _box(body: Body) -> tuple[int, int, int, int]:
    h, w = body.person.shape
    x0, y0, x1, y1 = body.box
    margin = 0.1 * max(x1 - x0, y1 - y0)
    left, top = max(0, int(x0 - margin)), max(0, int(y0 - margin))
    return left, top, min(w, max(int(x1 + margin), left + 16)), min(h, max(int(y1 + margin), top + 16))


def _add_cloth(small: NDArray[np.uint8], lab: Plane, mask: NDArray[np.bool_], shade: Plane, weight: Plane) -> None:
    """Shading of one worn garment: all of it where the garment is plain, the smooth part alone where it has a print."""
    inside = cv2.erode(mask.view(np.uint8), np.ones((3, 3), np.uint8)).view(np.bool_)
    if np.count_nonzero(inside) < 80:
        return
    middle = np.median(lab[inside], axis=0)
    tint = np.hypot(lab[..., 1] - middle[1], lab[..., 2] - middle[2])
    luma = small.astype(np.float32) @ _LUMA
    ratio = luma / max(float(np.median(luma[inside])), 8.0)
    cloth = inside & (tint < 12) & (ratio > 0.45) & (ratio < 1.6)
    if np.count_nonzero(cloth) < 80:
        return
    low, high = np.percentile(ratio[cloth], (16, 84))
    plain = float(np.clip((0.32 - (high - low) / 2) / 0.2, 0, 1)) * np.count_nonzero(cloth) / np.count_nonzero(inside)
    seen = float(np.clip((middle[0] - 8) / 20, 0, 1))  # black cloth shows grain and dust, no folds
    fine = _within(ratio, cloth, 0.8)
    broad = _within(ratio, cloth, small.shape[0] / 18)
    own = 1 + seen * ((0.3 + 0.6 * plain) * (broad - 1) + 0.9 * plain * (fine - broad))
    known = cv2.GaussianBlur(cloth.astype(np.float32), (0, 0), 1.5)
    share = known / (known + weight)
    shade += share * (_limited(own) - shade)
    weight += known


def _limited(ratio: NDArray[np.floating]) -> Plane:
    """Into (DARKEST, BRIGHTEST), 1 staying 1, with no corner where it sets in."""
    over, under = BRIGHTEST - 1, 1 - DARKEST
    limited = np.where(ratio > 1, 1 + over * np.tanh((ratio - 1) / over), 1 - under * np.tanh((1 - ratio) / under))
    return np.asarray(limited, np.float32)


def _within(plane: Plane, mask: NDArray[np.bool_], sigma: float) -> Plane:
    """Blurred from within the mask alone; 1 far from it."""
    weight = mask.astype(np.float32)
    near: Plane = cv2.GaussianBlur((plane - 1) * weight, (0, 0), sigma)
    near /= np.maximum(cv2.GaussianBlur(weight, (0, 0), sigma), 1e-2)
    return near + np.float32(1)


def _onto(shade: Plane, box: tuple[int, int, int, int], shape: tuple[int, ...]) -> Plane:
    """The shading of the box as one of the whole photo at half its size; 1 beyond the box."""
    whole = np.ones((-(-shape[0] // 2), -(-shape[1] // 2)), np.float32)
    x0, y0, x1, y1 = (edge // 2 for edge in box)
    whole[y0:y1, x0:x1] = cv2.resize(shade, (x1 - x0, y1 - y0), interpolation=cv2.INTER_LINEAR)
    return whole


def _under(light: Light, layer: Layer) -> Plane:
    """The shading where a layer lies, nearest values beyond the photo."""
    h, w = layer.pixels.shape[:2]
    place = np.array([[0.5, 0, (layer.x + 0.5) / 2 - 0.5], [0, 0.5, (layer.y + 0.5) / 2 - 0.5]], np.float32)
    shade: Plane = cv2.warpAffine(
        light.shade, place, (w, h), flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP, borderMode=cv2.BORDER_REPLICATE
    )
    return shade


def _side(small: NDArray[np.uint8], face: NDArray[np.bool_]) -> float:
    """By how much the one half of the face is brighter than the other."""
    columns = np.flatnonzero(face.any(axis=0))
    if np.count_nonzero(face) < 60:
        return 0.0
    middle = (columns[0] + columns[-1] + 1) // 2
    luma = small.astype(np.float32) @ _LUMA
    left, right = luma[:, :middle][face[:, :middle]], luma[:, middle:][face[:, middle:]]
    if min(left.size, right.size) < 20:
        return 0.0
    a, b = float(np.median(left)), float(np.median(right))
    return float(np.clip(2.5 * (b - a) / max(a + b, 1.0), -1, 1))


def _gain(whole: Plane, luma: Plane) -> NDArray[np.float32]:
    """The light's colour, by what is bright and nearly grey, and a little of it where little is, for a scene has
    colours of its own; its strength by how bright the brightest things are."""
    lab = cv2.cvtColor(whole / np.float32(255), cv2.COLOR_RGB2Lab)
    grey = (np.hypot(lab[..., 1], lab[..., 2]) < 16) & (luma >= np.percentile(luma, 50)) & (whole.max(axis=-1) < 250)
    trust = 0.6 * min(1.0, 25 * float(grey.mean()))
    tint = np.ones(3) if trust < 0.05 else (whole[grey] / luma[grey][:, None]).mean(axis=0)
    tint = np.clip(tint, 0.75, 1.3) ** trust
    strength = np.clip(float(np.percentile(luma, 99)) / 242, 0.5, 1.0) ** 0.6
    return np.asarray(tint / (tint @ _LUMA) * strength, np.float32)


def _roundness(alpha: Plane, side: float, across: NDArray[np.float32] | None) -> Plane:
    """Darker where the cloth turns away around the body: (h, w) float32 about .8 to 1.05.

    The distance from the silhouette stands for the angle; ends of the cloth, which lie across, do not count.
    """
    solid = cv2.copyMakeBorder((alpha > 0.5).view(np.uint8), 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=0)
    inward = cv2.distanceTransform(solid, cv2.DIST_L2, 3)[1:-1, 1:-1]
    if not inward.any():
        return np.ones_like(alpha)
    radius = max(2.2 * float(inward[inward > 0].mean()), 3.0)
    away = np.clip(1 - inward / radius, 0, 1)
    smooth = cv2.GaussianBlur(inward, (0, 0), max(radius / 6, 1.0))
    dx, dy = cv2.Sobel(smooth, cv2.CV_32F, 1, 0), cv2.Sobel(smooth, cv2.CV_32F, 0, 1)
    ux, uy = (1.0, 0.0) if across is None else (float(across[0]), float(across[1]))
    turned = -(dx * ux + dy * uy) / (np.hypot(dx, dy) + 1e-3)  # -1 … 1: which side of the limb
    factor: Plane = 1 - np.abs(turned) * (0.17 * away**2) + turned * away * (0.09 * side * np.sign(ux or 1))
    return np.asarray(cv2.GaussianBlur(factor, (0, 0), max(radius / 10, 0.8)), np.float32)

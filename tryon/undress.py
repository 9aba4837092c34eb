"""The worn garment away: what it hid is shown where the new one will not hide it."""

from typing import Final

import cv2
import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from tryon.backdrop import continued, grain
from tryon.bodies import Body
from tryon.layers import Remark
from tryon.limbs import (
    ARM_STOPS,
    LEG_STOPS,
    Array,
    Limb,
    continue_skin,
    look,
    outline,
    profile_of,
    render,
    round_profile,
)
from tryon.matter import grid
from tryon.parse import Parsed
from tryon.trunk import bare_trunk, waist, within_silhouette
from tryon.zones import ARMS, LEGS, Figure

PLAIN: Final = 0.10
"""A garment whose fine detail varies less than this share of its brightness shows the body's shading."""


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
    Face, hair, hands and shoes are as before, and so is all that is not close to the worn garment.
    """
    figure = Figure.of(body)
    rim = max(round(0.022 * figure.unit), 3)
    old = parsed.of(*worn)
    seen = old & (cover < 0.98)
    if not seen.any():
        return Bare(body.pixels, np.zeros(old.shape, np.bool_), 0.0)
    window = _window(seen, round(0.35 * figure.unit) + 4 * rim)
    scene = _Scene.of(body, parsed, worn, cover, window, rim)
    plate, invented, remarks = _plate(scene, figure)
    pixels = body.pixels.copy()
    x0, y0, x1, y1 = window
    blend = _blend(scene, figure)
    own = body.pixels[y0:y1, x0:x1].astype(np.float32)
    pixels[y0:y1, x0:x1] = np.clip(own + (plate - own) * blend[..., None] + 0.5, 0, 255).astype(np.uint8)
    where = np.zeros(old.shape, np.bool_)
    where[y0:y1, x0:x1] = invented & (blend > 0.5)
    share = float((where & (cover < 0.5)).sum() / max((parsed.labels > 0).sum(), 1))
    if share > 0.25:
        remarks.append(Remark("region_invented", "Much of what the worn garment hid had to be invented."))
    return Bare(pixels, where, share, tuple(remarks))


def _blend(scene: "_Scene", figure: Figure) -> Array:
    """(h, w) float32: how much of the plate is shown. On skin it fades out slowly: hems cast shadows."""
    soft = cv2.GaussianBlur(scene.region.astype(np.float32), (0, 0), scene.rim / 2.5)
    away = cv2.distanceTransform((~(scene.old & scene.region)).astype(np.uint8), cv2.DIST_L2, 3)
    skin = scene.parsed.of("arm", "leg", "torso", "neck")
    fading = np.clip(1.5 - away / (0.05 * figure.unit), 0, 1) * skin
    found = np.maximum(np.maximum(np.clip(soft * 2 - 0.5, 0, 1), scene.old & scene.region), fading)
    blend: Array = (found * ~scene.kept).astype(np.float32)
    return blend


class _Scene(Struct, frozen=True):
    """A window of the photo. region: what is to be replaced; kept: what must not change; all (h, w)."""

    pixels: NDArray[np.uint8]
    parsed: Parsed
    worn: frozenset[str]
    cover: NDArray[np.float32]
    old: NDArray[np.bool_]
    region: NDArray[np.bool_]
    kept: NDArray[np.bool_]
    person: NDArray[np.bool_]
    rim: int
    x0: int
    y0: int

    @classmethod
    def of(
        cls,
        body: Body,
        parsed: Parsed,
        worn: frozenset[str],
        cover: NDArray[np.float32],
        window: tuple[int, int, int, int],
        rim: int,
    ) -> "_Scene":
        x0, y0, x1, y1 = window
        here = (slice(y0, y1), slice(x0, x1))
        part = Parsed(parsed.labels[here], parsed.sure, parsed.skin)
        old = part.of(*worn)
        kept = part.of("face", "hair", "hand", "shoe")
        region = _grown(old & (cover[here] < 0.98), rim) & ~kept
        person = cv2.morphologyEx((part.labels > 0).astype(np.uint8), cv2.MORPH_CLOSE, np.ones((9, 9), np.uint8)) > 0
        return cls(body.pixels[here], part, worn, cover[here], old, region, kept, person, rim, x0, y0)


def _plate(scene: _Scene, figure: Figure) -> tuple[Array, NDArray[np.bool_], list[Remark]]:
    """What the window shows without the garment (h, w, 3) float32, what of it is invented, and what is to be said."""
    remarks: list[Remark] = []
    layers: list[tuple[Array, Array]] = []
    other = "lower" if "upper" in scene.worn else "upper"
    beyond = waist(figure, scene.parsed, scene.cover, scene.x0, scene.y0, other) if other not in scene.worn else None
    if beyond is not None:
        cloth = cv2.erode(scene.parsed.of(other).astype(np.uint8), np.ones((2 * scene.rim + 1,) * 2, np.uint8)) > 0
        hole = scene.region & (beyond > 0)
        if hole.any() and cloth.sum() > 50:
            layers.append((_filled(scene.pixels, hole, cloth, upright=True)[0], beyond))
    light = _light(scene, figure)
    guess = _Tone.of(scene)
    if "upper" in scene.worn:
        colours, alpha = bare_trunk(
            figure, scene.parsed, scene.pixels, scene.cover, light, guess.colour, scene.person, scene.x0, scene.y0
        )
        if beyond is not None:
            alpha = alpha * (1 - beyond)
        layers.append((colours, alpha))
    unseen = False
    for limbs, stops, names, part in (
        (LEGS, LEG_STOPS, ("leg",), "lower"),
        (ARMS, ARM_STOPS, ("arm", "hand"), "upper"),
    ):
        if part not in scene.worn:
            continue
        limbs_layers, guessed = _bare_limbs(scene, figure, limbs, stops, names, guess, light)
        layers += limbs_layers
        unseen |= guessed
    if unseen:
        remarks.append(Remark("skin_invented", "Bare skin had to be invented where the photo shows none of that limb."))
    through = np.ones(scene.region.shape, np.float32)
    for _, alpha in layers:
        through *= 1 - alpha
    hole = scene.region & (through > 0.01) & (scene.cover < 0.98)
    plate, rough = _filled(scene.pixels, hole, ~_grown(scene.person, 2 * scene.rim) & ~scene.region)
    if rough > 14 and (hole & (scene.cover < 0.5)).sum() > 0.1 * scene.old.sum():
        remarks.append(Remark("region_invented", "The ground behind the worn garment is intricate and was guessed."))
    for colours, alpha in layers:
        plate += (colours - plate) * alpha[..., None]
    bare = scene.parsed.of("face", "neck", "arm", "torso", "leg")
    noise = grain(scene.pixels, bare if bare.sum() > 400 else ~scene.person)
    speck = np.random.default_rng(0).normal(0, 1, scene.region.shape).astype(np.float32)
    speck = cv2.GaussianBlur(speck, (0, 0), 0.6) * 1.4
    plate += (noise * speck)[..., None]
    return plate, scene.region & ~scene.kept, remarks


class _Tone(Struct, frozen=True):
    """The skin where none is near: its colour (3,) RGB, and the side its light comes from, in [-1, 1]."""

    colour: Array
    side: float

    @classmethod
    def of(cls, scene: _Scene) -> "_Tone":
        bare = (
            cv2.erode(
                scene.parsed.of("arm", "hand", "leg", "torso", "neck").astype(np.uint8), np.ones((5, 5), np.uint8)
            )
            > 0
        )
        if bare.sum() > 200:
            seen = scene.pixels[bare].astype(np.float32)
            level = seen.mean(axis=1)
            colour = np.median(seen[level > np.percentile(level, 40)], axis=0).astype(np.float32)
        else:
            lab = (scene.parsed.skin + np.array([0, 128, 128], np.float32)).reshape(1, 1, 3)
            colour = cv2.cvtColor(np.clip(lab, 0, 255).astype(np.uint8), cv2.COLOR_LAB2RGB)[0, 0].astype(np.float32)
        face = scene.parsed.of("face", "neck")
        side = 0.0
        if face.sum() > 200:
            grey = cv2.cvtColor(scene.pixels, cv2.COLOR_RGB2GRAY)
            x = np.nonzero(face)[1]
            values = grey[face].astype(np.float32)
            middle = np.median(x)
            side = float(np.clip((values[x > middle].mean() - values[x <= middle].mean()) / values.mean() / 0.3, -1, 1))
        return cls(colour, side)


def _bare_limbs(
    scene: _Scene, figure: Figure, joints: tuple[tuple[int, int, int], ...], stops: tuple[tuple[float, float], ...],
    names: tuple[str, ...], guess: _Tone, light: Array,
) -> tuple[list[tuple[Array, Array]], bool]:  # fmt: skip
    """The skin of both limbs, colours and alpha, and whether a good part of it is drawn after none that is seen."""
    skin = scene.parsed.of(*names)
    own = cv2.erode(skin.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    own &= ~_grown(scene.old, scene.rim + round(0.025 * figure.unit))
    tight, loose = (within_silhouette(scene.person, by) for by in (1.0, 0.025 * figure.unit))
    views = []
    for three in joints:
        limb = Limb.of(figure, three, stops)
        limb = Limb(limb.joints - np.array([scene.x0, scene.y0], np.float32), limb.normal, limb.radii)
        reach = outline(limb, scene.person, scene.parsed.of(names[0]))
        strip, known = look(limb, reach, scene.pixels, own)
        views.append((limb, reach, strip, known))
    bare = own & scene.parsed.of(names[0])
    # Across a hand no limb's shading is seen, only the tone of its skin.
    profiles = [profile_of(*look(limb, reach, scene.pixels, bare)) for limb, reach, _, _ in views]
    layers, guessed = [], False
    for index, (limb, reach, strip, known) in enumerate(views):
        profile = profiles[index]
        if profile is None:
            profile = profiles[1 - index]
        if profile is None:
            profile = round_profile(guess.colour, guess.side)
        middle = limb.places(np.zeros((len(limb.radii), 1), np.float32))
        along = cv2.remap(light, middle[0] - 0.5, middle[1] - 0.5, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)[
            :, 0
        ]
        texture = continue_skin(strip, known, profile, along)
        height, width = scene.region.shape
        colours, alpha = render(limb, reach, texture, (0, 0, width, height))
        # On the shoulder the limb runs into the trunk, whose skin keeps off the silhouette.
        x, y = grid((height, width))
        top = np.clip(3 - np.hypot(x - limb.joints[0, 0], y - limb.joints[0, 1]) / (0.11 * figure.unit), 0, 1)
        alpha = np.minimum(alpha, tight + (loose - tight) * top)
        layers.append((colours, alpha))
        shown = (alpha > 0.5) & scene.region & (scene.cover < 0.5)
        if shown.sum() > 0.02 * figure.unit**2 and bare.sum() < 0.02 * figure.unit**2:
            guessed = True
    return layers, guessed


def _filled(
    pixels: NDArray[np.uint8], hole: NDArray[np.bool_], source: NDArray[np.bool_], *, upright: bool = False
) -> tuple[Array, float]:
    """``continued`` for the surroundings of the hole alone; elsewhere the picture as it is."""
    found = pixels.astype(np.float32)
    if not hole.any():
        return found, 0.0
    x0, y0, x1, y1 = _window(hole, 40 + max(pixels.shape) // 12)
    part = (slice(y0, y1), slice(x0, x1))
    found[part], rough = continued(pixels[part], hole[part], source[part], upright=upright)
    return found, rough


def _light(scene: _Scene, figure: Figure) -> Array:
    """(h, w) float32 around 1: the low-frequency shading of the worn garment, where it is plain enough to tell.

    Ratios are held between .78 and 1.06, or the old print shines through.
    """
    grey = cv2.cvtColor(scene.pixels, cv2.COLOR_RGB2GRAY).astype(np.float32)
    weight = scene.old.astype(np.float32)
    sigma = 0.07 * figure.unit
    step = max(int(sigma / 3), 1)
    small, mass = grey[::step, ::step], weight[::step, ::step]
    blurred = cv2.GaussianBlur(mass, (0, 0), sigma / step)
    low = cv2.GaussianBlur(small * mass, (0, 0), sigma / step) / np.maximum(blurred, 1e-3)
    inside = mass > 0
    if inside.sum() < 30:
        return np.ones_like(grey)
    level = max(float(np.median(small[inside])), 8.0)
    spread = float(np.abs(small - low)[inside].mean()) / level
    if spread > PLAIN:
        return np.ones_like(grey)
    ratio = np.where(blurred > 0.05, np.clip(low / level, 0.78, 1.06), 1.0) ** 0.7
    smooth = cv2.GaussianBlur(ratio.astype(np.float32), (0, 0), sigma / step)
    found: Array = cv2.resize(smooth, (grey.shape[1], grey.shape[0]), interpolation=cv2.INTER_LINEAR)
    return found


def _grown(mask: NDArray[np.bool_], by: int) -> NDArray[np.bool_]:
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * by + 1, 2 * by + 1))
    found: NDArray[np.bool_] = cv2.dilate(mask.astype(np.uint8), kernel) > 0
    return found


def _window(mask: NDArray[np.bool_], margin: int) -> tuple[int, int, int, int]:
    """x0, y0, x1, y1 of a mask and its surroundings, within the picture."""
    rows, columns = np.nonzero(mask.any(axis=1))[0], np.nonzero(mask.any(axis=0))[0]
    height, width = mask.shape
    return (
        max(int(columns[0]) - margin, 0), max(int(rows[0]) - margin, 0),
        min(int(columns[-1]) + 1 + margin, width), min(int(rows[-1]) + 1 + margin, height),
    )  # fmt: skip

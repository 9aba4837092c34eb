"""Skin that cloth hid: its tone, its light, and bare limbs painted with both."""

from typing import Final

import cv2
import numpy as np
from msgspec import Struct

from tryon.colours import codes, shaded
from tryon.limbs import END, ROWS, Limb, continue_skin, look, outline, profile_of, render, round_profile
from tryon.opening import Array, Coat, Mask, Opening, bounds, grown, shrunk
from tryon.zones import Figure

PLAIN: Final = 0.10
"""A garment whose fine detail varies less than this share of its brightness shows the body's shading."""


_TINT: Final = 5.0
"""How far the tint (a and b) of what seems to be skin may be from the face's."""


_WALL: Final = 0.25
"""Where more of the ground than this has the colour of skin, the ground has it, and not somebody in it."""


class Tone(Struct, frozen=True):
    """The skin where none is near: its colour (3,) RGB, and the side its light comes from, in [-1, 1]."""

    colour: Array
    side: float


def tone_of(opening: Opening) -> Tone:
    """The tone of lit skin in the window, or the face's where none is seen."""
    bare = shrunk(opening.bare("arm", "hand", "leg", "torso", "neck"), 2)
    lab = (opening.parsed.skin + np.array([0, 128, 128], np.float32)).reshape(1, 1, 3)
    colour = cv2.cvtColor(np.clip(lab, 0, 255).astype(np.uint8), cv2.COLOR_LAB2RGB)[0, 0].astype(np.float32)
    if bare.sum() > 200:
        seen = opening.pixels[bare].astype(np.float32)
        level = seen.mean(axis=1)
        other = np.median(seen[level > np.percentile(level, 40)], axis=0).astype(np.float32)
        if same_tint(other, colour):  # else it is a glove, a scarf, wood
            colour = other
    face, side = opening.parsed.of("face", "neck"), 0.0
    if face.sum() > 200:
        values, x = opening.grey[face], np.nonzero(face)[1]
        right = x > np.median(x)
        side = float(np.clip((values[right].mean() - values[~right].mean()) / values.mean() / 0.3, -1, 1))
    return Tone(colour, side)


def same_tint(one: Array, other: Array) -> bool:
    """Whether two colours (3,) RGB may be the same skin, lit more or less."""
    pair = np.clip(np.stack([one, other]), 0, 255).astype(np.uint8)[None]
    tints = cv2.cvtColor(pair, cv2.COLOR_RGB2LAB)[0, :, 1:].astype(np.float32)
    return bool(np.linalg.norm(tints[0] - tints[1]) < _TINT)


def bystanders(opening: Opening, figure: Figure, ground: Mask) -> Mask:
    """(h, w) bool: spots of the ground that may be other people's faces and hands, with their surroundings.

    They must not be copied: nobody takes a second nose for a background. Wide areas of such a colour are walls.
    """
    step = max(round(0.03 * figure.unit), 1)
    lab = cv2.cvtColor(np.ascontiguousarray(opening.pixels[::step, ::step]), cv2.COLOR_RGB2LAB)
    density = shaded(opening.parsed.skin, 9.0)
    spots = ((density > 0.15 * density.max())[codes(lab)] & ground[::step, ::step]).astype(np.uint8)
    if spots.sum() > _WALL * max(int(np.count_nonzero(ground[::step, ::step])), 1):
        return np.zeros_like(ground)
    spots = cv2.morphologyEx(spots, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    _, patches, stats, _ = cv2.connectedComponentsWithStats(spots, connectivity=8)
    side = np.sqrt(stats[:, cv2.CC_STAT_AREA]) * step / figure.unit
    fits = (side > 0.1) & (side < 1.0)
    fits[0] = False
    found = grown(fits[patches], round(0.2 * figure.unit / step)).view(np.uint8)
    whole = cv2.resize(found, ground.shape[::-1], interpolation=cv2.INTER_NEAREST)
    return np.asarray(whole).view(np.bool_)


def shading(opening: Opening, figure: Figure) -> Array:
    """(h, w) float32 around 1: the low-frequency shading of the worn garment, where it is plain enough to tell.

    Ratios are held between .78 and 1.06, or the old print shines through.
    """
    grey, found = opening.grey, np.ones_like(opening.grey)
    sigma = 0.07 * figure.unit
    step = max(int(sigma / 3), 1)
    small, mass = grey[::step, ::step], opening.old[::step, ::step].astype(np.float32)
    inside = mass > 0
    if inside.sum() < 30:
        return found
    blurred = cv2.GaussianBlur(mass, (0, 0), sigma / step)
    low = cv2.GaussianBlur(small * mass, (0, 0), sigma / step) / np.maximum(blurred, 1e-3)
    level = max(float(np.median(small[inside])), 8.0)
    if float(np.abs(small - low)[inside].mean()) > PLAIN * level:
        return found
    ratio = np.where(blurred > 0.05, np.clip(low / level, 0.78, 1.06), 1.0) ** 0.7
    smooth = cv2.GaussianBlur(ratio.astype(np.float32), (0, 0), sigma / step)
    return np.asarray(cv2.resize(smooth, grey.shape[::-1], interpolation=cv2.INTER_LINEAR), np.float32)


def bare_limbs(
    opening: Opening, figure: Figure, joints: tuple[tuple[int, int, int], ...], stops: tuple[tuple[float, float], ...],
    names: tuple[str, ...], tone: Tone, light: Array, trunk: Array,
) -> tuple[list[Coat], bool]:  # fmt: skip
    """The skin of both limbs, and whether a good part of it is painted though none of that limb is seen.

    joints, stops: of ``Limb.of``. names: the labels of its skin, that of the limb itself first. light: of ``shading``.
    trunk: (h, w) float32, the alpha of the trunk's skin, into which the limbs run.
    """
    clear = ~grown(opening.old, opening.rim + round(0.025 * figure.unit))
    own, bare = (shrunk(opening.bare(*labels), 1) & clear for labels in (names, names[:1]))
    limbs = [Limb.of(figure, three, stops, opening.corner) for three in joints]
    reaches = [outline(limb, opening.person, opening.parsed.of(*names)) for limb in limbs]
    # Across a hand no limb's shading is seen, only the tone of its skin.
    views = [look(limb, reach, opening.pixels, bare) for limb, reach in zip(limbs, reaches, strict=True)]
    profiles = [profile_of(strip, known) for strip, known in views]
    tight, loose = opening.inset(1.0), opening.inset(0.025 * figure.unit)
    coats, guessed, some = [], False, 0.02 * figure.unit**2
    for limb, reach, profile, other in zip(limbs, reaches, profiles, profiles[::-1], strict=True):
        across = next((found for found in (profile, other) if found is not None), None)
        if across is None:
            across = round_profile(tone.colour, tone.side)
        strip, known = look(limb, reach, opening.pixels, own)
        texture = continue_skin(strip, known, across, limb.along(light))
        part = _extent(limb, opening)
        if part is None:
            continue
        colours, alpha, s = render(limb, reach, texture, part)
        # On the shoulder the limb runs into the trunk, whose skin keeps off the silhouette: no edge between them.
        top = np.clip(1.6 - 2 * s, 0, 1)
        alpha = np.minimum(alpha, tight[part] + (loose[part] - tight[part]) * top)
        # Beside cloth that goes around the limb there is none of it: the ground shows.
        cloth = cv2.remap(
            limb.along(opening.cover)[:, None], np.zeros_like(s), np.clip(s, 0, END) * np.float32((ROWS - 1) / END),
            cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE,
        )  # fmt: skip
        around = np.clip((s - (0.35 if names[0] == "arm" else 0.0)) * 10, 0, 1) * np.clip(2 * cloth - 1, 0, 1)
        alpha *= 1 - around * (opening.cover[part] < 0.5)
        apart = np.clip((s - 0.08) / 0.5, 0, 1)
        alpha *= 1 - trunk[part] * (1 - apart * apart * (3 - 2 * apart))
        coats.append(Coat(part, colours, alpha))
        shown = (alpha > 0.5) & opening.region[part] & (opening.cover[part] < 0.5)
        guessed |= bool(shown.sum() > some > bare.sum())
    return coats, guessed


def _extent(limb: Limb, opening: Opening) -> tuple[slice, slice] | None:
    """The part of the window where the limb can be, and something is to be replaced."""
    x0, y0, x1, y1 = bounds(opening.region, 2 * opening.rim + 8)
    wide = 1.6 * float(limb.radii.max())
    (left, top), (right, bottom) = limb.joints.min(axis=0) - wide, limb.joints.max(axis=0) + wide
    x0, y0, x1, y1 = max(x0, int(left)), max(y0, int(top)), min(x1, int(right)), min(y1, int(bottom))
    return (slice(y0, y1), slice(x0, x1)) if x1 > x0 and y1 > y0 else None

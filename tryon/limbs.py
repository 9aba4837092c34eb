"""Bare limbs under cloth: their outline from the pose, their skin continued from what is seen of them."""

from typing import Final

import cv2
import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from tryon.zones import Figure

Array = NDArray[np.float32]

ROWS, COLUMNS, END = 84, 33, 2.1
ARM_STOPS: Final = ((0.0, 0.135), (0.35, 0.130), (1.0, 0.102), (1.3, 0.106), (2.0, 0.072), (2.1, 0.075))
LEG_STOPS: Final = ((0.0, 0.230), (0.5, 0.195), (1.0, 0.145), (1.35, 0.142), (2.0, 0.092), (2.1, 0.092))
"""Radii of an average body in units of the shoulders' distance, along two bones."""


class Limb(Struct, frozen=True):
    """Two bones in a photo. joints: (3, 2) float32. normal: the side of positive v, +1 or -1, towards light from the
    right or above in every limb, so that shading can be carried over. radii: (ROWS,) float32 in pixels."""

    joints: Array
    normal: float
    radii: Array

    @classmethod
    def of(
        cls, figure: Figure, joints: tuple[int, int, int], stops: tuple[tuple[float, float], ...], corner: Array
    ) -> "Limb":
        """The limb between three landmarks, of an average body's radii, in a picture cut out at a corner (2,)."""
        points = figure.points[list(joints)] - corner
        line = points[2] - points[0]
        normal = 1.0 if line[1] * 1.0 + -line[0] * -0.3 >= 0 else -1.0
        at, radius = zip(*stops, strict=True)
        radii = np.interp(np.linspace(0, END, ROWS), at, radius) * figure.unit
        return cls(points, normal, radii.astype(np.float32))

    def coordinates(self, x: Array, y: Array) -> tuple[Array, Array]:
        """s: 0 at the first joint, 1 at the second, 2 at the third; v: signed distance from the bones in pixels."""
        found = []
        for bone, (first, last) in enumerate(((-0.3, 1.0), (0.0, 1.2))):
            (ax, ay), (dx, dy) = self.joints[bone], self.joints[bone + 1] - self.joints[bone]
            square = max(float(dx * dx + dy * dy), 1e-3)
            held = np.clip(((x - ax) * dx + (y - ay) * dy) / np.float32(square), first, last)
            ex, ey = x - ax - held * dx, y - ay - held * dy
            found.append((held + bone, np.hypot(ex, ey), ex * dy - ey * dx))
        (s, near, side), (s2, far, side2) = found
        second = far < near
        v = np.copysign(np.where(second, far, near), np.where(second, side2, side) * self.normal)
        return np.where(second, s2, s), v.astype(np.float32, copy=False)

    def along(self, field: Array) -> Array:
        """(ROWS,) float32: a field (h, w) on the bones."""
        x, y = self.places(np.zeros((ROWS, 1), np.float32))
        found: Array = cv2.remap(field, x - 0.5, y - 0.5, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)[:, 0]
        return found

    def places(self, v: Array) -> tuple[Array, Array]:
        """x and y of (ROWS, n) signed distances, one row of v for each step along the limb."""
        s = np.linspace(0, END, ROWS, dtype=np.float32)
        first, second = self.joints[1] - self.joints[0], self.joints[2] - self.joints[1]
        t = s[:, None]
        centre = np.where(t < 1, self.joints[0] + t * first, self.joints[1] + (t - 1) * second)
        one, two = (line / max(float(np.linalg.norm(line)), 1e-3) for line in (first, second))
        bend = np.clip((t - 0.85) / 0.3, 0, 1)
        line = one * (1 - bend) + two * bend
        line = line / np.maximum(np.linalg.norm(line, axis=1, keepdims=True), 1e-3)
        across = np.stack([line[:, 1], -line[:, 0]], axis=1) * self.normal
        x, y = centre[:, :1] + v * across[:, :1], centre[:, 1:] + v * across[:, 1:]
        return x.astype(np.float32), y.astype(np.float32)


def outline(limb: Limb, person: NDArray[np.bool_], skin: NDArray[np.bool_]) -> tuple[Array, Array]:
    """How far the bare limb reaches to the positive and the negative side, (ROWS,) float32 each in pixels.

    person: (H, W), all that is not background. skin: (H, W), what is seen of this kind of limb's skin.
    Skin that is seen has the width that is seen; cloth hides an average limb of the same build, within the cloth.
    """
    steps = np.linspace(0, 1.9, 39, dtype=np.float32)
    found = []
    for sign in (1, -1):
        v = sign * steps[None] * limb.radii[:, None]
        x, y = limb.places(v)
        inside, bare = _sample(person, x, y), _sample(skin, x, y)
        found.append((_run(inside), _run(bare)))
    (out_high, skin_high), (out_low, skin_low) = found
    shown = (skin_high + skin_low > 14) & (skin_high < 38) & (skin_low < 38)
    measured = (skin_high + skin_low) / 2 * (1.9 / 38)
    # Hands and feet give their width to the wrist and the ankle, but tell nothing of the rest.
    telling = shown & (np.linspace(0, END, ROWS) < 1.9)
    build = float(np.clip(np.median(measured[telling]), 0.75, 1.4)) if telling.sum() >= 4 else 0.97
    reach = []
    for free, shows in ((out_high, skin_high), (out_low, skin_low)):
        room = free * (1.9 / 38)
        cloth = np.minimum(build, np.where(free < 38, np.maximum(room - 0.10, 0.45), build))
        # Close to skin that is seen the outline goes on as it was there.
        near = np.clip(_along(shown.astype(np.float32), 5.0) * 2.2, 0, 1)
        beside = _along(shows * (1.9 / 38) * shown, 5.0) / np.maximum(_along(shown.astype(np.float32), 5.0), 1e-3)
        beside = np.minimum(beside, 1.35)
        guessed = np.minimum(cloth + near * (beside - cloth), np.maximum(room, 0.45))
        wide = _along(np.where(shown, shows * (1.9 / 38), guessed), 1.5)
        reach.append((wide * limb.radii).astype(np.float32))
    return reach[0], reach[1]


def _run(inside: NDArray[np.bool_]) -> NDArray[np.int64]:
    """(rows,): how many steps from the bone on are inside without a break."""
    last = inside.shape[1] - 1
    steps: NDArray[np.int64] = np.where(inside.all(axis=1), last, inside.argmin(axis=1)).astype(np.int64)
    return steps


def _sample(mask: NDArray[np.bool_], x: Array, y: Array) -> NDArray[np.bool_]:
    found = cv2.remap(mask.astype(np.uint8), x - 0.5, y - 0.5, cv2.INTER_NEAREST, borderMode=cv2.BORDER_REPLICATE)
    seen: NDArray[np.bool_] = found > 0
    return seen


def _along(values: Array, sigma: float) -> Array:
    found: Array = cv2.GaussianBlur(values.astype(np.float32)[:, None], (1, 0), sigmaX=1, sigmaY=sigma)[:, 0]
    return found


def look(
    limb: Limb, reach: tuple[Array, Array], pixels: NDArray[np.uint8], known: NDArray[np.bool_]
) -> tuple[Array, Array]:
    """The limb unrolled: (ROWS, COLUMNS, 3) float32 RGB, and (ROWS, COLUMNS) float32, where it is known."""
    u = np.linspace(-0.98, 0.98, COLUMNS, dtype=np.float32)[None]
    v = np.where(u >= 0, u * reach[0][:, None], u * reach[1][:, None]).astype(np.float32)
    x, y = limb.places(v)
    strip = cv2.remap(pixels, x - 0.5, y - 0.5, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return strip.astype(np.float32), _sample(known, x, y).astype(np.float32)


def continue_skin(strip: Array, known: Array, profile: Array, light: Array) -> Array:
    """The strip with its unknown part filled: a profile across the limb, shifted smoothly to meet what is known.

    profile: (COLUMNS, 3) float32 RGB. light: (ROWS,) float32 around 1, how bright the limb is along its length.
    """
    expected = profile[None] * _along(light, 8.0)[:, None, None]
    if known.sum() > 40:
        level = (strip * known[..., None]).sum(axis=(0, 1)) / np.maximum(
            (expected * known[..., None]).sum(axis=(0, 1)), 1
        )
        expected = expected * np.clip(level, 0.75, 1.3)
    gap = (strip - expected) * known[..., None]
    # Differences are carried along the limb, less and less far; across it only to smooth them.
    mass = cv2.GaussianBlur(known, (0, 0), sigmaX=1.5, sigmaY=10)
    drift = cv2.GaussianBlur(gap, (0, 0), sigmaX=1.5, sigmaY=10) / (mass + 0.02)[..., None]
    filled: Array = expected + drift
    return filled


def profile_of(strip: Array, known: Array) -> Array | None:
    """(COLUMNS, 3) float32: the mean colour across a limb where enough of it is known, or None."""
    mass = known.sum(axis=0)
    if known.sum() < 60 or (mass > 0).sum() < COLUMNS * 0.7:
        return None
    sums = np.concatenate([(strip * known[..., None]).sum(axis=0), mass[:, None]], axis=1)
    # Columns of which little is known take after their neighbours.
    near, far = (cv2.GaussianBlur(sums, (1, 0), sigmaX=1, sigmaY=sigma) for sigma in (1.5, 6.0))
    total = near + 0.1 * far
    found: Array = total[:, :3] / np.maximum(total[:, 3:], 1e-3)
    return found


def round_profile(colour: Array, side: float) -> Array:
    """(COLUMNS, 3) float32: how a round limb of one colour (RGB) looks; side in [-1, 1]: where more light comes from."""
    u = np.linspace(-1, 1, COLUMNS, dtype=np.float32)
    lit = 0.80 + 0.22 * np.sqrt(np.clip(1 - u * u, 0, 1)) + 0.10 * side * u
    # Skin in shade is redder: blue and green fall faster than red.
    found: Array = colour[None] * lit[:, None] ** np.array([0.85, 1.05, 1.15], np.float32)
    return found


def render(
    limb: Limb, reach: tuple[Array, Array], texture: Array, part: tuple[slice, slice]
) -> tuple[Array, Array, Array]:
    """Draw an unrolled limb into a part of the picture: (h, w, 3) float32 RGB, its alpha (h, w), and s there."""
    y, x = np.mgrid[part].astype(np.float32) + np.float32(0.5)
    s, v = limb.coordinates(x, y)
    row = np.clip(s, 0, END) * np.float32((ROWS - 1) / END)
    edges = np.stack(reach, axis=1)[:, None]
    at = cv2.remap(edges, np.zeros_like(row), row, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    wide = np.where(v >= 0, at[..., 0], at[..., 1])
    column = (np.clip(v / np.maximum(wide, 0.5), -1, 1) + np.float32(0.98)) * np.float32((COLUMNS - 1) / 1.96)
    colours = cv2.remap(texture, column, row, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return colours, np.clip(wide - np.abs(v) + 0.5, 0, 1), s

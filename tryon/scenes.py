"""Photos of garments made up for training: an example laid on a ground, askew, rumpled, lit and photographed."""

from collections.abc import Sequence
from typing import Final

import cv2
import msgspec
import numpy as np
from numpy.typing import NDArray

from tryon.examples import UNSURE, Example
from tryon.garment_net import MIRRORED_PARTS, MIRRORED_POINTS, SIDE
from tryon.garments import PARTS, POINTS
from tryon.props import hanger, limbs, mannequin

Plane = NDArray[np.float32]

NOTHING, REAL, WORN, SEVERAL, OTHER = 0.05, 0.22, 0.04, 0.05, 0.06
"""Shares of scenes without a garment, with a photographed one, with a person, with two, and with no garments."""


PLAIN = 0.35
"""Share of grounds that are plain."""


FLIPPED_LABELS: Final = np.array([*MIRRORED_PARTS, *range(len(PARTS), 256)], np.uint8)


class Scene(msgspec.Struct, frozen=True, kw_only=True):
    """pixels: (SIDE, SIDE, 3) uint8 RGB. parts: (SIDE / 2, SIDE / 2) uint8 as in Example. points: (len(POINTS), 2)
    float32 in pixels; NaN: not there, or out of view. pointless: nobody knows the points. category: "" where there is
    none, or no single one. count: 0, 1 or 2 garments."""

    pixels: NDArray[np.uint8]
    parts: NDArray[np.uint8]
    points: Plane
    pointless: bool
    category: str
    count: int
    worn: bool


class Placed(msgspec.Struct, frozen=True):
    """An example in the frame: rgb premultiplied (SIDE, SIDE, 3) in [0, 255], alpha (SIDE, SIDE), parts, points; behind
    as premultiplied RGBA (SIDE, SIDE, 4), alpha in [0, 1], where there is something."""

    rgb: Plane
    alpha: Plane
    parts: NDArray[np.uint8]
    points: Plane
    behind: Plane | None = None


class Composer:
    """Makes scenes without end.

    garments: drawn examples; others: drawn things that are none; photos: photographed examples; people: pictures
    of dressed people; grounds: pictures (h, w, 3) uint8 of what garments lie on, each at least SIDE wide and high.
    """

    def __init__(
        self,
        garments: Sequence[Example],
        others: Sequence[Example] = (),
        photos: Sequence[Example] = (),
        people: Sequence[Example] = (),
        grounds: Sequence[NDArray[np.uint8]] = (),
    ) -> None:
        self.garments, self.others, self.photos, self.people = garments, others, photos, people
        self.grounds = grounds
        rng = np.random.default_rng(0)
        self._smooth = [_smooth(rng, cells) for cells in (3, 4, 5) for _ in range(12)]
        self._rough = [_smooth(rng, cells) for cells in (9, 14, 22) for _ in range(12)]

    def compose(self, rng: np.random.Generator) -> Scene:
        """The next scene."""
        kind = rng.random()
        if kind < NOTHING:
            return self._finish(self._ground(rng), [], rng)
        if kind < NOTHING + REAL and self.photos:
            return self._photo(rng)
        if kind < NOTHING + REAL + WORN and self.people:
            return self._person(rng)
        if kind > 1 - SEVERAL:
            pair = [self._pick(self.garments, rng) for _ in range(2)]
            side = float(rng.uniform(-0.2, 0.2))
            centres = [(0.5 + side, 0.27), (0.5 - side, 0.73)] if rng.random() < 0.5 else [(0.27, 0.5), (0.73, 0.5)]
            placed = [
                self._place(one, rng, float(rng.uniform(0.4, 0.55)), centre)
                for one, centre in zip(pair, centres, strict=True)
            ]
            return self._finish(self._ground(rng, placed[0]), placed, rng)
        if kind > 1 - SEVERAL - OTHER and self.others:
            placed = [self._place(self._pick(self.others, rng), rng, float(rng.uniform(0.3, 0.95)))]
            ground = self._lay(self._ground(rng), placed[0], rng)
            return self._finish(ground, [], rng)
        example = self._pick(self.garments, rng)
        extent = float(rng.uniform(0.72, 0.96) if rng.random() < 0.75 else rng.uniform(0.35, 0.75))
        if rng.random() < 0.1:
            extent = float(rng.uniform(0.95, 1.35))  # over the borders
        placed = [self._place(example, rng, extent)]
        ground = self._ground(rng, placed[0])
        worn, around = False, rng.random() if example.behind is None else 1.0
        if around < 0.12:
            hanger(ground, placed[0].points, rng)
        elif around < 0.26:
            worn = around < 0.20
            hidden = (limbs if worn else mannequin)(ground, placed[0].points, rng)
            placed = [_without_inside(placed[0])] if hidden else placed
        return self._finish(ground, placed, rng, example.category, worn)

    def _pick(self, examples: Sequence[Example], rng: np.random.Generator) -> Example:
        return examples[int(rng.integers(len(examples)))]

    def _place(
        self, example: Example, rng: np.random.Generator, extent: float, centre: tuple[float, float] = (0.5, 0.5)
    ) -> Placed:
        """Turn, stretch, rumple and colour an example; extent: its longest side as a share of the frame's."""
        h, w = example.parts.shape
        pixels, parts, points, behind = example.pixels, example.parts, example.points, example.behind
        if rng.random() < 0.5:
            pixels, parts = pixels[:, ::-1], FLIPPED_LABELS[parts[:, ::-1]]
            points = (points * (-1, 1) + (w, 0))[MIRRORED_POINTS].astype(np.float32)
            behind = None if behind is None else behind[:, ::-1]
        matrix = _affine(rng, (w, h), extent, centre)
        shrink = np.sqrt(abs(np.linalg.det(matrix[:, :2])))
        if shrink < 0.6:  # no aliasing
            pixels = cv2.resize(
                pixels, (max(2, round(w * shrink)), max(2, round(h * shrink))), interpolation=cv2.INTER_AREA
            )
        rumple = (
            self._rumple(rng) if not example.pointless or rng.random() < 0.5 else np.zeros((SIDE, SIDE, 2), np.float32)
        )
        backward = np.linalg.inv(np.vstack([matrix, [0, 0, 1]]))[:2]
        frame = np.stack(np.meshgrid(np.arange(SIDE) + 0.5, np.arange(SIDE) + 0.5), axis=2).astype(np.float32) + rumple
        source = (frame @ backward[:, :2].T + backward[:, 2]).astype(np.float32)
        scale = np.array(pixels.shape[1::-1], np.float32) / (w, h)
        there = (source * scale - 0.5).astype(np.float32)
        warped = _taken(pixels, _coloured(pixels[..., :3].astype(np.float32), rng), there)
        half = cv2.resize(source, (SIDE // 2, SIDE // 2), interpolation=cv2.INTER_AREA) - np.float32(0.5)
        labels = cv2.remap(np.ascontiguousarray(parts), half, None, cv2.INTER_NEAREST)
        goal = (points @ matrix[:, :2].T + matrix[:, 2]).astype(np.float32)
        moved = goal.copy()
        for _ in range(4):
            at = np.nan_to_num(moved, nan=0.0).clip(0.5, SIDE - 0.5).astype(np.float32) - np.float32(0.5)
            moved = goal - cv2.remap(rumple, at[None], None, cv2.INTER_LINEAR)[0]
        shown = self._shaded(warped[..., :3], warped[..., 3], rng)
        if behind is not None:
            behind = cv2.resize(behind, pixels.shape[1::-1], interpolation=cv2.INTER_AREA)
        back = None if behind is None else _taken(behind, behind[..., :3].astype(np.float32), there)
        return Placed(shown, warped[..., 3], labels, moved.astype(np.float32), back)

    def _rumple(self, rng: np.random.Generator) -> Plane:
        """Displacement (SIDE, SIDE, 2) in pixels of cloth that does not lie as it was drawn."""
        amount = rng.uniform(0, 7) * rng.random()
        return np.stack([self._field(self._smooth, rng) for _ in range(2)], axis=2) * np.float32(amount)

    def _field(self, bank: list[Plane], rng: np.random.Generator) -> Plane:
        plane = bank[int(rng.integers(len(bank)))]
        return np.asarray(np.rot90(plane, int(rng.integers(4)))[:, :: 1 if rng.random() < 0.5 else -1])

    def _shaded(self, rgb: Plane, alpha: Plane, rng: np.random.Generator) -> Plane:
        """Light and wrinkles of its own, and at times a print that some ground lends."""
        if self.grounds and rng.random() < 0.2:
            tile = self._crop(rng).astype(np.float32)
            share = np.float32(rng.uniform(0.2, 0.95))
            level = tile.mean() if rng.random() < 0.6 else 127
            rgb = rgb * (1 - share) + share * np.clip(rgb * (tile / max(level, 20)), 0, 255 * alpha[..., None])
            if rng.random() < 0.4:
                rgb = rgb * (1 - share) + share * tile * alpha[..., None]
        light = 1 + np.float32(rng.uniform(0, 0.12)) * self._field(self._smooth, rng)
        light = light + np.float32(rng.uniform(0, 0.12) * (rng.random() < 0.6)) * self._field(self._rough, rng)
        return np.asarray(rgb * light[..., None], np.float32)

    def _crop(self, rng: np.random.Generator) -> NDArray[np.uint8]:
        """A random square of a random ground, (SIDE, SIDE, 3)."""
        ground = self.grounds[int(rng.integers(len(self.grounds)))]
        h, w = ground.shape[:2]
        side = int(rng.integers(min(h, w) // 2, min(h, w) + 1))
        y, x = int(rng.integers(h - side + 1)), int(rng.integers(w - side + 1))
        turned = np.rot90(ground[y : y + side, x : x + side], int(rng.integers(4)))
        return np.asarray(cv2.resize(np.ascontiguousarray(turned), (SIDE, SIDE), interpolation=cv2.INTER_AREA))

    def _ground(self, rng: np.random.Generator, on_it: Placed | None = None) -> Plane:
        """What the garment lies on: plain, at times of its own colour, or a surface."""
        if not self.grounds or rng.random() < PLAIN:
            colour = (
                rng.uniform(30, 255, 3)
                if rng.random() < 0.3
                else np.full(3, rng.uniform(150, 255)) + rng.normal(0, 5, 3)
            )
            if on_it is not None and rng.random() < 0.35 and on_it.alpha.sum() > 50:
                own = on_it.rgb.sum((0, 1)) / on_it.alpha.sum()
                colour = (
                    own + rng.normal(0, 8) + rng.normal(0, 3, 3) + 10 * np.sign(rng.normal()) * (rng.random() < 0.7)
                )
            ground = np.empty((SIDE, SIDE, 3), np.float32)
            ground[:] = colour.clip(8, 255)
            light = 1 + np.float32(rng.uniform(0, 0.08)) * self._field(self._smooth, rng)
            light = light + np.float32(rng.uniform(0, 0.03)) * self._field(self._rough, rng)
            return np.asarray(ground * light[..., None])
        ground = self._crop(rng).astype(np.float32)
        if rng.random() < 0.4:
            ground = _coloured(ground, rng)
        if on_it is not None and rng.random() < 0.1 and on_it.alpha.sum() > 50:
            own = on_it.rgb.sum((0, 1)) / on_it.alpha.sum()
            ground = (ground - ground.mean((0, 1)) + own).clip(0, 255)
        return ground.astype(np.float32)

    def _lay(self, ground: Plane, placed: Placed, rng: np.random.Generator) -> Plane:
        """The ground with the example and its shadow on it."""
        if rng.random() < 0.8:
            sigma = rng.uniform(1.5, 9)
            shadow = cv2.GaussianBlur(placed.alpha, (0, 0), sigma)
            move = np.array([[1, 0, rng.normal(0, sigma / 2)], [0, 1, rng.normal(sigma / 3, sigma / 2)]], np.float32)
            shadow = cv2.warpAffine(shadow, move, (SIDE, SIDE), borderMode=cv2.BORDER_REPLICATE)
            ground = ground * (1 - np.float32(rng.uniform(0, 0.6)) * shadow[..., None])
        if placed.behind is not None:
            ground = ground * (1 - placed.behind[..., 3:]) + placed.behind[..., :3]
        return np.asarray(ground * (1 - placed.alpha[..., None]) + placed.rgb, np.float32)

    def _photo(self, rng: np.random.Generator) -> Scene:
        """A photographed garment: its photo as it is, or laid on other ground."""
        example = self._pick(self.photos, rng)
        if rng.random() < 0.5 and example.category:
            extent = float(rng.uniform(0.9, 1.25))
            placed = self._place(example, rng, extent)
            return self._finish(self._ground(rng, placed), [placed], rng, example.category, pointless=True)
        ground, placed = self._whole(example, rng)
        if not example.category:
            return self._finish(ground, [], rng)
        nothing = Placed(np.zeros_like(ground), np.zeros((SIDE, SIDE), np.float32), placed.parts, placed.points)
        return self._finish(ground, [nothing], rng, example.category, pointless=True)

    def _person(self, rng: np.random.Generator) -> Scene:
        """Somebody dressed, or a part of them; which garment is where is left open."""
        ground, _ = self._whole(self._pick(self.people, rng), rng)
        unsure = np.full((SIDE // 2, SIDE // 2), UNSURE, np.uint8)
        scene = self._finish(ground, [], rng)
        return msgspec.structs.replace(scene, parts=unsure, pointless=True, count=1, worn=True)

    def _whole(self, example: Example, rng: np.random.Generator) -> tuple[Plane, Placed]:
        """A photo with all that is in it, askew, its edges drawn out."""
        opaque = np.dstack([example.pixels[..., :3], np.full(example.parts.shape, 255, np.uint8)])
        placed = self._place(msgspec.structs.replace(example, pixels=opaque), rng, float(rng.uniform(0.95, 1.25)))
        inside = placed.alpha > 0.99
        blurred = cv2.blur(placed.rgb, (9, 9)) / np.maximum(cv2.blur(placed.alpha, (9, 9)), 1e-3)[..., None]
        edges = cv2.inpaint(
            cv2.resize(blurred.clip(0, 255).astype(np.uint8), (64, 64)),
            (cv2.resize(placed.alpha, (64, 64)) < 0.99).view(np.uint8), 3, cv2.INPAINT_TELEA,
        )  # fmt: skip
        ground = np.where(inside[..., None], placed.rgb, cv2.resize(edges, (SIDE, SIDE)))
        return np.asarray(ground, np.float32), placed

    def _finish(
        self, ground: Plane, placed: list[Placed], rng: np.random.Generator, category: str = "", worn: bool = False,
        pointless: bool = False,
    ) -> Scene:  # fmt: skip
        parts = np.zeros((SIDE // 2, SIDE // 2), np.uint8)
        for one in placed:
            ground = self._lay(ground, one, rng) if one.alpha.any() else ground
            parts = np.where(one.parts > 0, one.parts, parts)
        points = placed[0].points if len(placed) == 1 else np.full((len(POINTS), 2), np.nan, np.float32)
        low, high = _letterbox(ground, parts, rng) if rng.random() < 0.4 else (np.zeros(2), np.full(2, SIDE))
        outside = np.any((points < low) | (points >= high), axis=1, keepdims=True)
        points = np.where(outside, np.nan, points).astype(np.float32)
        return Scene(
            pixels=_camera(ground, self._field(self._smooth, rng), rng),
            parts=parts,
            points=points,
            pointless=pointless or len(placed) > 1,
            category=category if len(placed) == 1 else "",
            count=min(len(placed), 2),
            worn=worn,
        )


def _taken(pixels: NDArray[np.uint8], colours: Plane, source: Plane) -> Plane:
    """Premultiplied RGBA, alpha in [0, 1], of these colours and the pixels' alpha at the source places (h, w, 2)."""
    alpha = pixels[..., 3:].astype(np.float32) / 255
    return np.asarray(cv2.remap(np.dstack([colours * alpha, alpha]), source, None, cv2.INTER_LINEAR))


def _letterbox(
    photo: Plane, parts: NDArray[np.uint8], rng: np.random.Generator
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Make the photo, in place, one that is not square, its edges drawn out over what is left: x, y of its corners."""
    axis = int(rng.integers(2))
    first, last = (2 * int(rng.integers(0, SIDE // 9)) * (rng.random() < 0.8) for _ in range(2))
    low, high = np.zeros(2), np.full(2, float(SIDE))
    low[1 - axis], high[1 - axis] = first, SIDE - last
    pixels, labels = np.moveaxis(photo, axis, 0), np.moveaxis(parts, axis, 0)
    pixels[:first], pixels[SIDE - last :] = pixels[first], pixels[SIDE - last - 1]
    labels[: first // 2], labels[(SIDE - last) // 2 :] = 0, 0
    return low, high


def _without_inside(placed: Placed) -> Placed:
    """What is left when something stands in the neck or waist opening."""
    inside = placed.parts == PARTS.index("inside")
    shown = 1 - cv2.resize(inside.astype(np.float32), (SIDE, SIDE), interpolation=cv2.INTER_LINEAR)
    parts = np.where(inside, 0, placed.parts).astype(np.uint8)
    return Placed(placed.rgb * shown[..., None], placed.alpha * shown, parts, placed.points)


def _affine(
    rng: np.random.Generator, size: tuple[int, int], extent: float, centre: tuple[float, float]
) -> NDArray[np.float64]:
    """(2, 3): an example of this width and height, turned and stretched, into the frame."""
    angle = np.radians(np.clip(rng.normal(0, 6), -18, 18))
    c, s = np.cos(angle), np.sin(angle)
    stretch = np.exp(rng.normal(0, 0.04, 2))
    linear = np.array([[c, -s], [s, c]]) @ np.array([[1, rng.normal(0, 0.03)], [0, 1]]) * stretch
    corners = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)]) * np.array(size) / 2 @ linear.T
    scale = extent * SIDE / np.ptp(corners, axis=0).max()
    room = np.maximum(0, 1 - scale * np.ptp(corners, axis=0) / SIDE) / 2
    spread = room if centre == (0.5, 0.5) else np.full(2, 0.03)
    if extent > 0.95:
        spread = np.full(2, 0.12)
    goal = (np.array(centre) + rng.uniform(-1, 1, 2) * spread) * SIDE
    linear = linear * scale
    return np.column_stack([linear, goal - linear @ (np.array(size) / 2)])


def _coloured(rgb: Plane, rng: np.random.Generator) -> Plane:
    """Other colours for the same thing: hue, gain, contrast; at times nearly white or nearly black."""
    if rng.random() < 0.5:
        mean = rgb.mean(axis=2, keepdims=True)
        rgb = mean + (rgb - mean) @ _turn_hue(rng) * np.float32(rng.uniform(0.4, 1.3))
    rgb = (
        rgb * rng.uniform(0.75, 1.2, 3).astype(np.float32)
        if rng.random() < 0.5
        else rgb * np.float32(rng.uniform(0.7, 1.25))
    )
    kind = rng.random()
    if kind < 0.12:
        rgb = 255 - (255 - rgb.clip(0, 255)) * np.float32(rng.uniform(0.06, 0.4))
    elif kind < 0.22:
        rgb = rgb * np.float32(rng.uniform(0.08, 0.5))
    return np.asarray(rgb.clip(0, 255), np.float32)


def _turn_hue(rng: np.random.Generator) -> Plane:
    """A rotation (3, 3) of RGB about the grey axis."""
    axis = np.ones(3) / np.sqrt(3)
    matrix, _ = cv2.Rodrigues(axis * rng.uniform(0, 2 * np.pi))
    return np.asarray(matrix, np.float32)


def _smooth(rng: np.random.Generator, cells: int) -> Plane:
    """Noise (SIDE, SIDE) of deviation one that changes over the cells of a coarse grid."""
    grid = rng.standard_normal((cells + 2, cells + 2)).astype(np.float32)
    plane = cv2.resize(grid, (SIDE, SIDE), interpolation=cv2.INTER_CUBIC)
    return np.asarray(plane / plane.std(), np.float32)


def _camera(photo: Plane, light: Plane, rng: np.random.Generator) -> NDArray[np.uint8]:
    """A room's light and its warmth, a lens's blur, a sensor's noise, a file's compression."""
    white = rng.uniform(0.75, 1.15) * (1 + rng.normal(0, 0.05, 3))
    shot = photo * (1 + np.float32(rng.uniform(0, 0.1)) * light)[..., None] * white.astype(np.float32)
    if rng.random() < 0.6:
        shot = cv2.GaussianBlur(shot, (0, 0), rng.uniform(0.3, 1.3))
    grain = rng.standard_normal((SIDE, SIDE, 3), np.float32) * np.float32(rng.uniform(0.5, 6))
    pixels = np.asarray(np.clip(shot + grain, 0, 255), np.uint8)
    if rng.random() < 0.5:
        _, data = cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(40, 96))])
        pixels = np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), np.uint8)
    return pixels

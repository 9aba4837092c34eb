"""How a garment is cut, read from its photo: an upright frame, its outline row by row, and its measures."""

from collections.abc import Sequence
from typing import Self

import cv2
import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from tryon.anchors import SIDES, Array, Side
from tryon.garments import Garment

MARGIN = 0.008
"""By how much a mesh is larger than its part, as a share of the garment's longest side: the soft edge is inside."""


class Cut(Struct, frozen=True):
    """A garment stood upright: ``points`` and every method are in this frame, y down, x to the wearer's left.

    middle (2,), axes (2, 2): garment pixels = middle + upright @ axes.
    """

    garment: Garment
    middle: Array
    axes: Array
    points: dict[str, Array]
    margin: float

    @classmethod
    def of(cls, garment: Garment) -> Self:
        """The frame in which the pairs of left and right points lie level on average."""
        pairs = [
            np.subtract(garment.points[name], garment.points[name.replace("_left", "_right")])
            for name in garment.points
            if name.endswith("_left") and name.replace("_left", "_right") in garment.points and "cuff" not in name
        ]
        level = np.sum(pairs, axis=0)
        level = level / max(float(np.linalg.norm(level)), 1e-6)
        h, w = garment.parts.shape
        axes = np.array([level, (-level[1], level[0])])
        middle = np.array([w / 2, h / 2])
        points = {name: (np.array(point) - middle) @ axes.T for name, point in garment.points.items()}
        cut = cls(garment, middle, axes, completed(points), MARGIN * max(h, w))
        for side in SIDES:
            if garment.part(f"sleeve_{side}").any() and f"armpit_{side}" in points:
                cut.points.update({**_cuff(cut, side), **cut.points})
        return cut

    def pixels(self, upright: Array) -> Array:
        """(…, 2) upright → garment pixels."""
        return self.middle + upright @ self.axes

    def mid(self, name: str) -> Array:
        """Half way between the left and the right point of this name."""
        return np.asarray((self.points[f"{name}_left"] + self.points[f"{name}_right"]) / 2)

    def width(self, name: str) -> float:
        """From the right to the left point of this name, across."""
        return float(abs(self.points[f"{name}_left"][0] - self.points[f"{name}_right"][0]))

    def on(self, mask: NDArray[np.bool_], upright: Array) -> NDArray[np.bool_]:
        """(…,) bool: which of these upright points (…, 2) lie on a mask of the garment's pixels."""
        at = np.floor(self.pixels(upright)).astype(int)
        h, w = mask.shape
        inside = (at[..., 0] >= 0) & (at[..., 0] < w) & (at[..., 1] >= 0) & (at[..., 1] < h)
        at = np.clip(at, 0, (w - 1, h - 1))
        return np.asarray(mask[at[..., 1], at[..., 0]] & inside)

    def box(self, mask: NDArray[np.bool_]) -> tuple[float, float, float, float]:
        """x0, y0, x1, y1 of a mask in the upright frame."""
        contours, _ = cv2.findContours(mask.view(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
        at = (np.concatenate(contours).reshape(-1, 2) + 0.5 - self.middle) @ self.axes.T
        (x0, y0), (x1, y1) = at.min(0) - 0.5, at.max(0) + 0.5
        return float(x0), float(y0), float(x1), float(y1)

    def extents(self, mask: NDArray[np.bool_], one: Array, other: Array, reach: float) -> tuple[Array, Array]:
        """Where a mask begins and ends along rows.

        one, other: (n, 2) where the rows should begin and end; reach: how far beyond them to look, in rows' lengths.
        Returns two (n,): shares of the way from ``one`` to ``other`` (0 and 1 are just there), NaN on empty rows.
        """
        count = max(200, round(50 * (1 + 2 * reach)))
        shares = np.linspace(-reach, 1 + reach, count + 1)
        on = self.on(mask, one[:, None] + shares[None, :, None] * (other - one)[:, None])
        first, last = shares[on.argmax(1)], shares[count - on[:, ::-1].argmax(1)]
        empty = ~on.any(1)
        first[empty] = last[empty] = np.nan
        return first, last

    def sides(self, prefix: str) -> Sequence[Side]:
        """The sides on which there are points of this name."""
        return [side for side in SIDES if f"{prefix}_{side}" in self.points]


def _cuff(cut: Cut, side: Side) -> dict[str, Array]:
    """A guess at a cuff that was not found: across the end of the sleeve that is farthest from the armhole."""
    ys, xs = np.nonzero(cut.garment.part(f"sleeve_{side}"))
    at = (np.stack([xs, ys], 1) + 0.5 - cut.middle) @ cut.axes.T
    start = (cut.points[f"shoulder_{side}"] + cut.points[f"armpit_{side}"]) / 2
    away = np.linalg.norm(at - start, axis=1)
    end = at[away >= np.quantile(away, 0.95)].mean(0)
    way = (end - start) / max(float(np.linalg.norm(end - start)), 1e-6)
    out = SIDES[side] * np.array([way[1], -way[0]])
    off = (at[away >= np.quantile(away, 0.8)] - end) @ out
    return {f"cuff_outer_{side}": end + off.max() * out, f"cuff_inner_{side}": end + off.min() * out}


def completed(points: dict[str, Array]) -> dict[str, Array]:
    """Key points with those that a photo need not show: a waist, hips, and the other side's cuffs and hems mirrored."""
    points = dict(points)
    top = "armpit_left" in points
    axis = np.mean(
        [(points[f"{n}_left"] + points[f"{n}_right"]) / 2 for n in (("neckline", "armpit") if top else ("waist",))],
        axis=0,
    )
    for name in ("cuff_outer", "cuff_inner", "hem_inner", "hip"):
        for side, other in (("left", "right"), ("right", "left")):
            if f"{name}_{side}" not in points and f"{name}_{other}" in points:
                x, y = points[f"{name}_{other}"]
                points[f"{name}_{side}"] = np.array([2 * axis[0] - x, y])
    for side, s in SIDES.items():
        if top and f"waist_{side}" not in points:
            points[f"waist_{side}"] = 0.45 * points[f"armpit_{side}"] + 0.55 * points[f"hem_{side}"]
        if "crotch" in points:
            waist, crotch, hem = points[f"waist_{side}"], points["crotch"], points[f"hem_outer_{side}"]
            # Trousers are drawn with waists .78 to .85 of the hips' width, and the hips at .63 to .75 of the rise.
            across = axis[0] + (waist[0] - axis[0]) / 0.82
            points.setdefault(f"hip_{side}", np.array([across, waist[1] + 0.7 * (crotch[1] - waist[1])]))
            points.setdefault(f"hem_inner_{side}", np.array([0.8 * crotch[0] + 0.2 * hem[0] + s, hem[1]]))
    return points


def filled(values: Array) -> Array:
    """NaN replaced by the neighbours' values."""
    good = np.isfinite(values)
    if not good.any():
        return values
    at = np.arange(len(values))
    return np.interp(at, at[good], values[good])


def smooth(values: Array, sigma: float) -> Array:
    """Gaussian smoothing along the first axis that keeps straight lines straight up to their ends."""
    reach = min(int(3 * sigma) + 1, len(values) - 1)
    if reach < 1 or sigma <= 0:
        return values
    kernel = np.exp(-0.5 * (np.arange(-reach, reach + 1) / sigma) ** 2)
    kernel /= kernel.sum()
    flat = values.reshape(len(values), -1)
    head, tail = 2 * flat[:1] - flat[reach:0:-1], 2 * flat[-1:] - flat[-2 : -reach - 2 : -1]
    padded = np.concatenate([head, flat, tail])
    done = np.stack([np.convolve(column, kernel, "valid") for column in padded.T], 1)
    return done.reshape(values.shape)

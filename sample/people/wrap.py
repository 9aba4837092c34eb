"""The first guess of how a pattern lies on a body: arc lengths around trunk, arms and legs, as a tailor measures."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sample.people.camera import Rays
from sample.people.implicit import Floats
from sample.people.pattern import Pattern

_STEP = 0.008  # metres between the places where the body is felt


UP, ACROSS = np.array([0.0, 1.0]), np.array([1.0, 0.0])


@dataclass(frozen=True)
class Profile:
    """The body in slices across an axis. start: the first slice's place along the axis; reach (slices, 2, k): for the
    front and the back, distance from the axis's line; depth: how far in front; arc: the way there over the skin.
    ``side``: 0 outwards where x > 0, 1 where x < 0."""

    start: float
    across: Floats
    depth: Floats
    middle: Floats


def _felt(rays: Rays, at: Floats, front: bool) -> Floats:
    """z (n,) of the surface at places (n, 3) with z ignored, NaN where there is none."""
    origins = at.copy()
    origins[:, 2] = 2.0 if front else -2.0
    ways = np.tile(np.array([[0, 0, -1.0 if front else 1.0]], np.float32), (len(at), 1))
    hits = rays.first(origins, ways)
    z = np.full(len(at), np.nan, np.float32)
    z[hits.ray] = origins[hits.ray, 2] + ways[hits.ray, 2] * hits.length
    return z


def profiles(
    rays: Rays,
    origin: NDArray[np.float64],
    along: NDArray[np.float64],
    out: NDArray[np.float64],
    reach: tuple[float, float],
    half: float,
    front: bool,
    bridge: bool,
) -> Profile:
    """Feel the body in slices. along, out: unit vectors in the picture's plane (2,); bridge: over gaps between legs."""
    count = int((reach[1] - reach[0]) / _STEP) + 1
    across = np.arange(-half, half + _STEP / 2, _STEP)
    t = reach[0] + np.arange(count) * _STEP
    xy = origin[None, None, :2] + t[:, None, None] * along + across[None, :, None] * out
    flat = np.concatenate([xy.reshape(-1, 2), np.zeros((xy.shape[0] * xy.shape[1], 1))], 1).astype(np.float32)
    z = _felt(rays, flat, front).reshape(count, -1)
    opposite = _felt(rays, flat, not front).reshape(count, -1)
    seen = np.isfinite(z)
    if bridge:
        for row, ok in zip(z, seen, strict=True):
            if ok.any():
                i, j = np.nonzero(ok)[0][[0, -1]]
                row[i:j] = np.interp(np.arange(i, j), np.nonzero(ok)[0], row[ok])
    with np.errstate(invalid="ignore"):
        middle = np.array(
            [np.mean((a + b)[m] / 2) if m.any() else np.nan for a, b, m in zip(z, opposite, seen, strict=True)]
        )
    known = np.isfinite(middle)
    middle = (
        np.interp(np.arange(count), np.nonzero(known)[0], middle[known]) if known.any() else np.full(count, origin[2])
    )
    return Profile(reach[0], across.astype(np.float32), z, middle.astype(np.float32))


def wrapped(
    profile: Profile, t: Floats, n: Floats, widths: tuple[Floats, Floats], gap: float, front: bool, most: float = 1.0
) -> tuple[Floats, Floats, Floats]:
    """Where cloth at (t along, n across) on the flat goes: distance across, depth z, and n as it must be let out where
    the flat cloth is too narrow for the body.

    widths: how far the flat cloth reaches on the negative and the positive side at each place; what it has more than
    the body is spread over an ellipse. most: how many times as wide the cloth may be made.
    """
    across, z, worn = np.empty(len(t), np.float32), np.empty(len(t), np.float32), np.empty(len(t), np.float32)
    row = np.clip(np.rint((t - profile.start) / _STEP), 0, len(profile.depth) - 1).astype(int)
    sign = np.float32(1 if front else -1)
    for r in np.unique(row):
        here = row == r
        depth, middle = profile.depth[r], float(profile.middle[r])
        seen = np.isfinite(depth)
        centre = 0.0
        if seen.any():
            i, j = np.nonzero(seen)[0][[0, -1]]
            x = profile.across[i : j + 1]
            d = np.interp(x, profile.across[seen], depth[seen]) + sign * gap
            x = np.r_[x[0] - gap, x, x[-1] + gap]
            d = np.r_[middle, d, middle]
        else:
            x, d = np.array([-0.01, 0, 0.01]), np.full(3, middle)
        zero = np.argmin(np.abs(x - centre))
        arc = np.r_[0, np.cumsum(np.hypot(np.diff(x), np.diff(d)))]
        arc -= arc[zero]
        total = np.where(n[here] >= 0, arc[-1], -arc[0])
        w = np.where(n[here] >= 0, widths[1][here], widths[0][here])
        wider = np.clip((1.04 * total + 0.004) / np.maximum(w, 0.02), 1, most)
        m, w = n[here] * wider, w * wider
        worn[here] = m
        ax = np.interp(m, arc, x) + np.maximum(m - arc[-1], 0) + np.minimum(m - arc[0], 0)
        az = np.interp(m, arc, d)
        excess = np.clip((w - total - 0.004) / 0.04, 0, 1)
        extent = np.where(m >= 0, x[-1], -x[0])
        deep = float(np.abs(d - middle).max())
        ratio = np.clip(deep / np.maximum(extent, 1e-3), 0.45, 1.0)
        wide = w * (2 / np.pi) / np.sqrt((1 + ratio**2) / 2)
        angle = np.clip(np.abs(m) / np.maximum(w, 1e-4), 0, 1) * (np.pi / 2)
        ex, ez = np.sign(m) * wide * np.sin(angle), middle + sign * wide * ratio * np.cos(angle)
        across[here] = ax + (ex - ax) * excess
        z[here] = az + (ez - az) * excess
    return across, z, worn


def reaches(t: Floats, n: Floats, cell: float) -> tuple[Floats, Floats]:
    """How far cloth reaches across at each place, on the negative and on the positive side; where a slanting start cuts
    it off, as far as a little further on."""
    row = np.rint((t - t.min()) / cell).astype(int)
    low, high = np.zeros(row.max() + 1, np.float32), np.zeros(row.max() + 1, np.float32)
    np.minimum.at(low, row, n)
    np.maximum.at(high, row, n)
    ahead = np.minimum(np.arange(len(low))[:, None] + np.arange(8), len(low) - 1)
    return -low[ahead].min(1)[row], high[ahead].max(1)[row]


def lay(
    pattern: Pattern,
    trunk: Rays,
    whole: Rays | None,
    limbs: dict[int, Rays],
    axes: dict[int, tuple[NDArray[np.float64], NDArray[np.float64]]],
    flat_axes: dict[int, tuple[NDArray[np.float64], NDArray[np.float64]]],
    top: float,
    gap: float,
) -> tuple[Floats, Floats]:
    """The pattern on a body that stands as the flat garment lies: places (n, 3), and the flat places (n, 2) let out to
    the body where the drawing is narrower than that.

    trunk, limbs: the body's surfaces without, and with only, what sleeves or trouser legs cover (by the sign of x); axes:
    origin and direction of each limb on the body, flat_axes on the pattern; top: height of the pattern's y = 0.
    """
    flat = pattern.flat.astype(np.float64)
    placed = np.zeros((len(flat), 3), np.float32)
    cloth = flat.copy()
    for behind in (False, True):
        own = np.nonzero((pattern.behind == behind) | pattern.sewn)[0]
        loose = own[pattern.limb[own] == 0]
        y, x = flat[own, 1].astype(np.float32), flat[own, 0].astype(np.float32)
        reach = (float(flat[:, 1].min()) + top - 0.05, float(flat[:, 1].max()) + top + 0.05)
        slices = profiles(trunk, np.zeros(3), UP, ACROSS, reach, 0.36, not behind, True)
        body = loose if len(loose) else own
        table_l, table_r = _row_reach(flat, body, pattern.cell)
        widths = (table_l(y), table_r(y))
        across, z, worn = wrapped(slices, y + np.float32(top), x, widths, gap, not behind)
        if whole is not None:  # above the armpits the shoulders are part of the trunk
            pit = min(pattern.points["armpit_left"][1], pattern.points["armpit_right"][1])
            high = y > pit + 0.01
            with_arms = profiles(whole, np.zeros(3), UP, ACROSS, reach, 0.36, not behind, False)
            across[high], z[high], worn[high] = wrapped(
                with_arms, (y + np.float32(top))[high], x[high], (0 * x[high], 0 * x[high]), gap, not behind
            )
        place = np.stack([across, y + top, z], 1)
        sized = np.stack([worn, y], 1).astype(np.float64)
        for sign, rays in limbs.items():
            mine = pattern.limb[own] == sign
            if not mine.any():
                continue
            (at, way), (flat_at, flat_way) = axes[sign], flat_axes[sign]
            perp, flat_perp = np.array([-way[1], way[0]]), np.array([-flat_way[1], flat_way[0]])
            rel = flat[own[mine]] - flat_at
            t, n = (rel @ flat_way).astype(np.float32), (rel @ flat_perp).astype(np.float32)
            span = (float(t.min()) - 0.05, float(t.max()) + 0.05)
            part = profiles(rays, at, way, perp, span, 0.16, not behind, False)
            across, z, worn = wrapped(part, t, n, reaches(t, n, pattern.cell), gap, not behind, 1.7)
            there = np.concatenate([at[:2] + t[:, None] * way + across[:, None] * perp, z[:, None]], 1)
            share = np.clip(pattern.inside[own[mine]] / 0.03, 0, 1)[:, None]
            share = share * share * (3 - 2 * share)
            place[mine] += (there - place[mine]) * share
            let_out = flat_at + t[:, None] * flat_way + worn[:, None] * flat_perp
            sized[mine] += (let_out - sized[mine]) * share
        sleeve = np.nonzero(pattern.limb[own] != 0)[0]
        if whole is not None and len(sleeve):  # between trunk and arm neither knows of the other
            skin = _felt(whole, place[sleeve].astype(np.float32), not behind) + (-gap if behind else gap)
            lifted = np.fmin(place[sleeve, 2], skin) if behind else np.fmax(place[sleeve, 2], skin)
            place[sleeve, 2] = np.where(pattern.sewn[own[sleeve]], place[sleeve, 2], lifted)
        fresh = own if not behind else own[~pattern.sewn[own]]
        position = {int(v): k for k, v in enumerate(own)}
        where = [position[int(v)] for v in fresh]
        placed[fresh], cloth[fresh] = place[where], sized[where]
        if behind:
            both = np.nonzero(pattern.sewn)[0]
            where = [position[int(v)] for v in both]
            placed[both], cloth[both] = (placed[both] + place[where]) / 2, (cloth[both] + sized[where]) / 2
    return placed, cloth.astype(np.float32)


def _row_reach(flat: NDArray[np.float64], own: NDArray[np.int64], cell: float):  # type: ignore[no-untyped-def]
    low = flat[own, 1].min()
    row = np.rint((flat[own, 1] - low) / cell).astype(int)
    left, right = np.zeros(row.max() + 1), np.zeros(row.max() + 1)
    np.maximum.at(left, row, -flat[own, 0])
    np.maximum.at(right, row, flat[own, 0])
    at = low + np.arange(len(left)) * cell
    return (lambda y: np.interp(y, at, left).astype(np.float32)), (lambda y: np.interp(y, at, right).astype(np.float32))

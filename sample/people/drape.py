"""Cloth that keeps its lengths and stays outside of what it lies on."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sample.people.implicit import Floats

Ints = NDArray[np.int32]


@dataclass(frozen=True)
class Weave:
    """Which vertices hold each other at what length. threads: batches of (a, b, length) in which no vertex is twice;
    bends: the same for vertices over a fold."""

    threads: tuple[tuple[Ints, Ints, Floats], ...]
    bends: tuple[tuple[Ints, Ints, Floats], ...]


def weave(flat: Floats, triangles: Ints) -> Weave:
    """The threads of a mesh whose flat state (n, 2) has the right lengths."""
    sides = np.concatenate([triangles[:, [0, 1]], triangles[:, [1, 2]], triangles[:, [2, 0]]])
    opposite = np.concatenate([triangles[:, 2], triangles[:, 0], triangles[:, 1]])
    sides = np.sort(sides, axis=1)
    order = np.argsort(sides[:, 0].astype(np.int64) * len(flat) + sides[:, 1], kind="stable")
    key = sides[order]
    first = np.r_[True, (np.diff(key, axis=0) != 0).any(1)]
    edges = key[first]
    twin = np.nonzero(~first)[0]
    bent = np.stack([opposite[order][twin - 1], opposite[order][twin]], 1)
    middle = flat[key[twin]].mean(1)
    reach = np.linalg.norm(flat[bent[:, 0]] - middle, axis=1) + np.linalg.norm(flat[bent[:, 1]] - middle, axis=1)
    bent, reach = bent[bent[:, 0] != bent[:, 1]], reach[bent[:, 0] != bent[:, 1]]
    lengths = np.linalg.norm(flat[edges[:, 0]] - flat[edges[:, 1]], axis=1)
    return Weave(
        _batches(edges, lengths, len(flat)), _batches(bent, reach.astype(np.float32) * np.float32(0.97), len(flat))
    )


def _batches(pairs: NDArray[np.integer], lengths: Floats, count: int) -> tuple[tuple[Ints, Ints, Floats], ...]:
    """Greedy colouring: the first batch that has neither vertex yet."""
    taken: list[int] = [0] * count
    colour = np.empty(len(pairs), np.int64)
    for index, (a, b) in enumerate(pairs.tolist()):
        free = ~(taken[a] | taken[b])
        bit = free & -free
        colour[index] = bit.bit_length() - 1
        taken[a] |= bit
        taken[b] |= bit
    return tuple(
        (
            pairs[colour == c, 0].astype(np.int32),
            pairs[colour == c, 1].astype(np.int32),
            lengths[colour == c].astype(np.float32),
        )
        for c in range(int(colour.max()) + 1)
    )


@dataclass(frozen=True)
class Ground:
    """What cloth lies on. points, normals (n, 3); near (n, k): neighbours of each vertex, itself where there are fewer."""

    points: Floats
    normals: Floats
    near: Ints


def neighbours(triangles: Ints, count: int, most: int = 8) -> Ints:
    """(count, most): the vertices next to each one."""
    sides = np.concatenate([triangles[:, [0, 1]], triangles[:, [1, 2]], triangles[:, [2, 0]]]).astype(np.int64)
    both = np.concatenate([sides[:, 0] * count + sides[:, 1], sides[:, 1] * count + sides[:, 0]])
    key = np.unique(both)
    pairs = np.stack([key // count, key % count], 1)
    start = np.searchsorted(pairs[:, 0], np.arange(count))
    rank = np.arange(len(pairs)) - start[pairs[:, 0]]
    near = np.tile(np.arange(count, dtype=np.int32)[:, None], (1, most))
    ok = rank < most
    near[pairs[ok, 0], rank[ok]] = pairs[ok, 1]
    return near


def nearest(points: Floats, targets: Floats) -> Ints:
    """The index of the nearest of ``targets`` for each point, by comparing all."""
    square = (targets * targets).sum(1)
    parts = np.array_split(points, max(1, len(points) // 500))
    return np.concatenate([(square - 2 * part @ targets.T).argmin(1) for part in parts]).astype(np.int32)


def follow(points: Floats, ground: Ground, at: Ints, steps: int) -> Ints:
    """The nearest vertices of the ground, walked to from those that were nearest before."""
    for _ in range(steps):
        candidates = np.concatenate([at[:, None], ground.near[at]], 1)
        away = ground.points[candidates] - points[:, None]
        at = candidates[np.arange(len(at)), (away * away).sum(2).argmin(1)]
    return at


def settle(
    points: Floats,
    woven: Weave,
    grounds: list[tuple[Ground, Ints, NDArray[np.float32] | float]],
    rounds: int,
    anchor: Floats,
    fall: float = 0.0,
    stiff: float = 0.08,
) -> Floats:
    """Let cloth (n, 3) come to rest.

    grounds: what it stays outside of, the nearest vertex of it for each of the cloth's, and the distance kept. anchor
    (n,) in [0, 1]: how strongly each vertex is drawn to where it started. fall: metres a round. stiff: against bending.
    Position-based: Müller et al., "Position Based Dynamics", 2007, without velocities, towards equilibrium.
    """
    p, start = points.copy(), points
    near = [at for _, at, _ in grounds]
    hold = anchor[:, None]
    for step in range(rounds):
        p += hold * (start - p)
        p[:, 1] -= np.float32(fall)
        for a, b, length in woven.bends:
            _pull(p, a, b, length, stiff, only_short=True)
        for a, b, length in woven.threads:
            _pull(p, a, b, length, 0.5)
        if step % 3 == 0:
            near = [follow(p, ground, at, 2) for (ground, _, _), at in zip(grounds, near, strict=True)]
        for (ground, _, gap), at in zip(grounds, near, strict=True):
            normal = ground.normals[at]
            away = p - ground.points[at]
            deep = gap - (away * normal).sum(1)
            # only what is beside the vertex: a far one's plane says nothing
            close = (away * away).sum(1) < 0.07**2
            p += normal * (np.clip(deep, 0, 0.05) * close)[:, None]
    return p


def _pull(p: Floats, a: Ints, b: Ints, length: Floats, strength: float, only_short: bool = False) -> None:
    way = p[b] - p[a]
    now = np.sqrt((way * way).sum(1))
    wrong = np.float32(strength) * (now - length) / np.maximum(now, 1e-6)
    if only_short:
        wrong = np.minimum(wrong, 0)
    move = way * wrong[:, None]
    p[a] += move
    p[b] -= move

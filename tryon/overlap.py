"""What of a garment nobody sees once it is worn: under another garment, inside a collar, behind the head."""

from collections.abc import Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray

from tryon.bodies import Body
from tryon.layers import Layer
from tryon.reach import SIDES, along_arm
from tryon.stack import Frame, cover_of, part_of

Plane = NDArray[np.float32]


def without_hidden(worn: Sequence[Sequence[Layer]], body: Body, kept: Plane, *, over: bool) -> list[list[Layer]]:
    """Cut from each garment's layers what lies hidden, though it would stand out beside what hides it.

    worn: the garment put on first first. kept: (H, W) float32 in [0, 1], what stays of the worn clothes and hides the
    new; over: it is a top over new trousers, not trousers over a new top.
    """
    shows = _beside_kept(body, kept, over=over)
    cut = []
    for index, layers in enumerate(worn):
        outer = [layer for later in worn[index + 1 :] for layer in later]
        cut.append([_cut(layer, _shown(layer, body, outer) * shows) for layer in layers])
    return cut


def _shown(layer: Layer, body: Body, outer: Sequence[Layer]) -> Plane:
    """(H, W) float32 in [0, 1], or a shape that spreads to it."""
    part = part_of(layer)
    shape = body.person.shape
    if part.startswith("sleeve"):
        return _beyond_cuffs(body, part, [one for one in outer if part_of(one) == part])
    shown = _below_chin(body)
    if part == "inside":
        shown = shown * (1 - body.person)
    trunk: NDArray[np.bool_] = np.asarray(
        cover_of([one for one in outer if not part_of(one).startswith("sleeve")], shape) > 0.5
    )
    rows: NDArray[np.bool_] = trunk.max(axis=1)
    if rows.any():
        first, last = trunk.argmax(axis=1), shape[1] - trunk[:, ::-1].argmax(axis=1)
        columns = np.arange(shape[1])
        between = (columns >= first[:, None]) & (columns < last[:, None])
        shown = shown * (between | ~rows[:, None])
    return shown.astype(np.float32)


def _beyond_cuffs(body: Body, part: str, outer: Sequence[Layer]) -> Plane:
    """Where an inner sleeve shows: past the end of the longest one over it."""
    if not outer:
        return np.ones((1, 1), np.float32)
    side = next(side for side in SIDES if part.endswith(side))
    along, _ = along_arm(body, side)
    ends = [
        float(np.percentile(along[cover > 0.5], 98))
        for one in outer
        if ((cover := cover_of([one], along.shape)) > 0.5).any()
    ]
    return np.asarray(np.clip((along - max(ends, default=0.0)) * 30 + 1, 0, 1))


def _below_chin(body: Body) -> Plane:
    """0 beside the head above the chin, else 1: a hood hangs behind the shoulders, not around the ears."""
    shoulders = body.points[[11, 12], :2]
    across = float(np.linalg.norm(shoulders[0] - shoulders[1]))
    mouth = body.points[[9, 10], :2].mean(axis=0)
    end = min(float(mouth[1]), float(shoulders[:, 1].min()) - 0.3 * across)
    rows, columns = (np.arange(size, dtype=np.float32) for size in body.person.shape)
    beside = np.clip((np.abs(columns - mouth[0]) - 0.5 * across) / (0.05 * across + 1), 0, 1)
    return np.asarray(np.maximum(np.clip((rows[:, None] - end) / (0.08 * across + 1), 0, 1), beside[None]))


def _beside_kept(body: Body, kept: Plane, *, over: bool) -> Plane:
    """0 outside the person where clothes that are kept hide what is new: a waistband under a top, a top in trousers."""
    height, width = body.person.shape
    x0, x1 = sorted(int(np.clip(x, 0, width - 1)) for x in body.points[[23, 24], 0])
    there = kept[:, x0 : x1 + 1] > 0.5
    there = there[:, there.any(axis=0)]
    if not there.size:
        return np.ones((1, 1), np.float32)
    edge = float(np.median(height - there[::-1].argmax(axis=0) if over else there.argmax(axis=0)))
    rows = np.arange(height, dtype=np.float32)[:, None]
    hides = np.clip(edge - rows if over else rows - edge, 0, 1)
    return np.asarray(1 - hides * (1 - body.person))


def _cut(layer: Layer, shown: Plane) -> Layer:
    if shown.size == 1:
        return layer
    frame = Frame.of(layer, shown.shape)
    alpha = layer.pixels[..., 3].copy()
    alpha[frame.own] = (alpha[frame.own] * shown[frame.place] + 0.5).astype(np.uint8)
    return msgspec.structs.replace(layer, pixels=np.dstack([layer.pixels[..., :3], alpha]))

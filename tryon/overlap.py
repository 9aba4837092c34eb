"""What of a garment nobody sees once it is worn: under another garment, inside a collar, behind the head."""

from collections.abc import Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray

from tryon.bodies import Body
from tryon.garments import Garment
from tryon.layers import Layer
from tryon.order import LOWER
from tryon.reach import SIDES, along_arm
from tryon.stack import Frame, cover_of, part_of
from tryon.zones import Figure

Plane = NDArray[np.float32]

_WAIST = 0.84  # of the way from the shoulders to the hips
_HEM = 16  # rows that the rounded corners of a hem take at most


def without_hidden(worn: Sequence[Sequence[Layer]], body: Body, kept: Plane, *, over: bool) -> list[list[Layer]]:
    """Cut from each garment's layers what lies hidden, though it would stand out beside what hides it.

    worn: the garment put on first first. kept: (H, W) float32 in [0, 1], what stays of the worn clothes and hides the
    new; over: it is a top over new trousers, not trousers over a new top.
    """
    shows, at_neck = _beside_kept(body, kept, over=over), _beside_head(body)
    cut = []
    for index, layers in enumerate(worn):
        outer = [layer for later in worn[index + 1 :] for layer in later]
        cut.append([_cut(layer, _shown(layer, body, outer, at_neck) * shows) for layer in layers])
    return cut


def tucked_in(layers: Sequence[Layer], body: Body) -> list[Layer]:
    """A top's layers without what goes into the trousers or the skirt that stay on: the trunk below the waist."""
    h, w = body.person.shape
    rows, columns = np.arange(h, dtype=np.float32)[:, None], np.arange(w, dtype=np.float32)[None]
    figure = Figure.of(body)
    above = np.clip((_WAIST - figure.trunk(columns, rows)[0]) * figure.unit + 0.5, 0, 1).astype(np.float32)
    return [layer if part_of(layer).startswith("sleeve") else _cut(layer, above) for layer in layers]


def coat_opening(worn: Sequence[Sequence[Layer]], garments: Sequence[Garment], body: Body) -> NDArray[np.bool_]:
    """Where a coat shows what is worn below it, if nothing else is put on: in its opening and within its collar."""
    shape = body.person.shape
    if {garment.category for garment in garments} - LOWER != {"outwear"}:
        return np.zeros(shape, bool)
    trunk = [layer for laid in worn for layer in laid if part_of(layer) in ("body", "inside")]
    cover = np.maximum(cover_of(trunk, shape), cover_of(trunk, shape, inside=True)) > 0.5
    between = np.maximum.accumulate(cover, 1) & np.maximum.accumulate(cover[:, ::-1], 1)[:, ::-1]
    rows, columns = np.arange(shape[0], dtype=np.float32)[:, None], np.arange(shape[1], dtype=np.float32)[None]
    between &= np.abs(Figure.of(body).trunk(columns, rows)[1]) < 0.5
    # Above the collar's front what is worn below it reaches to the neck.
    first, across = np.flatnonzero(cover.any(1)), body.points[[11, 12], 0]
    if len(first):
        chin = float(body.points[[9, 10], 1].mean())
        near = np.abs(columns[0] - across.mean()) < 0.3 * max(float(np.ptp(across)), 1.0)
        between[int(max(chin, 0)) : first[0] + 1, near] = True
    return between


def _shown(layer: Layer, body: Body, outer: Sequence[Layer], at_neck: Plane) -> Plane:
    """(H, W) float32 in [0, 1], or a shape that spreads to it."""
    part = part_of(layer)
    shape = body.person.shape
    if part.startswith("sleeve"):
        return _beyond_cuffs(body, part, [one for one in outer if part_of(one) == part])
    shown = at_neck
    if part == "inside":
        shown = shown * (1 - body.person)
    trunk: NDArray[np.bool_] = np.asarray(
        cover_of([one for one in outer if not part_of(one).startswith("sleeve")], shape) > 0.5
    )
    rows: NDArray[np.bool_] = trunk.max(axis=1)
    if rows.any():
        first = np.where(rows, trunk.argmax(axis=1), shape[1])
        last = np.where(rows, shape[1] - trunk[:, ::-1].argmax(axis=1), 0)
        first, last = _widest_above(-first), _widest_above(last)
        columns = np.arange(shape[1])
        between = (columns >= -first[:, None]) & (columns < last[:, None])
        shown = shown * (between | ~rows[:, None])
    return shown.astype(np.float32)


def _widest_above(edge: NDArray[np.int64]) -> NDArray[np.int64]:
    """The largest value of each row and the _HEM rows above it."""
    windows = np.lib.stride_tricks.sliding_window_view(np.pad(edge, (_HEM, 0), mode="edge"), _HEM + 1)
    return np.asarray(windows.max(axis=1))


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


def _beside_head(body: Body) -> Plane:
    """0 above the shoulders beside the head, else 1: a hood hangs behind the shoulders, not around the ears."""
    one, other = body.points[[11, 12], :2]
    across = float(np.linalg.norm(one - other))
    columns = np.abs(np.arange(body.person.shape[1], dtype=np.float32) - float(one[0] + other[0]) / 2)
    zone = np.flatnonzero((columns > 0.2 * across) & (columns < 0.55 * across))
    shown = np.ones(body.person.shape, np.float32)
    last = int(np.clip(max(one[1], other[1]), 0, body.person.shape[0]))
    if not last or not zone.size:
        return shown
    person = body.person[:last, zone] > 0.5
    tops = np.where(person.any(axis=0), person.argmax(axis=0), last).astype(np.float32) - np.float32(0.07 * across)
    rows = np.arange(last, dtype=np.float32)[:, None]
    shown[:last, zone] = 1 - np.clip((tops - rows) / np.float32(0.02 * across + 1), 0, 1)
    return shown


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

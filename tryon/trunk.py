"""The bare neck, shoulders and trunk under a top, and the waistband behind its hem."""

import cv2
import numpy as np

from tryon.opening import Array, Coat, Opening, shrunk
from tryon.parse import Parsed
from tryon.skin import same_tint
from tryon.zones import HIPS, SHOULDERS, Figure


def bare_trunk(opening: Opening, figure: Figure, light: Array, tone: Array, before: list[Coat]) -> Coat:
    """The skin of neck, shoulders and trunk; where something was painted before, that is in front.

    Its colour goes on from the neck's and the chest's own where those are seen, else it is the tone (3,); light (h, w)
    is the worn garment's shading. At the sides it reaches no farther than the new garment does.
    """
    parsed, pixels = opening.parsed, opening.pixels
    shape = parsed.labels.shape
    alpha = _outline(figure, parsed, opening)
    alpha = np.minimum(alpha, opening.inset(0.025 * figure.unit))
    step = max(round(min(shape) / 160), 1)
    small = cv2.resize(pixels, (shape[1] // step, shape[0] // step), interpolation=cv2.INTER_AREA).astype(np.float32)
    size = (small.shape[1], small.shape[0])
    bare = shrunk(opening.bare("neck", "torso", "arm"), 2).astype(np.float32)
    known = (cv2.resize(bare, size, interpolation=cv2.INTER_AREA) > 0.9).astype(np.float32)
    brightness, all_known, own = small.mean(axis=2), known, tone
    if known.sum() > 20:
        level = np.percentile(brightness[known > 0], 65)
        own = np.median(small[(known > 0) & (brightness > 0.8 * level)], axis=0)
    if own is tone or not same_tint(own, tone):  # what seems to be the neck is a collar
        own, known, all_known = tone, 0 * known, 0 * known
    else:
        # The chin's shadow is the neck's alone; what is darker still is a beard or hair.
        all_known = known * (brightness > 0.5 * level)
        known = known * (brightness > 0.82 * level)
    # A body is round: it darkens towards its outline.
    depth = cv2.GaussianBlur(cv2.resize(alpha, size, interpolation=cv2.INTER_AREA), (0, 0), 0.05 * figure.unit / step)
    shade = 0.86 + 0.14 * np.clip((depth - 0.5) * 2, 0, 1)
    shade *= cv2.resize(light, size, interpolation=cv2.INTER_AREA)
    colours = np.broadcast_to(own, small.shape) * shade[..., None] ** np.array([0.85, 1.05, 1.15], np.float32)
    # Far the tone of the lit skin, near the seam all that is seen there, shadows too.
    for mask, reach in ((known, 0.12), (all_known, 0.045)):
        sigma = reach * figure.unit / step
        gap = cv2.GaussianBlur((small - colours) * mask[..., None], (0, 0), sigma)
        colours = colours + gap / (cv2.GaussianBlur(mask, (0, 0), sigma) + 0.06)[..., None]
    colours = cv2.resize(colours.astype(np.float32), (shape[1], shape[0]), interpolation=cv2.INTER_LINEAR)
    for coat in before:
        alpha[coat.part] *= 1 - coat.alpha
    return Coat(np.s_[:, :], colours, alpha)


def _outline(figure: Figure, parsed: Parsed, opening: Opening) -> Array:
    """(h, w) float32: neck, shoulders' slope and trunk of an average body, or a broader one where the photo shows it."""
    unit, shape, cover, x0, y0 = figure.unit, parsed.labels.shape, opening.cover, opening.x0, opening.y0
    left, right = figure.points[SHOULDERS]
    hip_left, hip_right = figure.points[HIPS]
    top, bottom = (left + right) / 2, (hip_left + hip_right) / 2
    down = (bottom - top) / max(float(np.linalg.norm(bottom - top)), 1.0)
    chin = figure.centre - figure.up * 0.40 * figure.head
    thick = _neck_width(figure, parsed, y0)
    points = []
    for shoulder, hip in ((left, hip_left), (right, hip_right)):
        out = shoulder - top
        out = out / max(float(np.linalg.norm(out)), 1.0)
        collar = thick + 0.17 * unit
        slope = _slope(parsed, top + out * collar - np.array([x0, y0], np.float32), down, unit)
        side = top + down * slope
        reach = float(np.linalg.norm(shoulder - top))
        points.append(
            np.stack([
                chin + out * thick, side + out * thick - down * 0.16 * unit,
                side + out * (thick + 0.025 * unit) - down * 0.08 * unit,
                side + out * (thick + 0.08 * unit) - down * 0.02 * unit, side + out * collar + down * 0.03 * unit,
                side + out * max(reach, collar) - down * 0.1 * unit, shoulder + out * 0.10 * unit - down * 0.12 * unit,
                shoulder + out * 0.12 * unit, shoulder + out * 0.02 * unit + down * 0.30 * unit,
                (shoulder * 0.35 + hip * 0.65) + out * (0.02 * unit + _broader(opening, shoulder, hip, 0.65, out, unit)),
                hip + out * (0.12 * unit + _broader(opening, shoulder, hip, 1.0, out, unit)),
            ])
        )  # fmt: skip
    line = np.concatenate([points[0], points[1][::-1]]).astype(np.float32) - np.array([x0, y0], np.float32)
    canvas = np.zeros(shape, np.uint8)
    cv2.fillPoly(canvas, [np.rint((line - 0.5) * 16).astype(np.int32)], 255, cv2.LINE_AA, 4)
    sigma = max(0.02 * unit, 0.8)
    soft = cv2.GaussianBlur(canvas.astype(np.float32) / 255, (0, 0), sigma)
    soft = np.clip((soft - 0.5) * sigma * 2.2 + 0.5, 0, 1)
    # Beside the new garment is the ground, below the shoulders.
    rows = np.arange(shape[0]) + y0
    fall = (rows - float(max(left[1], right[1]))) / unit
    beside = (0.3 * unit * np.clip((0.75 - fall) / 0.45, 0, 1))[:, None]
    below = (fall > 0.3)[:, None]
    worn = cover > 0.5
    any_worn = worn.any(axis=1)
    # A hem is not level: its last rows tell nothing of the body's width, those above do, and what is just below it.
    window = np.ones((2 * round(0.2 * unit) + 1, 1), np.uint8)
    far_left = np.where(any_worn, worn.argmax(axis=1), 0 if not any_worn.any() else shape[1])
    far_right = np.where(any_worn, shape[1] - worn[:, ::-1].argmax(axis=1), 0)
    first: Array = cv2.erode(far_left.astype(np.float32)[:, None], window)
    last: Array = cv2.dilate(far_right.astype(np.float32)[:, None], window)
    bare_rows = last <= first
    first, last = np.where(bare_rows, 0, first), np.where(bare_rows, shape[1], last)
    columns = np.arange(shape[1])[None]
    hung = np.maximum.accumulate(worn, axis=0) & ~np.maximum.accumulate(worn[::-1], axis=0)[::-1]
    outside = below & ~hung & ((columns < first - beside) | (columns >= last + beside))
    found: Array = np.where(outside, 0, soft).astype(np.float32)
    return found


def _broader(opening: Opening, shoulder: Array, hip: Array, share: float, out: Array, unit: float) -> float:
    """By how many pixels the trunk is broader than an average one, so far down from shoulder to hip: clothes, which
    stand off from the body a little, end at the photo's silhouette or at the arm."""
    start = shoulder * (1 - share) + hip * share - opening.corner
    steps = np.linspace(0, 0.45, 46, dtype=np.float32) * unit
    x, y = (start[:, None] + out[:, None] * steps).astype(int)
    height, width = opening.person.shape
    inside = (x >= 0) & (y >= 0) & (x < width) & (y < height)
    body = opening.person & ~opening.parsed.of("arm", "hand")
    on = inside & body[np.clip(y, 0, height - 1), np.clip(x, 0, width - 1)]
    room = float(steps[-1] if on.all() else steps[on.argmin()]) - 0.05 * unit
    average = (0.02 if share < 1 else 0.12) * unit
    return float(np.clip(room - average, 0, 0.12 * unit))


def _slope(parsed: Parsed, start: Array, down: Array, unit: float) -> float:
    """How far below a point beside the collar, on the line of the shoulders, the shoulder begins: mostly negative."""
    steps = np.linspace(-0.24, 0.2, 45) * unit
    x, y = (start[:, None] + down[:, None] * steps).astype(int)
    inside = (x >= 0) & (y >= 0) & (x < parsed.labels.shape[1]) & (y < parsed.labels.shape[0])
    cloth = parsed.of("upper", "torso", "arm")
    met = inside & cloth[np.clip(y, 0, cloth.shape[0] - 1), np.clip(x, 0, cloth.shape[1] - 1)]
    return float(steps[met.argmax()]) if met.any() else -0.14 * unit


def _neck_width(figure: Figure, parsed: Parsed, y0: int) -> float:
    """Half the width of the neck in pixels, as seen or by the head's size."""
    nominal = float(np.clip(0.72 * figure.side, 0.14 * figure.unit, 0.24 * figure.unit))
    rows = parsed.of("neck").sum(axis=1)
    seen = rows[rows > 0.8 * nominal]
    if seen.size < 3:
        return nominal
    return float(np.clip(np.percentile(seen, 30) / 2, 0.8 * nominal, 1.25 * nominal))


def waist(opening: Opening, figure: Figure, other: str) -> Array | None:
    """(h, w) float32: where the garment named other goes on behind the hem of the one taken away, or None."""
    cloth = opening.parsed.of(other)
    shape = cloth.shape
    y, x = np.mgrid[0 : shape[0], 0 : shape[1]].astype(np.float32) + np.float32(0.5)
    down, across = figure.trunk(x + opening.x0, y + opening.y0)
    near = cloth & (np.abs(across) < 1.5)
    if near.sum() < 0.02 * figure.unit**2:
        return None
    # Its width at the hem, just where it comes into sight.
    rows = near.sum(axis=1)
    seen = np.nonzero(rows > 0.5 * rows.max())[0]
    edge = int(seen[0] if other == "lower" else seen[-1])
    band = near[max(edge - 12, 0) : edge + 13]
    columns = np.nonzero(band.sum(axis=0) > band.shape[0] * 0.3)[0]
    if columns.size < 4:
        return None
    first, last = float(columns[0]), float(columns[-1] + 1)
    rise = np.clip((down - 0.80) / 0.02, 0, 1) if other == "lower" else np.clip((1.02 - down) / 0.02, 0, 1)
    # Hips taper towards the waist.
    narrow = np.clip(0.3 * (edge - y), 0, 0.1 * figure.unit) if other == "lower" else np.zeros_like(y)
    inside = np.clip(np.minimum(x - first, last - x) - narrow + 0.5, 0, 1)
    limit = np.arange(shape[0])[:, None] < edge + 8 if other == "lower" else np.arange(shape[0])[:, None] > edge - 8
    found: Array = np.minimum(rise * inside * limit, opening.inset(1.0)).astype(np.float32)
    return found

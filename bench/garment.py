"""How well garments are cut out and their key points found: drawn ones of a family nobody trained on, and photos."""

from pathlib import Path
from typing import Any, Literal

import msgspec
import numpy as np

from bench.report import Figure
from core.errors import GarmentUnusable
from core.settings import Settings
from core.weights import Weights
from sample import HELD_OUT, Drawing, garment
from sample.scenes import photograph
from tryon.garment_net import Reader
from tryon.garments import Garment
from tryon.prepare import in_place

VERDICTS = Path(__file__).with_name("garment_photos.json")
GROUNDS = ("studio", "own colour", "floor")


class Verdict(msgspec.Struct, frozen=True):
    """What was seen by eye of one photo's garment. cut_out, points: whether they would do for a try-on."""

    photo: str
    cut_out: bool
    points: bool
    note: str = ""


class Judged(msgspec.Struct, frozen=True):
    """The fixed list of photos, and by which network they had been prepared when they were looked at."""

    tag: str
    photos: tuple[Verdict, ...]


def on_drawings(settings: Settings, *, count: int = 150, seed: int = 3) -> list[Figure]:
    """Garments of the family held out, on plain grounds, on ground of their own colour, and on floors."""
    reader = Reader.open(Weights(settings.models_dir), settings.models)
    rng = np.random.default_rng(seed)
    ious: dict[str, list[float]] = {ground: [] for ground in GROUNDS}
    errors: list[float] = []
    long_sleeves: list[float] = []
    wanted = found = refused = recognised = 0
    for index in range(count):
        drawing = garment(10_000 * seed + index, size=768, family=HELD_OUT)
        ground = GROUNDS[index % len(GROUNDS)]
        pixels, mask, points = picture(drawing, ground, rng)
        try:
            made = in_place(pixels, reader=reader)
            recognised += made.category == drawing.category
            made = in_place(pixels, drawing.category, reader=reader)  # type: ignore[arg-type]
        except GarmentUnusable:
            refused += 1
            ious[ground].append(0.0)
            continue
        cut = made.pixels[..., 3] > 127
        ious[ground].append(float((cut & mask).sum() / (cut | mask).sum()))
        wanted += len(points)
        found += len(points.keys() & made.points.keys())
        error = point_error(made, mask, points)
        (long_sleeves if _is_long(points) else errors).append(error)
    every = [iou for some in ious.values() for iou in some]
    return [
        Figure("mask IoU, drawn", float(np.mean(every)), bar=0.97, note=f"{count} of family {HELD_OUT}"),
        *(Figure(f"mask IoU, on {ground}", float(np.mean(some))) for ground, some in ious.items()),
        Figure("key points, mean error", 100 * float(np.mean(errors + long_sleeves)), "% of height", 2.5, "lower"),
        Figure("key points, long sleeves", 100 * float(np.mean(long_sleeves)), "% of height", 4.0, "lower",
               note=f"{len(long_sleeves)} garments"),
        Figure("key points found", found / wanted),
        Figure("category recognised", recognised / count),
        Figure("refused", refused / count, better="lower"),
    ]  # fmt: skip


def on_photos(verdicts: Path = VERDICTS) -> list[Figure]:
    """What was judged once by eye of the fixed list of flat photos of ``clothing/validation``."""
    judged = msgspec.json.decode(verdicts.read_bytes(), type=Judged)
    count, note = len(judged.photos), f"judged by eye as {judged.tag} prepared them"
    return [
        Figure("cut-outs that would do", sum(v.cut_out for v in judged.photos) / count, bar=0.85, note=note),
        Figure("key points that would do", sum(v.points for v in judged.photos) / count, note=note),
    ]


def picture(
    drawing: Drawing, ground: Literal["studio", "own colour", "floor"] | str, rng: np.random.Generator
) -> tuple[Any, Any, dict[str, tuple[float, float]]]:
    """A photo (h, w, 3) uint8 of a drawing, the mask (h, w) bool of what is the garment, and its key points in pixels."""
    if ground == "floor":
        scene = photograph([("", drawing.category, drawing)], rng, 768, 900)
        (seen,), (mask,) = scene.seen, scene.masks
        inside = {name: (x * 768, y * 900) for name, (x, y) in seen.points.items() if 0 <= x < 1 and 0 <= y < 1}
        return scene.pixels, mask, inside
    if ground == "studio":
        colour = rng.uniform(170, 255) + rng.normal(0, 4, 3)
    else:
        shown = drawing.pixels[drawing.mask][:, :3]
        colour = shown.mean(axis=0) + rng.choice([-1, 1]) * rng.uniform(8, 16) + rng.normal(0, 2, 3)
    plain = np.rint(colour.clip(0, 255)).astype(np.uint8)
    r, g, b = (int(c) for c in plain)
    pixels = drawing.on_background((r, g, b), shadow=float(rng.uniform(0, 0.5))).astype(np.float32)
    pixels += rng.normal(0, 1.5, pixels.shape)
    return pixels.clip(0, 255).astype(np.uint8), drawing.mask, drawing.points


def point_error(made: Garment, mask: Any, points: dict[str, tuple[float, float]]) -> float:
    """Mean distance of the key points found from the true ones, as a share of the garment's height."""
    height = np.ptp(np.flatnonzero(mask.any(axis=1))) + 1
    both = points.keys() & made.points.keys()
    return float(np.mean([np.hypot(*np.subtract(made.points[name], points[name])) / height for name in both]))


def _is_long(points: dict[str, tuple[float, float]]) -> bool:
    """Whether sleeves reach at least as far from the shoulder as to the waist."""
    reach = [
        np.hypot(*np.subtract(points[f"cuff_outer_{side}"], points[f"shoulder_{side}"]))
        / np.hypot(*np.subtract(points[f"waist_{side}"], points[f"shoulder_{side}"]))
        for side in ("left", "right")
        if {f"cuff_outer_{side}", f"shoulder_{side}", f"waist_{side}"} <= points.keys()
    ]
    return bool(reach) and max(reach) > 1

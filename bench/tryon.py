"""How well and how fast garments and accessories are tried on: drawn people with the whole truth, and photos by eye."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Final

from bench import garment, live, tryon_fit, tryon_looked, tryon_poses, tryon_speed, tryon_worn
from bench.report import Figure, Report
from core.settings import Settings
from tryon import People, TryOn

SEED: Final = 7
PARTS: Final = ("garments", "fit", "worn", "looked", "speed", "together", "memory", "accessory", "live")


def run(data: Path, settings: Settings, *, only: str = "", sheets: str = "") -> Report:
    """Measure try-on.

    only: some of garments, fit, worn, looked, speed, together, memory, accessory, live, with commas; all if empty. sheets: a
    folder that gets the pictures which are judged by eye. Raises ValueError for a part unknown.
    """
    chosen = only.split(",") if only else list(PARTS)
    if unknown := set(chosen) - set(PARTS):
        raise ValueError(f"parts are {', '.join(PARTS)}, not {', '.join(sorted(unknown))}")
    with TryOn.open(settings) as engine, People.open(settings) as people:
        measures: dict[str, Callable[[], Iterable[Figure]]] = {
            "garments": lambda: [*garment.on_drawings(settings), *garment.on_photos()],
            "fit": lambda: [*tryon_fit.figures(), *tryon_poses.figures()],
            "worn": lambda: tryon_worn.figures(engine),
            "looked": lambda: tryon_looked.figures(engine, data, Path(sheets) if sheets else None),
            "speed": lambda: tryon_speed.latency(engine),
            "together": lambda: tryon_speed.together(engine),
            "memory": lambda: tryon_speed.memory(engine),
            "accessory": lambda: tryon_speed.accessory(people, data),
            "live": lambda: live.figures(settings),
        }
        figures = [figure for part in PARTS if part in chosen for figure in measures[part]()]
    split = "drawn people and garments, photos of people and clothing/validation"
    return Report("tryon", only.replace(",", ", ") or "all parts", split, SEED, tuple(figures))

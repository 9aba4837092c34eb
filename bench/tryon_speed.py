"""How long a try-on takes, stage by stage, whether many at once work, and whether memory stays flat."""

import gc
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

import numpy as np
import psutil

from bench.report import Figure
from bench.tryon_people import garment_of, products
from sample import person
from tryon import Garment, People, TryOn, read_accessory
from tryon.accessories.place import lay, place
from vision import Picture

SIZE: Final = (768, 1024)
SMALL: Final = (192, 256)
POSES: Final = ("arms down", "arms away", "akimbo")
STYLES: Final = ("crew-neck T-shirt", "flannel shirt", "tea dress", "straight-leg jeans")
CLIENTS: Final = 8


def latency(engine: TryOn, *, turns: int = 5) -> list[Figure]:
    """Drawn garments, prepared, on drawn people of 768 x 1024, one at a time; the first turn warms up and is left out."""
    photos, garments = [photo(pose, SIZE) for pose in POSES], wardrobe(512)
    spent: list[float] = []
    stages: dict[str, list[float]] = {}
    for turn in range(turns):
        for picture in photos:
            for garment in garments:
                start = time.perf_counter()
                answer = engine.dress(picture, [garment])
                if turn:
                    spent.append(1000 * (time.perf_counter() - start))
                    for name, milliseconds in answer.report.timings.items():
                        stages.setdefault(name, []).append(milliseconds)
    note = f"{len(spent)} try-ons, 768 x 1024, prepared garments"
    return [
        Figure("try-on, p50", float(np.median(spent)), "ms", 600, "lower", note=note),
        Figure("try-on, p95", float(np.percentile(spent, 95)), "ms", 900, "lower"),
        *(Figure(f"stage {name}, p50", float(np.median(ms)), "ms", better="lower") for name, ms in stages.items()),
    ]


def together(engine: TryOn) -> list[Figure]:
    """Eight clients at once, each with its own person; every answer must be the one that the same call gives alone."""
    garments = wardrobe(384)
    photos = [photo(POSES[i % len(POSES)], (384, 512), seed=60 + i) for i in range(CLIENTS)]

    def client(i: int) -> int:
        wrong = 0
        for garment in garments:
            try:
                wrong += not np.array_equal(engine.dress(photos[i], [garment]).picture, alone[i][garment.category])
            except Exception:  # whatever it is, it is counted
                wrong += 1
        return wrong

    alone = [{garment.category: engine.dress(one, [garment]).picture for garment in garments} for one in photos]
    with ThreadPoolExecutor(CLIENTS) as pool:
        wrong = sum(pool.map(client, range(CLIENTS)))
    count = CLIENTS * len(garments)
    return [Figure("eight clients at once, errors", wrong, "", 0, "lower", note=f"{count} answers against those alone")]


def memory(engine: TryOn, *, count: int = 2_000) -> list[Figure]:
    """Resident memory over many try-ons of small photos (192 x 256), after a tenth of them against at the end."""
    picture, garments, process = photo("arms away", SMALL), wardrobe(192), psutil.Process()
    sizes = []
    for i in range(count):
        engine.dress(picture, [garments[i % len(garments)]])
        if i % (count // 20) == 0:
            gc.collect()
            sizes.append(process.memory_info().rss / 1e6)
    early, late = sizes[2], float(np.median(sizes[-3:]))
    return [
        Figure("memory after the last try-ons", late / early, "of that after a tenth", 1.05, "lower",
               note=f"{count:,} try-ons of {SMALL[0]} x {SMALL[1]}"),
        Figure("memory at the end", late, "MB", better="lower"),
    ]  # fmt: skip


def accessory(people: People, data: Path, *, turns: int = 20) -> list[Figure]:
    """Glasses on a drawn person of 768 x 1024: the person found, the accessory laid; and of that the second alone."""
    folder, picture = data / "ar-3d" / "glasses", photo("arms down", SIZE)
    glasses = read_accessory((folder / "scene.gltf").read_bytes(), "glasses", folder=folder)
    spent: list[tuple[float, float]] = []
    for _ in range(turns):
        start = time.perf_counter()
        body = people.find_body(picture.pixels)
        found = time.perf_counter()
        lay(picture.pixels, place(body, glasses))
        spent.append((1000 * (time.perf_counter() - start), 1000 * (time.perf_counter() - found)))
    whole, laid = np.median(spent[2:], axis=0)
    return [
        Figure("accessory, p50", float(whole), "ms", 250, "lower", note="glasses, 768 x 1024, drawn person"),
        Figure("stage place of it, p50", float(laid), "ms", better="lower"),
    ]


def photo(pose: str, size: tuple[int, int], seed: int = 60) -> Picture:
    picture = person(seed, pose, turn=5.0, size=size, quality=1)
    return Picture(pixels=picture.pixels, width=size[0], height=size[1])


def wardrobe(size: int) -> list[Garment]:
    """One prepared garment of each style, with its true points; every category but once."""
    return [garment_of(products()[s][0].render(size), products()[s][0].category) for s in STYLES]  # type: ignore[arg-type]

"""Drawn people put back into the garments that they wear, beside results that any score must rank below that."""

from collections.abc import Iterator
from typing import Final

import numpy as np
from msgspec.structs import replace
from numpy.typing import NDArray

from bench.report import Figure
from bench.tryon_controls import Laid, affine, flat, spline
from bench.tryon_fit import cover, laid_source, overlap, print_correlation, unhidden
from bench.tryon_people import POSES, Dressed, dressed, products
from core.errors import PersonUnusable
from tryon import Garment, TryOn
from vision import Picture

Pixels = NDArray[np.uint8]
Mask = NDArray[np.bool_]

OUTFITS: Final = (
    ("crew-neck T-shirt", "straight-leg jeans"), ("tea dress",), ("graphic T-shirt", "chino shorts"),
)  # fmt: skip
"""Printed garments, the outer one first: it is put back on. A plain one's colours are its folds alone."""
SIZE: Final = (480, 640)
CONTROLS: Final = ("another garment", "a flat fill", "the wrong garment", "an affine paste", "a single spline")


def figures(engine: TryOn, *, seed: int = 70) -> list[Figure]:
    """Prints, masks, and how often each score puts each negative control below the real result."""
    prints: list[float] = []
    overlaps: list[float] = []
    below: dict[str, list[tuple[bool, bool]]] = {name: [] for name in CONTROLS}
    refused = 0
    for wearer in _wearers(seed):
        for i, case in enumerate(wearer):
            try:
                real, *others = _scores(engine, case, wearer[i - 1])
            except PersonUnusable:
                refused += 1
                continue
            prints.append(real[0])
            overlaps.append(real[1])
            for name, score in zip(CONTROLS, others, strict=True):
                below[name].append((score[0] < real[0], score[0] * score[1] < real[0] * real[1]))
    note = f"{len(prints)} drawn people in their own garment"
    return [
        Figure("print correlation, put back", float(np.mean(prints)), bar=0.90, note=note),
        Figure("garment mask IoU, put back", float(np.mean(overlaps)), bar=0.92, note=note),
        *(
            Figure(f"{name} below by {score}", float(np.mean([one[k] for one in ranks])), bar=0.95)
            for name, ranks in below.items()
            for k, score in enumerate(("print", "print x mask"))
        ),
        Figure("refused to be put back", refused, better="lower"),
    ]  # fmt: skip


def _wearers(seed: int) -> Iterator[list[Dressed]]:
    """The same person in each outfit, in every pose and turn."""
    for j, pose in enumerate(POSES):
        for turn in (0.0, 30.0):
            yield [
                next(dressed(
                    seed + j, pose, turn,
                    tuple((s, products()[s][0].render(384), products()[s][0].category) for s in outfit),  # type: ignore[misc]
                    bare=False, size=SIZE, quality=2,
                ))
                for outfit in OUTFITS
            ]  # fmt: skip


def _scores(engine: TryOn, case: Dressed, other: Dressed) -> Iterator[tuple[float, float]]:
    """Print correlation and mask IoU of the real result and of each control. other: the same person in another garment.

    Every picture is unwarped by the real result's meshes: a print counts where the fit has it.
    """
    pixels = case.picture.pixels
    photo = Picture(pixels=pixels, width=pixels.shape[1], height=pixels.shape[0])
    answer = engine.dress(photo, [case.garment])
    meshes, shown = answer.meshes[0], seen_of(engine, photo, case.garment)
    source = laid_source(case, meshes, shown)
    wrong = engine.dress(photo, [other.garment])
    results: tuple[Laid, ...] = (
        (answer.picture, shown),
        (other.picture.pixels, other.worn.mask),
        flat(pixels, case.garment, shown),
        (wrong.picture, cover(wrong.layers, shown.shape)),
        affine(pixels, case.garment, meshes),
        spline(pixels, case.garment, meshes),
    )
    for picture, mask in results:
        yield print_correlation(picture, case.garment, source), overlap(mask, case.worn.mask, unhidden(case))


def seen_of(engine: TryOn, photo: Picture, garment: Garment) -> Mask:
    """(H, W): where a try-on shows the garment, told by what changes with its colour."""
    one, other = (
        engine.dress(photo, [_dyed(garment, shade)], light=False).picture.astype(np.int16) for shade in (0, 255)
    )
    return np.asarray(np.abs(one - other).max(axis=-1) > 127)


def _dyed(garment: Garment, shade: int) -> Garment:
    pixels = garment.pixels.copy()
    pixels[..., :3] = shade
    return replace(garment, pixels=pixels)

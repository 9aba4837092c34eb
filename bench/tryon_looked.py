"""What is measured on the fixed list of people and garments, what was said of it by eye, and the pictures to look at."""

from pathlib import Path
from typing import Final

import cv2
import msgspec
import numpy as np
from numpy.typing import NDArray

from bench.report import Figure
from bench.tryon_pairs import LIST, Pair, Rated, photographed, tried
from tryon import LABELS, Answer, Body, Garment, TryOn
from tryon.overlap import coat_opening
from tryon.parse import parse
from tryon.stack import cover_of

Pixels = NDArray[np.uint8]
Mask = NDArray[np.bool_]

ROUND: Final = 0.01
"""Of a person's height: how far outside the silhouette and the garment soft edges may reach."""
SAME: Final = 6.0
"""CIELAB distance up to which a pixel shows the old garment's colour still."""


def figures(engine: TryOn, data: Path, sheets: Path | None = None) -> list[Figure]:
    """sheets: a folder that gets each pair's photo, garment and result beside one another, in full size."""
    rated = read_list()
    outside, faces, left = [], [], []
    refused = 0
    for number, pair in enumerate(rated.pairs):
        photo, garment, answer = tried(engine, data, pair)
        if sheets is not None:
            sheets.mkdir(parents=True, exist_ok=True)
            cv2.imwrite(str(sheets / f"{number:02d}.png"), _sheet(photo, garment, answer)[..., ::-1])
        if isinstance(answer, str) or garment is None:
            refused += 1
            continue
        body = answer.body
        labels, names, silhouette = _truth(data, pair, body)
        cover = cover_of(answer.layers, photo.shape)
        changed = (answer.picture != photo).any(axis=-1)
        outside.append(int((changed & ~_grown(silhouette | (cover > 0), body)).sum()))
        faces.append(int((changed & _face(body)).sum()))
        left.append(old_left(photo, garment, answer, pair, _named(labels, names, _replaced(pair)), cover > 0.5))
    count = len(rated.pairs)
    note = f"{count - refused} pictures of {count} pairs"
    verdicts = [pair.verdict for pair in rated.pairs]
    by_eye = f"by eye on {rated.rated:%Y-%m-%d}, at {rated.commit}"
    return [
        Figure("pixels changed outside, worst pair", max(outside), "px", 0, "lower", note=note),
        Figure("pairs with any changed outside", sum(map(bool, outside)), better="lower"),
        Figure("face pixels changed, worst pair", max(faces), "px", 0, "lower", note=note),
        Figure("old garment's colour left, worst pair", 100 * max(left), "% of it", 3.0, "lower", note=note),
        Figure("old garment's colour left, mean", 100 * float(np.mean(left)), "% of it", better="lower"),
        Figure("pairs with at most 3 % of it left", float(np.mean(np.array(left) <= 0.03))),
        Figure("acceptable", verdicts.count("acceptable") / count, bar=0.6, note=by_eye),
        Figure("marginal", verdicts.count("marginal") / count, better="lower", note=by_eye),
        Figure("failed", verdicts.count("failed") / count, better="lower", note=by_eye),
        Figure("refused with a reason", verdicts.count("refused") / count, better="lower", note=by_eye),
    ]  # fmt: skip


def read_list() -> Rated:
    return msgspec.json.decode(LIST.read_bytes(), type=Rated)


def old_left(photo: Pixels, garment: Garment, answer: Answer, pair: Pair, worn: Mask, covered: Mask) -> float:
    """The share of the worn garment's area that shows its colour beside the new garment, but for a coat's opening.

    worn, covered: (H, W), where the old garment was and where the new one lies.
    """
    beside = worn & ~covered
    if pair.category == "outwear":
        beside &= ~coat_opening([answer.layers], [garment], answer.body)
    away = np.linalg.norm(_lab(photo) - _lab(answer.picture), axis=-1)
    return float((beside & (away < SAME)).sum() / max(worn.sum(), 1))


def _truth(data: Path, pair: Pair, body: Body) -> tuple[NDArray[np.uint8], tuple[str, ...], Mask]:
    """Labels (H, W), their names, and the silhouette: as drawn, or as found where nothing better is known."""
    _, drawn = photographed(data, pair.who)
    if drawn is None:
        return parse(body).labels, LABELS, body.person > 0.1
    return drawn.labels, drawn.label_names, drawn.person > 0


def _replaced(pair: Pair) -> tuple[str, ...]:
    lower = pair.category in ("pants", "shorts", "skirt")
    return ("lower",) if lower else ("upper", "lower") if pair.category == "dress" else ("upper",)


def _named(labels: NDArray[np.uint8], names: tuple[str, ...], wanted: tuple[str, ...]) -> Mask:
    return np.isin(labels, [names.index(name) for name in wanted])


def _grown(mask: Mask, body: Body) -> Mask:
    reach = max(2, round(ROUND * (body.box[3] - body.box[1])))
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 1, 2 * reach + 1))
    return np.asarray(cv2.dilate(mask.view(np.uint8), disc) > 0)


def _face(body: Body) -> Mask:
    """(H, W): the face's oval, less its rim; empty where no face was found."""
    face = np.zeros(body.person.shape, np.uint8)
    if body.face is not None:
        hull = cv2.convexHull(body.face.points[:, :2].astype(np.float32))
        cv2.fillConvexPoly(face, np.rint(hull).astype(np.int32), 1)
        rim = max(1, round(0.03 * float(np.ptp(hull[:, 0, 1]))))
        face = cv2.erode(face, np.ones((2 * rim + 1, 2 * rim + 1), np.uint8))
    return np.asarray(face > 0)


def _lab(pixels: Pixels) -> NDArray[np.float32]:
    lab: NDArray[np.float32] = cv2.cvtColor(pixels.astype(np.float32) / 255, cv2.COLOR_RGB2LAB)
    return lab


def _sheet(photo: Pixels, garment: Garment | None, answer: Answer | str) -> Pixels:
    """Result, photo and garment side by side, as tall as the photo; the photo darkened where it was refused."""
    result = answer.picture if isinstance(answer, Answer) else photo // 3
    if garment is None:
        return np.hstack([result, photo])
    alpha = garment.pixels[..., 3:].astype(np.float32) / 255
    shown = np.rint(garment.pixels[..., :3] * alpha + 225 * (1 - alpha)).astype(np.uint8)
    height = photo.shape[0]
    shown = cv2.resize(shown, (round(shown.shape[1] * height / shown.shape[0]), height), interpolation=cv2.INTER_AREA)
    return np.hstack([result, photo, shown])

"""How well the product vector finds: validation photos of `clothing` among its training photos, and words among all."""

import time
from collections.abc import Sequence
from pathlib import Path

import cv2
import msgspec
import numpy as np

from bench.report import Figure, Report
from core.settings import Settings
from core.weights import Weights
from search import graph
from vision.align import HEAD_PLAN, Pictures, train_heads
from vision.colour import NAMES, named
from vision.encoders import Encoder, create_encoder
from vision.examples import captions_by_kind, look_at
from vision.fusion import FusedEncoder, Mixture
from vision.heads import JointEncoder
from vision.images import decode
from vision.lexicon import Lexicon
from vision.models import Vision

SEED = 7
PEER = "efficientnet.lite0"

Photo = tuple[Path, str]


def run(data: Path, settings: Settings, *, text: bool = False, left_out: bool = False) -> Report:
    """Measure the configured encoder on ``clothing``; the peer is ImageNet EfficientNet-Lite0 by itself.

    text: class-and-colour queries in English and Chinese instead, in templates and words that neither
    ``vision.captions`` nor the lexicon has; and as served, where the lexicon has the words too.
    left_out: train heads five times, each without two of the ten classes, and search for photos of these instead.
    """
    weights = Weights(settings.models_dir)
    parts = [photos(data / "clothing" / part) for part in ("validation", "train")]
    if text:
        figures, split = (
            _by_words(create_encoder(settings.models.encoder, weights, settings.models), parts[0] + parts[1], settings),
            "validation and train",
        )
    elif left_out:
        figures, split = (
            _without(parts, weights, settings),
            "validation against train, two classes at a time left out of training",
        )
    else:
        figures, split = _by_photo(parts, weights, settings), "validation against train"
    return Report("search", "clothing", split, SEED, tuple(figures))


def photos(folder: Path) -> list[Photo]:
    """Every photo of a folder of classes, and its class."""
    return [(file, file.parent.name) for file in sorted(folder.glob("*/*.jpg"))]


def pixels(photo: Photo, settings: Settings) -> np.ndarray:
    return np.asarray(decode(photo[0].read_bytes(), settings.images).pixels)


def encoded(encoder: Encoder, of: Sequence[Photo], settings: Settings) -> np.ndarray:
    """Vectors (n, dim) of photos, read 32 at a time."""
    batches = [of[start : start + 32] for start in range(0, len(of), 32)]
    return np.concatenate([encoder.encode_images([pixels(photo, settings) for photo in batch]) for batch in batches])


def ranking(scores: np.ndarray, right: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Precision at 1, at 10 and average precision, each (q,), of queries with scores (q, n) and right answers (q, n) bool."""
    order = np.argsort(-scores, axis=1, kind="stable")
    hits = np.take_along_axis(right, order, axis=1)
    precisions = hits.cumsum(axis=1) / np.arange(1, hits.shape[1] + 1)
    average = (precisions * hits).sum(axis=1) / np.maximum(hits.sum(axis=1), 1)
    return hits[:, 0].astype(float), hits[:, :10].mean(axis=1), average


def mean(values: object) -> float:
    """As a plain number, which JSON knows."""
    return float(np.mean(values))  # type: ignore[call-overload]


def same_class(queries: Sequence[Photo], gallery: Sequence[Photo]) -> np.ndarray:
    """(q, n) bool: whether a query and a photo of the gallery are of one class."""
    return np.equal.outer([kind for _, kind in queries], [kind for _, kind in gallery])


def _by_photo(parts: list[list[Photo]], weights: Weights, settings: Settings) -> list[Figure]:
    queries, gallery = parts
    right = same_class(queries, gallery)
    started = time.perf_counter()
    peer = create_encoder(PEER, weights, settings.models)
    theirs = ranking(encoded(peer, queries, settings) @ encoded(peer, gallery, settings).T, right)
    peer_seconds = time.perf_counter() - started
    started = time.perf_counter()
    encoder = create_encoder(settings.models.encoder, weights, settings.models)
    asked, there = encoded(encoder, queries, settings), encoded(encoder, gallery, settings)
    seconds = time.perf_counter() - started
    ours = ranking(asked @ there.T, right)
    smoothed = as_stored(encoder, there, [kind for _, kind in gallery])
    shown = _main_regions(queries, settings)
    near = [np.argsort(-(smoothed @ query), kind="stable")[: graph.PHOTO_EXPANSION] for query in shown]
    expanded = np.stack([graph.expand(query, smoothed[hits]) for query, hits in zip(shown, near, strict=True)])
    plain, served = ranking(shown @ there.T, right), ranking(expanded @ smoothed.T, right)
    count = len(queries) + len(gallery)
    return [
        Figure("precision@1", mean(ours[0]), bar=0.87, peer=mean(theirs[0]), note=encoder.tag),
        Figure("precision@10", mean(ours[1]), peer=mean(theirs[1])),
        Figure("mAP", mean(ours[2]), bar=0.70, peer=mean(theirs[2])),
        Figure("main region, precision@1", mean(plain[0])),
        Figure("main region, mAP", mean(plain[2])),
        Figure(
            "as served, precision@1",
            mean(served[0]),
            bar=0.87,
            note="main region, neighbours averaged, query expanded",
        ),
        Figure("as served, mAP", mean(served[2]), bar=0.70),
        Figure(
            "decode and encode", 1000 * seconds / count, "ms a photo", better="lower", peer=1000 * peer_seconds / count
        ),
    ]


def as_stored(encoder: Encoder, vectors: np.ndarray, kinds: Sequence[str]) -> np.ndarray:
    """Vectors of products as ingest puts them into the index: drawn to their neighbours where they come in kinds."""
    places, _ = graph.nearest(vectors)
    if not graph.come_in_kinds(kinds, places):
        return vectors
    return graph.place(vectors, vectors[places], kept=graph.colours(encoder))


def _main_regions(queries: Sequence[Photo], settings: Settings) -> np.ndarray:
    """The vectors (q, dim) that a photo search asks with: of the region that detector and pose make out as the main one."""
    with Vision.open(settings) as vision:
        vectors = []
        for file, _ in queries:
            picture = decode(file.read_bytes(), settings.images)
            regions = vision.regions(picture)
            vectors.append(vision.encode_regions(picture, regions, [regions.main])[0])
    return np.stack(vectors)


def _without(parts: list[list[Photo]], weights: Weights, settings: Settings) -> list[Figure]:
    queries, gallery = parts
    shipped = create_encoder("fused.default", weights, settings.models)
    if not isinstance(shipped, FusedEncoder):
        raise TypeError("fused.default is not made of subspaces")
    towers, texts = shipped.joint.images, shipped.joint.texts
    asked, _ = look_at((pixels(photo, settings) for photo in queries), towers, views=0)
    seen, colours = look_at((pixels(photo, settings) for photo in gallery), towers, views=3)
    peer = create_encoder(PEER, weights, settings.models)
    theirs = encoded(peer, queries, settings) @ encoded(peer, gallery, settings).T
    right = same_class(queries, gallery)
    of = np.array([kind for _, kind in gallery])
    plan = msgspec.structs.replace(HEAD_PLAN, readers=1, reading=1)  # photos are searched for: no words are read
    figures, ours, base = [], np.zeros((2, len(queries))), np.zeros((2, len(queries)))
    for pair in np.unique(of).reshape(-1, 2):
        kept = np.flatnonzero(~np.isin(of, pair))
        taught = Pictures(seen.views[kept], seen.colours[kept])
        groups = captions_by_kind(of[kept].tolist(), [colours[row] for row in kept], texts)
        heads = train_heads(taught, groups, (shipped.joint.heads.record.images, texts.tag), "clothing/train", plan)
        fused = FusedEncoder(JointEncoder(heads, towers, texts), Mixture.load())
        scores = fused.join(asked.views[:, 0], asked.colours) @ fused.join(seen.views[:, 0], seen.colours).T
        for kind in pair:
            rows = np.flatnonzero([kind == own for _, own in queries])
            for into, table in ((ours, scores), (base, theirs)):
                first, _, average = ranking(table[rows], right[rows])
                into[0, rows], into[1, rows] = first, average
            for name, one, two in zip(("precision@1", "mAP"), ours[:, rows], base[:, rows], strict=True):
                figures.append(Figure(f"{kind}, {name}", mean(one), peer=mean(two), note=f"{len(rows)} queries"))
    whole = [
        Figure(f"all, {name}", mean(one), bar=mean(two), peer=mean(two), note="each by heads that never saw its class")
        for name, one, two in zip(("precision@1", "mAP"), ours, base, strict=True)
    ]
    return whole + figures


def _by_words(encoder: Encoder, of: list[Photo], settings: Settings) -> list[Figure]:
    from bench.queries import ENOUGH, LANGUAGES

    vectors = as_stored(encoder, encoded(encoder, of, settings), [kind for _, kind in of])
    kinds = np.array([kind for _, kind in of])
    colours = np.array([measured_colour(pixels(photo, settings)) or "" for photo in of])
    unknown = [word for listed in LANGUAGES.values() for q in listed for word in (q.kind_words, q.colour_words)]
    figures = []
    for language, listed in LANGUAGES.items():
        queries = [q for q in listed if ((kinds == q.kind) & (colours == q.colour)).sum() >= ENOUGH]
        texts = [query.text for query in queries]
        right = np.stack([(kinds == query.kind) & (colours == query.colour) for query in queries])
        served = ranking(encoder.encode_texts(texts) @ vectors.T, right)[1]
        scores = _asked_in_new_words(encoder, texts, unknown) @ vectors.T
        most = np.argsort(-scores, axis=1, kind="stable")[:, :10]
        of_kind = mean([kinds[top] == query.kind for top, query in zip(most, queries, strict=True)])
        of_colour = mean([colours[top] == query.colour for top, query in zip(most, queries, strict=True)])
        _, ten, average = ranking(scores, right)
        worst = sorted(zip(ten, (query.text for query in queries), strict=True))[:3]
        figures += [
            Figure(f"{language}, precision@10", mean(ten), bar=0.75, note=f"{len(queries)} queries, words new"),
            Figure(f"{language}, class right", of_kind, note="worst: " + ", ".join(text for _, text in worst)),
            Figure(f"{language}, colour right", of_colour),
            Figure(f"{language}, mAP", mean(average)),
            Figure(f"{language}, as served, precision@10", mean(served), note="the lexicon may know the words"),
        ]
    return figures


def _asked_in_new_words(encoder: Encoder, texts: list[str], unknown: list[str]) -> np.ndarray:
    """Vectors (n, dim) of texts by a lexicon that knows neither these words nor longer ones that hold them."""
    if not isinstance(encoder, FusedEncoder):
        return encoder.encode_texts(texts)
    whole, encoder.joint.lexicon = encoder.joint.lexicon, Lexicon(without=unknown)
    try:
        return encoder.encode_texts(texts)
    finally:
        encoder.joint.lexicon = whole


def measured_colour(picture: np.ndarray) -> str | None:
    """The colour of half or more of a photo's foreground, by the rule of :func:`vision.colour.named`, or None.

    The foreground is found by GrabCut from a frame of 6 % of the shorter side, on at most 96 × 96 pixels: by another way
    than the product vector's own colours. Rother et al., SIGGRAPH 2004.
    """
    h, w = picture.shape[:2]
    scale = 96 / max(h, w)
    small = cv2.resize(picture, (max(1, round(w * scale)), max(1, round(h * scale))), interpolation=cv2.INTER_AREA)
    mask = np.full(small.shape[:2], cv2.GC_PR_FGD, np.uint8)
    edge = max(2, round(0.06 * min(small.shape[:2])))
    mask[:edge] = mask[-edge:] = mask[:, :edge] = mask[:, -edge:] = cv2.GC_BGD
    cv2.setRNGSeed(SEED)
    cv2.grabCut(small, mask, None, np.zeros((1, 65)), np.zeros((1, 65)), 4, cv2.GC_INIT_WITH_MASK)
    inside = (mask == cv2.GC_FGD) | (mask == cv2.GC_PR_FGD)
    if not inside.any():
        return None
    lab = cv2.cvtColor(small.astype(np.float32) / 255, cv2.COLOR_RGB2LAB)
    shares = np.bincount(named(lab)[inside], minlength=len(NAMES)) / inside.sum()
    return NAMES[int(shares.argmax())] if shares.max() >= 0.5 else None

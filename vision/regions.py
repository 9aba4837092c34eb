"""Where in a picture there is something to search by: one value for what detector, pose and caller say."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal, Self

import msgspec
import numpy as np

if TYPE_CHECKING:
    from ultralytics.engine.results import Results

Source = Literal["detector", "pose", "whole", "caller"]

SAME_IOU = 0.6
CONTAINED, CONTAINED_AREA = 0.9, 0.5
"""Two boxes are one region above this intersection over union, or when this share of the smaller lies in the larger
and the smaller has at least this share of the larger's area."""

PARTS: dict[str, tuple[int, ...]] = {
    "head": (0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10),
    "upper body": (11, 12, 13, 14, 15, 16, 23, 24),
    "lower body": (23, 24, 25, 26, 27, 28),
    "feet": (27, 28, 29, 30, 31, 32),
}
"""MediaPipe pose landmarks that span each body part."""


class Regions(msgspec.Struct, frozen=True):
    """Regions of one picture, in no order but that ``main`` is the index of the one to search by first.

    boxes (n, 4) float32: x, y, width, height as fractions of the upright picture, in [0, 1].
    labels, sources: n each. scores (n,) float32 in [0, 1]: how sure the source is.
    Raises ValueError naming the expected and the actual shape when these do not fit together.
    """

    boxes: np.ndarray
    labels: tuple[str, ...]
    scores: np.ndarray
    sources: tuple[Source, ...]
    main: int = 0

    def __post_init__(self) -> None:
        n = len(self.labels)
        if self.boxes.shape != (n, 4):
            raise ValueError(f"boxes: expected shape ({n}, 4) for {n} labels, got {self.boxes.shape}")
        if self.scores.shape != (n,):
            raise ValueError(f"scores: expected shape ({n},) for {n} labels, got {self.scores.shape}")
        if len(self.sources) != n:
            raise ValueError(f"sources: expected {n} for {n} labels, got {len(self.sources)}")
        for name, values in (("boxes", self.boxes), ("scores", self.scores)):
            if values.dtype != np.float32:
                raise ValueError(f"{name}: expected dtype float32, got {values.dtype}")
            if n and not (np.isfinite(values).all() and values.min() >= 0 and values.max() <= 1):
                raise ValueError(f"{name}: expected values in [0, 1], got {values.min()} to {values.max()}")
        if n and not (self.boxes[:, 2:].min() > 0 and (self.boxes[:, :2] + self.boxes[:, 2:]).max() <= 1 + 1e-5):
            raise ValueError("boxes: expected width and height above 0 and x + width, y + height at most 1")
        if not (0 <= self.main < n or n == self.main == 0):
            raise ValueError(f"main: expected an index below {n}, got {self.main}")

    def __len__(self) -> int:
        return len(self.labels)

    @classmethod
    def of(cls, xyxy: np.ndarray, labels: Sequence[str], scores: np.ndarray, source: Source) -> Self:
        """Regions of one source from corners (n, 4) in fractions; clipped to the picture, empty boxes left out.

        Raises ValueError when xyxy, labels and scores do not have n entries each.
        """
        corners = np.asarray(xyxy, np.float32)
        if corners.shape != (len(labels), 4) or np.shape(scores) != (len(labels),):
            raise ValueError(
                f"expected corners ({len(labels)}, 4) and scores ({len(labels)},) for {len(labels)} labels, "
                f"got {corners.shape} and {np.shape(scores)}"
            )
        corners = corners.clip(0, 1)
        boxes = np.concatenate([corners[:, :2], corners[:, 2:] - corners[:, :2]], axis=1)
        kept = np.flatnonzero((boxes[:, 2:] > 1e-3).all(axis=1)).tolist()
        part = cls(
            boxes[kept],
            tuple(labels[i] for i in kept),
            np.asarray(scores, np.float32)[kept].clip(0, 1),
            (source,) * len(kept),
        )
        return msgspec.structs.replace(part, main=part._most_prominent())

    @classmethod
    def from_ultralytics(cls, result: "Results") -> Self:
        """Regions of one ultralytics result (of any model that gives boxes)."""
        found = result.boxes
        if found is None or len(found) == 0:
            return cls.empty()
        labels = [result.names[int(index)] for index in found.cls.tolist()]
        return cls.of(found.xyxyn.cpu().numpy(), labels, found.conf.cpu().numpy(), "detector")

    @classmethod
    def from_pose(cls, landmarks: np.ndarray, visibility: np.ndarray, *, visible: float = 0.5) -> Self:
        """Regions of head, upper body, lower body and feet from MediaPipe pose landmarks.

        landmarks (33, 2 or more): x, y in fractions of the picture; visibility (33,) in [0, 1]. A part is left out
        when fewer than two thirds of its landmarks are at least ``visible`` and inside the picture; its box is
        their extent plus a margin for cloth.
        Raises ValueError for other shapes.
        """
        if landmarks.ndim != 2 or landmarks.shape[0] != 33 or landmarks.shape[1] < 2 or visibility.shape != (33,):
            raise ValueError(
                f"expected landmarks (33, 2 or more) and visibility (33,), got {landmarks.shape}, {visibility.shape}"
            )
        points = landmarks[:, :2]
        seen = (visibility >= visible) & (points >= 0).all(axis=1) & (points <= 1).all(axis=1)
        corners, labels, scores = [], [], []
        for part, indices in PARTS.items():
            chosen = [i for i in indices if seen[i]]
            if 3 * len(chosen) < 2 * len(indices):
                continue
            low, high = points[chosen].min(axis=0), points[chosen].max(axis=0)
            margin = 0.15 * (high - low).max()
            corners.append(np.concatenate([low - margin, high + margin]))
            labels.append(part)
            scores.append(float(visibility[chosen].mean()))
        return cls.of(np.array(corners).reshape(-1, 4), labels, np.array(scores), "pose")

    @classmethod
    def empty(cls) -> Self:
        return cls(np.zeros((0, 4), np.float32), (), np.zeros(0, np.float32), ())

    @classmethod
    def whole(cls) -> Self:
        """The whole picture as a region: always worth a look, and never a sure one."""
        return cls.of(np.array([[0, 0, 1, 1]]), ["whole"], np.array([0.05]), "whole")

    @classmethod
    def from_caller(cls, box: Sequence[float]) -> Self:
        """The region that a caller drew: x, y, width, height in fractions. Raises ValueError when it lies outside."""
        return cls(np.array([box], np.float32), ("chosen",), np.ones(1, np.float32), ("caller",))

    @classmethod
    def merge(cls, *parts: Self, box: Sequence[float] | None = None) -> Self:
        """All parts as one, the same thing seen twice kept once, the whole picture added, the main region chosen.

        Of two boxes that agree the more telling is kept: caller before detector before pose, then the higher score.
        box: a caller's region (x, y, width, height in fractions), which becomes the main one.
        """
        given = [cls.from_caller(box), *parts] if box is not None else list(parts)
        boxes = np.concatenate([np.zeros((0, 4), np.float32), *(part.boxes for part in given)])
        scores = np.concatenate([np.zeros(0, np.float32), *(part.scores for part in given)])
        labels = [label for part in given for label in part.labels]
        sources = [source for part in given for source in part.sources]
        rank = {"caller": 0, "detector": 1, "pose": 2, "whole": 3}
        order = sorted(range(len(labels)), key=lambda i: (rank[sources[i]], -scores[i]))
        kept: list[int] = []
        for i in order:
            if sources[i] != "whole" and not any(_same(boxes[i], boxes[j]) for j in kept):
                kept.append(i)
        everything = cls.whole()
        merged = cls(
            np.concatenate([boxes[kept], everything.boxes]),
            (*(labels[i] for i in kept), *everything.labels),
            np.concatenate([scores[kept], everything.scores]),
            (*(sources[i] for i in kept), *everything.sources),
        )
        return msgspec.structs.replace(merged, main=merged._most_prominent())

    def _most_prominent(self) -> int:
        """Index of the region a shopper most likely means: the caller's, else by score, size and centrality."""
        if not len(self):
            return 0
        if "caller" in self.sources:
            return self.sources.index("caller")
        offset = np.abs(self.boxes[:, :2] + self.boxes[:, 2:] / 2 - 0.5).max(axis=1)
        prominence = self.scores * np.sqrt(self.boxes[:, 2] * self.boxes[:, 3]) * (1 - offset)
        return int(prominence.argmax())


def overlaps(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Intersection over union of every box of a (n, 4) with every one of b (m, 4), as x, y, w, h: (n, m) float32."""
    inter = _intersections(a, b)
    union = (a[:, 2] * a[:, 3])[:, None] + (b[:, 2] * b[:, 3])[None] - inter
    return np.asarray(inter / np.maximum(union, 1e-12), np.float32)


def _intersections(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    low = np.maximum(a[:, None, :2], b[None, :, :2])
    high = np.minimum(a[:, None, :2] + a[:, None, 2:], b[None, :, :2] + b[None, :, 2:])
    return np.asarray((high - low).clip(0).prod(axis=2))


def _same(a: np.ndarray, b: np.ndarray) -> bool:
    inter = float(_intersections(a[None], b[None])[0, 0])
    small, large = sorted((float(a[2] * a[3]), float(b[2] * b[3])))
    return inter / (small + large - inter) >= SAME_IOU or (
        inter / small >= CONTAINED and small / large >= CONTAINED_AREA
    )

"""The last composites made, as a frozen backbone sees them, in memory shared between processes."""

import math
from collections.abc import Sequence
from multiprocessing.shared_memory import SharedMemory

import numpy as np

from vision.composites import MOST_GARMENTS, Composite

HEADER = 64


class FeatureRing:
    """A ring of slots: one process writes the oldest anew, others take copies of the rest.

    shapes: (channels, height, width) of every level of features, kept as float16.
    name: of the memory another process made, to share it; else it is made here, and :meth:`remove` must be called.
    """

    def __init__(self, slots: int, shapes: Sequence[tuple[int, int, int]], name: str | None = None) -> None:
        self.slots = slots
        bytes_each = 2 * sum(map(math.prod, shapes)) + MOST_GARMENTS * (16 + 8)
        self._memory = SharedMemory(name, create=name is None, size=HEADER + slots * bytes_each)
        self._made: np.ndarray = np.ndarray((1,), np.int64, self._memory.buf)
        offset = HEADER
        self._levels: list[np.ndarray] = []
        for shape in shapes:
            level: np.ndarray = np.ndarray((slots, *shape), np.float16, self._memory.buf, offset)
            self._levels.append(level)
            offset += level.nbytes
        self._boxes: np.ndarray = np.ndarray((slots, MOST_GARMENTS, 4), np.float32, self._memory.buf, offset)
        offset += self._boxes.nbytes
        self._labels: np.ndarray = np.ndarray((slots, MOST_GARMENTS), np.int64, self._memory.buf, offset)

    @property
    def name(self) -> str:
        return self._memory.name

    @property
    def made(self) -> int:
        """How many composites have been put in since the start."""
        return int(self._made[0])

    def put(self, features: Sequence[np.ndarray], composite: Composite) -> None:
        """Overwrite the oldest slot."""
        slot, count = self.made % self.slots, len(composite.labels)
        for level, values in zip(self._levels, features, strict=True):
            level[slot] = values
        self._labels[slot, :count] = composite.labels
        self._labels[slot, count:] = -1
        self._boxes[slot, :count] = composite.boxes
        self._made[0] += 1

    def draw(self, count: int, rng: np.random.Generator) -> tuple[list[np.ndarray], np.ndarray, np.ndarray]:
        """Copies of ``count`` slots drawn at random, away from where it is being written.

        Features (count, channels, h, w) float16 per level, boxes (count, 4, 4) float32 as corners in fractions, labels
        (count, 4) int64, -1 where there is no garment.
        """
        filled = min(self.made, self.slots)
        slots = (self.made - rng.integers(1, max(filled - 16, 2), count)) % self.slots
        return [level[slots] for level in self._levels], self._boxes[slots], self._labels[slots]

    def close(self) -> None:
        """Let go of the memory; the ring must not be used any more."""
        del self._made, self._levels, self._boxes, self._labels
        self._memory.close()

    def remove(self) -> None:
        """Close it and give the memory back, for all."""
        self.close()
        self._memory.unlink()

"""MediaPipe tasks lent to one thread at a time: they share nothing, and each must be closed."""

import queue
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

# MediaPipe 0.10.33 ends the process when a mask is read whose rows, of 4 bytes a pixel, do not fill 16 bytes.
_ROW = 4


class Tasks:
    """As many tasks (landmarkers, segmenters) of one model file as calls may run side by side; further calls wait.

    Safe to use from several threads; close it, or use it in a ``with``.
    """

    def __init__(self, kind: str, file: Path, at_once: int, **wanted: Any) -> None:
        """kind: the task's class in MediaPipe; wanted: what its options say beside the model file."""
        from mediapipe.tasks.python import BaseOptions, vision

        base = BaseOptions(model_asset_buffer=file.read_bytes())
        options = getattr(vision, f"{kind}Options")(base_options=base, **wanted)
        self._all: list[Any] = []
        self._idle: queue.SimpleQueue[Any] = queue.SimpleQueue()
        for _ in range(at_once):
            self._all.append(getattr(vision, kind).create_from_options(options))
            self._idle.put(self._all[-1])

    @contextmanager
    def lend(self) -> Iterator[Any]:
        """One of the tasks, for this thread alone."""
        task = self._idle.get()
        try:
            yield task
        finally:
            self._idle.put(task)

    def close(self) -> None:
        """Free them as the calls under way end. Calling it again does nothing; other calls must not follow."""
        while self._all:
            task = self._idle.get()
            self._all.remove(task)
            task.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()


def image(pixels: NDArray[np.uint8]) -> Any:
    """A picture (h, w, 3) uint8 RGB as MediaPipe's."""
    import mediapipe

    return mediapipe.Image(image_format=mediapipe.ImageFormat.SRGB, data=np.ascontiguousarray(pixels))


def with_full_rows(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """A picture (h, w, 3) whose masks can be read: its last column repeated until the width is a multiple of 4."""
    missing = -pixels.shape[1] % _ROW
    return np.pad(pixels, ((0, 0), (0, missing), (0, 0)), "edge") if missing else pixels


def mask(found: Any, width: int) -> NDArray[np.float32]:
    """MediaPipe's mask of a picture of this width as (h, width) float32. A copy: it owns what it shows."""
    return np.array(found.numpy_view().reshape(found.height, found.width)[:, :width], np.float32)


def array(landmarks: Any) -> NDArray[np.float32]:
    """MediaPipe's landmarks as (n, 3) float32."""
    return np.array([(point.x, point.y, point.z) for point in landmarks], np.float32)

"""Patterns of the garments that were tried on last, so that the next try-on does not make them again."""

import hashlib
import threading
from collections import OrderedDict
from typing import Final

import msgspec
import numpy as np

from tryon.garments import Garment
from tryon.pattern import Pattern

MOST = 16
"""Patterns of about a megabyte each: their garments' pixels are not kept."""

_NOTHING: Final = np.zeros((0, 0, 4), np.uint8)


class Patterns:
    """Safe to share between threads."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._kept: OrderedDict[bytes, Pattern] = OrderedDict()
        self._lock = threading.Lock()

    def of(self, garment: Garment) -> Pattern:
        """The garment's pattern, made now or before; a garment is the same if all that its pattern is made of is."""
        key = _digest(garment)
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        pattern = Pattern.of(msgspec.structs.replace(garment, pixels=_NOTHING))
        with self._lock:
            self._kept[key] = pattern
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)
        return pattern


def _digest(garment: Garment) -> bytes:
    told = hashlib.sha256(msgspec.json.encode((garment.category, garment.parts.shape, garment.points)))
    told.update(garment.parts.tobytes())
    return told.digest()

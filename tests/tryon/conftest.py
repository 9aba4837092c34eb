"""What the tests of tryon share."""

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from core.settings import load_settings
from tryon import People, TryOn
from vision import decode


@pytest.fixture(scope="session")
def people() -> Iterator[People]:
    with People.open(load_settings()) as people:
        yield people


@pytest.fixture(scope="session")
def engine() -> Iterator[TryOn]:
    with TryOn.open(load_settings()) as engine:
        yield engine


@pytest.fixture(scope="session")
def photo(data: Path) -> Callable[[str], np.ndarray]:
    """The pixels (H, W, 3) uint8 of a photo of people, by its name, the longest side at most 1024."""
    from core.settings import Images

    return lambda name: decode((data / "people" / name).read_bytes(), Images(longest=1024)).pixels

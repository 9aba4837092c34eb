"""What the tests of vision share."""

import pytest

from core.settings import load_settings
from core.weights import Weights


@pytest.fixture(scope="session")
def weights() -> Weights:
    """The model files of this machine's home: `shopglass models pull` brings them."""
    return Weights(load_settings().models_dir)

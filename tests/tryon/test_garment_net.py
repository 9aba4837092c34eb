"""The garment network's outputs are read right, and its file holds what it should."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core import Weights
from core.errors import ModelMissing
from tryon import PARTS, POINTS
from tryon.garment_net import SIDE, STRIDE, build, exportable, load, peaks, read_about, save


@given(st.floats(4, 44), st.floats(4, 44), st.floats(0.6, 1.4))
@settings(deadline=None)
def test_a_peak_is_found_between_cells(x: float, y: float, spread: float) -> None:
    cells = np.arange(48) + 0.5
    heat = np.exp(-((cells[None] - x) ** 2 + (cells[:, None] - y) ** 2) / (2 * spread**2))
    (point,), (mass,) = peaks((heat / heat.sum())[None].astype(np.float32))
    assert np.hypot(point[0] - x, point[1] - y) < 0.08
    assert mass > 0.9


def test_a_peak_at_the_border_stays_inside() -> None:
    heat = np.zeros((1, 12, 12), np.float32)
    heat[0, 0, 11] = 1
    (point,), (mass,) = peaks(heat)
    assert point.tolist() == [11.5, 0.5]
    assert mass == 1


def test_heat_all_over_is_no_confidence() -> None:
    _, (mass,) = peaks(np.full((1, 48, 48), 1 / 48**2, np.float32))
    assert mass < 0.03


def test_it_has_at_most_two_million_parameters() -> None:
    assert sum(p.numel() for p in build().parameters()) <= 2_000_000


def test_what_is_saved_is_loaded(tmp_path: Path) -> None:
    import torch

    torch.manual_seed(0)
    network = build().eval()
    file = tmp_path / "net.safetensors"
    save(network, file, "garment.test")
    assert read_about(file).tag == "garment.test"
    square = torch.randint(0, 255, (1, SIDE, SIDE, 3), dtype=torch.uint8)
    with torch.inference_mode():
        for one, other in zip(exportable(network)(square), exportable(load(file))(square), strict=True):
            assert torch.allclose(one, other, atol=0.02)


def test_other_points_are_not_taken(tmp_path: Path) -> None:
    from safetensors.numpy import save_file

    file = tmp_path / "net.safetensors"
    about = '{"tag": "garment.old", "parts": ["none"], "points": [], "categories": []}'
    save_file({"x": np.zeros(1, np.float32)}, file, metadata={"about": about})
    with pytest.raises(ModelMissing, match="other parts"):
        read_about(file)


def test_the_shipped_file_is_small_and_gives_probabilities(tmp_path: Path) -> None:
    import torch

    file = Weights(tmp_path).path("garment_net")
    assert file.stat().st_size < 5_000_000
    with torch.inference_mode():
        parts, heat, facts = exportable(load(file))(torch.zeros((1, SIDE, SIDE, 3), dtype=torch.uint8))
    assert parts.shape == (1, len(PARTS), SIDE // 2, SIDE // 2)
    assert heat.shape == (1, len(POINTS), SIDE // STRIDE, SIDE // STRIDE)
    assert torch.allclose(parts.sum(1), torch.ones(1), atol=1e-4)
    assert torch.allclose(heat.sum((2, 3)), torch.ones(1), atol=1e-4)
    assert bool(((facts >= 0) & (facts <= 1)).all())

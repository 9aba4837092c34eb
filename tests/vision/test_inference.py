"""The seam, on small networks that torch exports on the spot."""

import threading
from pathlib import Path
from typing import get_args

import numpy as np
import pytest
import torch

from core.errors import BadSettings, ExportFailed
from vision.inference import LARGEST_BATCH, Backend, Network, export, load_network


class Small(torch.nn.Module):
    """Convolution, normalisation and pooling with two outputs."""

    def __init__(self) -> None:
        super().__init__()
        torch.manual_seed(3)
        self.body = torch.nn.Sequential(torch.nn.Conv2d(3, 8, 3, stride=2), torch.nn.BatchNorm2d(8), torch.nn.ReLU6())
        self.head = torch.nn.Linear(8, 5)

    def forward(self, pixels: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        features = self.body(pixels).mean((2, 3))
        return features, self.head(features)


class BakesBatch(torch.nn.Module):
    """Traced at one batch size it answers with that one for ever."""

    def forward(self, pixels: torch.Tensor) -> torch.Tensor:
        return pixels.reshape(len(pixels), -1)


class DrawsLots(torch.nn.Module):
    def forward(self, pixels: torch.Tensor) -> torch.Tensor:
        return pixels.flatten(1) * torch.rand(1)


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("networks") / "small.onnx"
    export(Small(), torch.rand(1, 3, 32, 24), path)
    return path


def expected(inputs: np.ndarray) -> list[np.ndarray]:
    with torch.inference_mode():
        return [output.numpy() for output in Small().eval()(torch.from_numpy(inputs))]


@pytest.fixture(scope="module", params=get_args(Backend))
def network(request: pytest.FixtureRequest, exported: Path) -> Network:
    return load_network(exported, backend=request.param, threads=1, module=Small)


@pytest.mark.parametrize("rows", [1, 2, 5, LARGEST_BATCH, LARGEST_BATCH + 3])
def test_every_backend_and_batch_size_gives_what_torch_gives(network: Network, rows: int) -> None:
    inputs = np.random.default_rng(rows).random((rows, 3, 32, 24), dtype=np.float32)
    for found, true in zip(network(inputs), expected(inputs), strict=True):
        assert found.shape == true.shape
        np.testing.assert_allclose(found, true, atol=1e-5)


def test_no_rows_give_outputs_of_no_rows(network: Network) -> None:
    features, logits = network(np.zeros((0, 3, 32, 24), np.float32))
    assert features.shape == (0, 8)
    assert logits.shape == (0, 5)


def test_pixels_that_do_not_lie_in_order_are_read_right(network: Network) -> None:
    inputs = np.random.default_rng(0).random((2, 32, 24, 3), dtype=np.float32).transpose(0, 3, 1, 2)
    np.testing.assert_allclose(network(inputs)[1], expected(np.ascontiguousarray(inputs))[1], atol=1e-5)


def test_an_answer_is_not_overwritten_by_the_next_call(network: Network) -> None:
    first = np.ones((1, 3, 32, 24), np.float32)
    answer = network(first)[1]
    kept = answer.copy()
    network(first * 9)
    np.testing.assert_array_equal(answer, kept)


def test_threads_that_share_a_network_get_their_own_answers(network: Network) -> None:
    inputs = np.random.default_rng(1).random((8, 3, 32, 24), dtype=np.float32)
    true = expected(inputs)[1]
    worst = [0.0] * 8
    start = threading.Barrier(8)

    def ask(row: int) -> None:
        start.wait()
        for _ in range(25):
            found = network(inputs[row : row + 1])[1]
            worst[row] = max(worst[row], float(np.abs(found - true[row]).max()))

    threads = [threading.Thread(target=ask, args=(row,)) for row in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert max(worst) < 1e-5


def test_native_precision_is_near(exported: Path) -> None:
    inputs = np.random.default_rng(2).random((4, 3, 32, 24), dtype=np.float32)
    network = load_network(exported, backend="openvino", precision="native")
    np.testing.assert_allclose(network(inputs)[1], expected(inputs)[1], atol=0.05)


def test_a_batch_baked_in_is_refused_and_leaves_no_file(tmp_path: Path) -> None:
    with pytest.raises(ExportFailed, match="gives shape"):
        export(BakesBatch(), torch.rand(1, 3, 8, 8), tmp_path / "baked.onnx")
    assert list(tmp_path.iterdir()) == []


def test_a_network_that_differs_from_torch_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ExportFailed, match="differs from torch"):
        export(DrawsLots(), torch.rand(1, 3, 8, 8), tmp_path / "lots.onnx")
    assert list(tmp_path.iterdir()) == []


def test_torch_without_a_module_is_a_fault_of_the_settings(exported: Path) -> None:
    with pytest.raises(BadSettings, match="ONNX only"):
        load_network(exported, backend="torch")

"""The inference seam: a network is exported from torch once, checked against it, and run by whatever is fastest here.

OpenVINO on x86 processors, ONNX Runtime on others, the torch module itself where there is a CUDA device.
"""

import os
import platform
import queue
import tempfile
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from core.errors import BadSettings, ExportFailed

if TYPE_CHECKING:
    import torch

Backend = Literal["auto", "openvino", "onnxruntime", "torch"]
Precision = Literal["f32", "native"]

# More at once is no faster (EfficientNet-Lite0, 2 cores) and every backend keeps the memory of its largest batch.
LARGEST_BATCH = 32
# Largest difference from torch, as a share of an output's largest magnitude; 2e-6 is usual, float16 gives 3e-2.
TOLERANCE = 1e-4


class Network(Protocol):
    """A network that can be called from several threads at once.

    Takes (n, ...) of the type it was exported with, n from 0 up, and returns its outputs in their order, each
    (n, ...), in arrays of their own. The batch is run in slices of at most LARGEST_BATCH.
    """

    def __call__(self, inputs: NDArray[Any]) -> tuple[NDArray[Any], ...]: ...


def export(module: "torch.nn.Module", example: "torch.Tensor | NDArray[Any]", path: Path) -> None:
    """Write a torch module as ONNX with a free batch dimension, and check that it computes the same.

    example: (n, ...) input, of the type and of the size per row that the network will always be given.
    The module is put in evaluation mode; its outputs are tensors with the batch first. The file appears whole or not
    at all. Raises ExportFailed when torch cannot write it, or when a backend differs from torch by more than TOLERANCE.
    """
    import torch

    module.eval()
    rows = torch.as_tensor(example)[:1]
    # Three different rows from one: the traced batch of 1 must not have been baked in.
    several = torch.cat([torch.roll(rows, shift, dims=-1) for shift in range(3)])
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=path.parent) as folder, torch.inference_mode(False), torch.no_grad():
        written = Path(folder) / path.name
        expected = _arrays(module(several))
        names = [f"output{i}" for i in range(len(expected))]
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # the tracer warns of every shape it makes constant; checked below
                # The tracing exporter: the newer one needs ten times as long and fixes the batch of YOLO heads.
                torch.onnx.export(
                    module,
                    (rows,),
                    written,
                    dynamo=False,
                    opset_version=18,
                    input_names=["input"],
                    output_names=names,
                    dynamic_axes={name: {0: "batch"} for name in ["input", *names]},
                )
        except (RuntimeError, torch.onnx.errors.OnnxExporterError) as error:
            raise ExportFailed(f"{path.name} cannot be exported: {str(error).splitlines()[0]}") from error
        backends: tuple[Backend, ...] = ("onnxruntime", "openvino") if _is_x86() else ("onnxruntime",)
        for backend in backends:
            network = load_network(written, backend=backend)
            _check_parity(network, several.numpy(), expected, f"{path.name} on {backend}")
        written.replace(path)


def load_network(
    path: Path,
    *,
    backend: Backend = "auto",
    threads: int = 2,
    precision: Precision = "f32",
    module: "Callable[[], torch.nn.Module] | None" = None,
) -> Network:
    """Load an exported network.

    backend: "auto" takes torch where there is a CUDA device and a module, else OpenVINO on x86, else ONNX Runtime.
    threads: processor threads of this network.
    precision: "f32" wherever results are stored or compared with stored ones; "native" lets the processor compute in
    bfloat16 if it can (AVX-512 BF16: 1.7 times as fast, cosine similarities off by up to .01).
    module: makes the torch module, for the torch backend. Raises BadSettings where torch is asked for without it.
    """
    if backend == "torch" and module is None:
        raise BadSettings(f"{path.name} is there as ONNX only.", remedy="Set models.backend to auto.")
    if module is not None and (backend == "torch" or (backend == "auto" and _has_cuda())):
        return _torch(module(), threads)
    if backend == "onnxruntime" or (backend == "auto" and not _is_x86()):
        return _onnxruntime(path, threads)
    return _openvino(path, threads, precision)


def _openvino(path: Path, threads: int, precision: Precision) -> Network:
    import openvino

    # One stream: on 2 cores two of them gain nothing at batch 32 and take twice the memory. The batch stays free:
    # kernels know no shape, a new batch size costs nothing (measured against fixed shapes at 1 and 32).
    # Not pinned to cores: several networks, or processes, would be pinned to the same ones (54 ms instead of 71 for
    # EfficientNet-Lite0 on a busy machine).
    options: dict[str, Any] = {
        "PERFORMANCE_HINT": "LATENCY",
        "INFERENCE_NUM_THREADS": threads,
        "ENABLE_CPU_PINNING": False,
    }
    if precision == "f32":
        options["INFERENCE_PRECISION_HINT"] = "f32"
    compiled = openvino.Core().compile_model(str(path), "CPU", options)
    # A request holds the buffers of one call: as many exist as calls have ever run at once.
    idle: queue.SimpleQueue[Any] = queue.SimpleQueue()

    def run(inputs: NDArray[Any]) -> tuple[NDArray[Any], ...]:
        try:
            request = idle.get_nowait()
        except queue.Empty:
            request = compiled.create_infer_request()
        try:
            request.infer({0: inputs}, share_inputs=True)
            return tuple(request.get_output_tensor(i).data.copy() for i in range(len(compiled.outputs)))
        finally:
            idle.put(request)

    return _sliced(run)


def _onnxruntime(path: Path, threads: int) -> Network:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.enable_mem_pattern = False  # a pattern is kept for every batch size met
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")  # idle networks must not burn a core
    session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    (name,) = (entry.name for entry in session.get_inputs())
    return _sliced(lambda inputs: tuple(session.run(None, {name: inputs})))


def _torch(module: "torch.nn.Module", threads: int) -> Network:
    import torch

    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    if device.type == "cpu":
        torch.set_num_threads(threads)
    module = module.eval().to(device)

    def run(inputs: NDArray[Any]) -> tuple[NDArray[Any], ...]:
        with torch.inference_mode():
            return _arrays(module(torch.from_numpy(inputs).to(device)))

    return _sliced(run)


def _sliced(run: Network) -> Network:
    def call(inputs: NDArray[Any]) -> tuple[NDArray[Any], ...]:
        inputs = np.ascontiguousarray(inputs)
        if len(inputs) == 0:  # shapes of the outputs are known by running one row
            outputs = run(np.zeros((1, *inputs.shape[1:]), inputs.dtype))
            return tuple(output[:0] for output in outputs)
        slices = [run(inputs[start : start + LARGEST_BATCH]) for start in range(0, len(inputs), LARGEST_BATCH)]
        return slices[0] if len(slices) == 1 else tuple(np.concatenate(parts) for parts in zip(*slices, strict=True))

    return call


def _arrays(outputs: Any) -> tuple[NDArray[Any], ...]:
    """The tensors of a module's answer, one or a sequence of them, as arrays."""
    if hasattr(outputs, "detach"):
        outputs = (outputs,)
    return tuple(output.detach().cpu().numpy() for output in outputs)


def _check_parity(network: Network, inputs: NDArray[Any], expected: tuple[NDArray[Any], ...], name: str) -> None:
    try:
        found = network(inputs)
    except Exception as error:  # each backend has its own types; a fixed batch dimension ends here
        raise ExportFailed(f"{name} does not run: {str(error).strip().splitlines()[-1]}") from error
    for one, other in zip(expected, found, strict=True):
        if one.shape != other.shape:
            raise ExportFailed(f"{name} gives shape {other.shape} where torch gives {one.shape}.")
        off = float(np.abs(one - other).max(initial=0.0)) / max(1e-6, float(np.abs(one).max(initial=0.0)))
        if not off <= TOLERANCE:
            raise ExportFailed(f"{name} differs from torch by {off:.1e} of its range; {TOLERANCE:.0e} is allowed.")


def _is_x86() -> bool:
    return platform.machine().lower() in {"x86_64", "amd64"}


def _has_cuda() -> bool:
    # Importing torch costs seconds: only where a driver is there at all.
    if not (Path("/proc/driver/nvidia/version").exists() or os.environ.get("CUDA_PATH")):
        return False
    import torch

    return torch.cuda.is_available()

"""MediaPipe's face network with attention, given the two outputs that its Tasks API asks for.

The network says seven things: a mesh of 468 points, finer positions (x, y) of lips, eyes and irises, and whether there
is a face. MediaPipe's older graphs laid the finer positions over the mesh outside the network; here the network does it
itself, by built-in operations appended to it. The irises take the mean depth of their eyes' rims, as there.
"""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np

from vision.tflite import METADATA, packed, table

MESH, POINTS = 468, 478

# Which landmark each finer position belongs to, in the network's order (tensors_to_face_landmarks_graph.cc, Apache-2.0).
LIPS: Final = (
    61, 146, 91, 181, 84, 17, 314, 405, 321, 375, 291, 185, 40, 39, 37, 0, 267, 269, 270, 409, 78, 95, 88, 178, 87, 14,
    317, 402, 318, 324, 308, 191, 80, 81, 82, 13, 312, 311, 310, 415, 76, 77, 90, 180, 85, 16, 315, 404, 320, 307, 306,
    184, 74, 73, 72, 11, 302, 303, 304, 408, 62, 96, 89, 179, 86, 15, 316, 403, 319, 325, 292, 183, 42, 41, 38, 12, 268,
    271, 272, 407,
)  # fmt: skip
EYE_LEFT_IN_PICTURE: Final = (
    33, 7, 163, 144, 145, 153, 154, 155, 133, 246, 161, 160, 159, 158, 157, 173, 130, 25, 110, 24, 23, 22, 26, 112, 243,
    247, 30, 29, 27, 28, 56, 190, 226, 31, 228, 229, 230, 231, 232, 233, 244, 113, 225, 224, 223, 222, 221, 189, 35,
    124, 46, 53, 52, 65, 143, 111, 117, 118, 119, 120, 121, 128, 245, 156, 70, 63, 105, 66, 107, 55, 193,
)  # fmt: skip
EYE_RIGHT_IN_PICTURE: Final = (
    263, 249, 390, 373, 374, 380, 381, 382, 362, 466, 388, 387, 386, 385, 384, 398, 359, 255, 339, 254, 253, 252, 256,
    341, 463, 467, 260, 259, 257, 258, 286, 414, 446, 261, 448, 449, 450, 451, 452, 453, 464, 342, 445, 444, 443, 442,
    441, 413, 265, 353, 276, 283, 282, 295, 372, 340, 346, 347, 348, 349, 350, 357, 465, 383, 300, 293, 334, 296, 336,
    285, 417,
)  # fmt: skip
IRISES: Final = (tuple(range(468, 473)), tuple(range(473, 478)))
RIM = 16  # the first points of each eye lie around it


def with_merged_landmarks(model: bytes) -> bytes:
    """The network (``.tflite``) with the outputs landmarks (1, 1, 1, 478 × 3), in pixels of its input, and face flag."""
    from mediapipe.tasks.metadata import schema_py_generated as tflite

    network = tflite.ModelT.InitFromPackedBuf(model, 0)
    graph = network.subgraphs[0]
    mesh, lips, left, right, left_iris, right_iris, flag = graph.outputs
    append = _Appending(network)
    eyes = (EYE_LEFT_IN_PICTURE, EYE_RIGHT_IN_PICTURE)
    depths = [append.mean(append.gather(mesh, [3 * point + 2 for point in eye[:RIM]])) for eye in eyes]
    everything = append.concatenation([mesh, lips, left, right, left_iris, right_iris, *depths])

    place = np.zeros((POINTS, 3), np.int32)
    place[:MESH] = np.arange(3 * MESH).reshape(MESH, 3)
    at = 3 * MESH
    for finer in (LIPS, *eyes, *IRISES):
        place[list(finer), :2] = at + np.arange(2 * len(finer)).reshape(-1, 2)
        at += 2 * len(finer)
    for offset, iris in enumerate(IRISES):
        place[list(iris), 2] = at + offset
    graph.outputs = [append.gather(everything, place.ravel()), flag]
    network.signatureDefs = []
    network.metadata = [entry for entry in network.metadata or [] if entry.name != METADATA]
    return packed(network, b"TFL3")


class _Appending:
    """Appends operations on tensors (1, 1, 1, n) to a network's graph; each returns its output's index."""

    def __init__(self, network: Any) -> None:
        from mediapipe.tasks.metadata import schema_py_generated as tflite

        self._network, self._graph, self._tflite = network, network.subgraphs[0], tflite

    def gather(self, source: int, positions: Sequence[int] | np.ndarray) -> int:
        return self._operation(
            "GATHER", "Gather", [source, self._constant(positions)], (1, 1, 1, len(positions)), axis=3
        )

    def mean(self, source: int) -> int:
        return self._operation("MEAN", "Reducer", [source, self._constant([3])], (1, 1, 1, 1), keepDims=True)

    def concatenation(self, sources: list[int]) -> int:
        length = sum(int(np.prod(self._graph.tensors[source].shape)) for source in sources)
        return self._operation("CONCATENATION", "Concatenation", sources, (1, 1, 1, length), axis=3)

    def _operation(self, code: str, options: str, inputs: list[int], shape: tuple[int, ...], **values: Any) -> int:
        tflite = self._tflite
        builtin = getattr(tflite.BuiltinOperator, code)
        self._network.operatorCodes.append(
            table(tflite.OperatorCodeT, builtinCode=builtin, deprecatedBuiltinCode=builtin, version=1)
        )
        output = self._tensor(shape, tflite.TensorType.FLOAT32, None)
        self._graph.operators.append(
            table(
                tflite.OperatorT,
                opcodeIndex=len(self._network.operatorCodes) - 1,
                inputs=inputs,
                outputs=[output],
                builtinOptionsType=getattr(tflite.BuiltinOptions, f"{options}Options"),
                builtinOptions=table(getattr(tflite, f"{options}OptionsT"), **values),
            )
        )
        return output

    def _constant(self, values: Sequence[int] | np.ndarray) -> int:
        content = np.frombuffer(np.asarray(values, "<i4").tobytes(), np.uint8)
        return self._tensor((len(values),), self._tflite.TensorType.INT32, content)

    def _tensor(self, shape: tuple[int, ...], kind: int, content: np.ndarray | None) -> int:
        self._network.buffers.append(table(self._tflite.BufferT, data=content))
        buffer, name = len(self._network.buffers) - 1, f"merged_{len(self._graph.tensors)}"
        self._graph.tensors.append(
            table(self._tflite.TensorT, shape=list(shape), type=kind, name=name, buffer=buffer, hasRank=True)
        )
        return len(self._graph.tensors) - 1

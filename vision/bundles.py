"""MediaPipe Tasks bundles, put together from the model files of MediaPipe's own older packages.

MediaPipe's Tasks API comes without models. A pose bundle is a stored zip of the detector and the landmark network,
and the landmark network must say in its metadata how pixels become its input. Same inputs, same bytes.
"""

import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

METADATA = b"TFLITE_METADATA"


def pose_landmarker(sources: Sequence[Path], target: Path) -> None:
    """Write the pose bundle. sources: the detector's and the landmark network's ``.tflite`` files."""
    detector, landmarks = (source.read_bytes() for source in sources)
    with zipfile.ZipFile(target, "w") as bundle:  # ZipInfo: stored, and of a fixed date
        bundle.writestr(zipfile.ZipInfo("pose_detector.tflite"), detector)
        bundle.writestr(zipfile.ZipInfo("pose_landmarks_detector.tflite"), with_unit_range(landmarks, "pose"))


def with_unit_range(model: bytes, name: str) -> bytes:
    """A ``.tflite`` of one RGB input with metadata saying that the input is pixel / 255."""
    from mediapipe.tasks.metadata import metadata_schema_py_generated as meta
    from mediapipe.tasks.metadata import schema_py_generated as tflite

    image = _table(
        meta.TensorMetadataT,
        name="image",
        content=_table(
            meta.ContentT,
            contentPropertiesType=meta.ContentProperties.ImageProperties,
            contentProperties=_table(meta.ImagePropertiesT, colorSpace=meta.ColorSpaceType.RGB),
        ),
        processUnits=[
            _table(
                meta.ProcessUnitT,
                optionsType=meta.ProcessUnitOptions.NormalizationOptions,
                options=_table(meta.NormalizationOptionsT, mean=[0.0], std=[255.0]),
            )
        ],
    )
    graph = _table(meta.SubGraphMetadataT, inputTensorMetadata=[image])
    metadata = _packed(
        _table(meta.ModelMetadataT, name=name, minParserVersion="1.0.0", subgraphMetadata=[graph]), b"M001"
    )
    network = tflite.ModelT.InitFromPackedBuf(model, 0)
    network.metadata = [entry for entry in network.metadata or [] if entry.name != METADATA]
    network.metadata.append(_table(tflite.MetadataT, name=METADATA, buffer=len(network.buffers)))
    network.buffers.append(_table(tflite.BufferT, data=list(metadata)))
    return _packed(network, b"TFL3")


def _table(kind: Any, **fields: Any) -> Any:
    table = kind()
    for name, value in fields.items():
        if not hasattr(table, name):
            raise AttributeError(f"{kind.__name__} has no field {name}")
        setattr(table, name, value)
    return table


def _packed(table: Any, identifier: bytes) -> bytes:
    import flatbuffers

    builder = flatbuffers.Builder(0)
    builder.Finish(table.Pack(builder), identifier)
    return bytes(builder.Output())

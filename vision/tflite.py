"""The insides of ``.tflite`` files, which are FlatBuffers: building tables, writing them, and input metadata."""

from typing import Any

METADATA = b"TFLITE_METADATA"


def with_unit_range(model: bytes, name: str) -> bytes:
    """A ``.tflite`` of one RGB input with metadata saying that the input is pixel / 255."""
    from mediapipe.tasks.metadata import metadata_schema_py_generated as meta
    from mediapipe.tasks.metadata import schema_py_generated as tflite

    image = table(
        meta.TensorMetadataT,
        name="image",
        content=table(
            meta.ContentT,
            contentPropertiesType=meta.ContentProperties.ImageProperties,
            contentProperties=table(meta.ImagePropertiesT, colorSpace=meta.ColorSpaceType.RGB),
        ),
        processUnits=[
            table(
                meta.ProcessUnitT,
                optionsType=meta.ProcessUnitOptions.NormalizationOptions,
                options=table(meta.NormalizationOptionsT, mean=[0.0], std=[255.0]),
            )
        ],
    )
    graph = table(meta.SubGraphMetadataT, inputTensorMetadata=[image])
    metadata = packed(
        table(meta.ModelMetadataT, name=name, minParserVersion="1.0.0", subgraphMetadata=[graph]), b"M001"
    )
    network = tflite.ModelT.InitFromPackedBuf(model, 0)
    network.metadata = [entry for entry in network.metadata or [] if entry.name != METADATA]
    network.metadata.append(table(tflite.MetadataT, name=METADATA, buffer=len(network.buffers)))
    network.buffers.append(table(tflite.BufferT, data=list(metadata)))
    return packed(network, b"TFL3")


def table(kind: Any, **fields: Any) -> Any:
    """A FlatBuffers table of this kind, with these fields. Raises AttributeError for a field that it has not."""
    made = kind()
    for name, value in fields.items():
        if not hasattr(made, name):
            raise AttributeError(f"{kind.__name__} has no field {name}")
        setattr(made, name, value)
    return made


def packed(root: Any, identifier: bytes) -> bytes:
    """The bytes of a FlatBuffers file with this root table."""
    import flatbuffers

    builder = flatbuffers.Builder(0)
    builder.Finish(root.Pack(builder), identifier)
    return bytes(builder.Output())

"""Pictures as files: what they say of themselves, and what they do not."""

import io
import json

import numpy as np
import pytest
from PIL import Image

from tryon.files import KEYWORD, SOURCE_TYPE, Provenance, encode_picture

TOLD = Provenance(
    claim_generator="Shopglass/0", time="2026-01-02T03:04:05+00:00", garments=("SG-1 & <2>",), models={}, invented=0.01
)
PIXELS = np.random.default_rng(0).integers(0, 256, (90, 120, 3), np.uint8)


def test_a_png_tells_how_it_was_made_and_keeps_every_pixel() -> None:
    image = Image.open(io.BytesIO(encode_picture(PIXELS, TOLD)))
    assert (np.asarray(image) == PIXELS).all()
    told = json.loads(image.text[KEYWORD])  # type: ignore[attr-defined]
    assert told["garments"] == ["SG-1 & <2>"]
    assert told["digital_source_type"] == SOURCE_TYPE
    assert SOURCE_TYPE in image.text["XML:com.adobe.xmp"]  # type: ignore[attr-defined]


def test_a_jpeg_tells_it_in_xmp_and_carries_no_exif() -> None:
    image = Image.open(io.BytesIO(encode_picture(PIXELS, TOLD, "jpeg")))
    assert SOURCE_TYPE in image.info["xmp"].decode()
    assert "SG-1 &amp;" in image.info["xmp"].decode().replace("&amp;amp;", "&amp;")
    assert not image.getexif()


def test_a_layer_keeps_its_alpha() -> None:
    rgba = np.dstack([PIXELS, PIXELS[..., 0]])
    assert (np.asarray(Image.open(io.BytesIO(encode_picture(rgba, TOLD)))) == rgba).all()


@pytest.mark.parametrize("kind", ["png", "jpeg"])
def test_a_watermark_is_written_when_asked_for(kind: str) -> None:
    plain = np.asarray(Image.open(io.BytesIO(encode_picture(PIXELS, TOLD, kind))), int)  # type: ignore[arg-type]
    marked = np.asarray(Image.open(io.BytesIO(encode_picture(PIXELS, TOLD, kind, watermark="try-on"))), int)  # type: ignore[arg-type]
    changed = np.abs(marked - plain).max(axis=-1) > 60
    assert changed[70:].sum() > 60
    assert not changed[:60].any()

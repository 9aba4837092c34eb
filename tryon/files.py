"""A try-on as a picture file: nothing of the photo's metadata, but how the picture came about."""

import io
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Final, Literal
from xml.sax.saxutils import escape

import msgspec
import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from tryon.answer import Answer

Format = Literal["png", "jpeg"]

SOURCE_TYPE: Final = "http://cv.iptc.org/newscodes/digitalsourcetype/compositeSynthetic"
"""IPTC's term for a picture put together from several, some of them not photographed."""

KEYWORD: Final = "shopglass.provenance"
"""Of the PNG text chunk, and the local name of the XMP property, that hold the provenance."""

_XMP: Final = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:xmp="http://ns.adobe.com/xap/1.0/"
 xmlns:ext="http://iptc.org/std/Iptc4xmpExt/2008-02-29/" xmlns:shopglass="urn:shopglass:xmp">
<xmp:CreatorTool>{tool}</xmp:CreatorTool><xmp:CreateDate>{time}</xmp:CreateDate>
<ext:DigitalSourceType>{kind}</ext:DigitalSourceType>
<shopglass:provenance>{text}</shopglass:provenance>
</rdf:Description></rdf:RDF></x:xmpmeta>
<?xpacket end="r"?>"""


class Provenance(Struct, frozen=True, kw_only=True):
    """How a picture was made, in the words of C2PA's actions, unsigned: a statement, no proof.

    garments: the id or digest of each, in the order they were put on; models: tags of the networks that read the photo;
    invented: the share of the picture's pixels that show what no photo showed.
    """

    claim_generator: str
    time: str
    garments: tuple[str, ...]
    models: dict[str, str]
    invented: float
    title: str = "Try-on"
    description: str = (
        "Composite of a photo of a person with warped garments or drawn accessories; no generative model."
    )
    action: str = "c2pa.edited"
    digital_source_type: str = SOURCE_TYPE


def provenance(answer: Answer) -> Provenance:
    """What is true of a picture made now."""
    report = answer.report
    return Provenance(
        claim_generator=f"Shopglass/{version('shopglass')}",
        time=datetime.now(UTC).isoformat(timespec="seconds"),
        garments=tuple(report.garments[index] for index in report.order),
        models=report.models,
        invented=round(float(answer.invented.mean()), 4),
    )


def encode_picture(
    pixels: NDArray[np.uint8], told: Provenance, kind: Format = "png", *, quality: int = 92, watermark: str = ""
) -> bytes:
    """A picture (h, w, 3) RGB or (h, w, 4) RGBA uint8 as a PNG or JPEG file that states its provenance.

    PNG: an iTXt chunk named KEYWORD with JSON, and XMP; JPEG, without alpha: XMP. watermark: words written visibly
    into the lower left corner; none by default.
    """
    from PIL import Image, PngImagePlugin

    if watermark:
        pixels = _written_on(pixels, watermark)
    text = msgspec.json.encode(told).decode()
    xmp = _XMP.format(tool=escape(told.claim_generator), time=told.time, kind=SOURCE_TYPE, text=escape(text))
    file = io.BytesIO()
    image = Image.fromarray(pixels)
    if kind == "png":
        chunks = PngImagePlugin.PngInfo()
        chunks.add_itxt(KEYWORD, text)
        chunks.add_itxt("XML:com.adobe.xmp", xmp)
        image.save(file, "PNG", pnginfo=chunks, compress_level=4)
    else:
        image.convert("RGB").save(file, "JPEG", quality=quality, xmp=xmp.encode(), subsampling=0)
    return file.getvalue()


def _written_on(pixels: NDArray[np.uint8], words: str) -> NDArray[np.uint8]:
    from PIL import Image, ImageDraw, ImageFont

    image = Image.fromarray(pixels)
    size = max(12, round(min(image.size) / 32))
    draw = ImageDraw.Draw(image)
    place = size // 2, image.height - round(size * 1.7)
    font = ImageFont.load_default(size)
    draw.text(place, words, "white", font, stroke_width=max(1, size // 10), stroke_fill="black")
    return np.asarray(image)

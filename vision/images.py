"""Bytes from outside to pixels: by content, upright, sRGB, within caps that are checked before anything is decoded."""

import functools
import io
import sys
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

import numpy as np
from msgspec import Struct
from numpy.typing import ArrayLike, NDArray
from PIL import AvifImagePlugin, Image, UnidentifiedImageError, WebPImagePlugin

from core.errors import BadImage, ImageTooLarge

if TYPE_CHECKING:
    from PIL import ImageCms

    from core.settings import Images

# Only these decoders ever see the bytes. An animation is taken by its first frame.
FORMATS: Final = ("JPEG", "PNG", "WEBP", "GIF", "AVIF", "HEIF")
assert AvifImagePlugin.SUPPORTED and WebPImagePlugin.SUPPORTED  # noqa: PT018  Pillow opens what has been imported

# EXIF orientation → what sets the picture upright.
_UPRIGHT: Final = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
# A picture of 50 million pixels takes up to 400 MB on its way: pictures above this many go one at a time.
_LARGE: Final = 16_000_000
_one_large = threading.Lock()


class Picture(Struct, frozen=True):
    """A decoded picture.

    pixels: (h, w, 3) uint8 sRGB, upright, longest side within the limit.
    width, height: of the upright original, in its own pixels.
    """

    pixels: NDArray[np.uint8]
    width: int
    height: int


def decode(data: bytes, limits: "Images") -> Picture:
    """Decode JPEG, PNG, WebP, AVIF, HEIC or the first frame of a GIF, whatever the file was called.

    EXIF orientation is applied, a colour profile is converted to sRGB, 16 bits are scaled to 8, transparency is laid
    on white. Raises ImageTooLarge beyond limits.max_bytes or limits.max_pixels, before decoding, and BadImage for
    anything that cannot be decoded to its end. Safe to call from several threads.
    """
    return _decoded(data, limits, _on_white)


def decode_cutout(data: bytes, limits: "Images") -> Picture:
    """As :func:`decode`, but with pixels (h, w, 4), straight alpha, where the file has transparency."""
    return _decoded(data, limits, lambda image: image)


def _decoded(data: bytes, limits: "Images", finish: Callable[[Image.Image], Image.Image]) -> Picture:
    if len(data) > limits.max_bytes:
        raise ImageTooLarge(f"The picture has {len(data):,} bytes; {limits.max_bytes:,} are allowed.")
    if not data:
        raise BadImage("The picture is empty: it has no bytes.")
    try:
        with _open(data) as image:
            if image.width * image.height > limits.max_pixels:
                raise _too_large(f"{image.width} × {image.height} pixels", limits)
            return _read(image, limits.longest, finish)
    except BadImage:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _too_large("far too many pixels", limits) from error
    except Exception as error:  # decoders of hostile bytes raise a dozen unrelated types
        raise BadImage("The picture is cut short or damaged.") from error


def crop(picture: Picture, box: ArrayLike, margin: float = 0.0) -> NDArray[np.uint8]:
    """The pixels (h, w, 3) within a box, at least one; a view, not a copy.

    box: (x, y, w, h) as fractions of the picture; what lies outside the picture is left out.
    margin: added on every side, as a fraction of the box's own width and height.
    """
    x, y, w, h = (float(value) for value in np.asarray(box, np.float64))
    rows, columns = picture.pixels.shape[:2]
    left, right = _span(x - margin * w, x + (1 + margin) * w, columns)
    top, bottom = _span(y - margin * h, y + (1 + margin) * h, rows)
    return picture.pixels[top:bottom, left:right]


def _span(start: float, stop: float, length: int) -> tuple[int, int]:
    first = min(max(round(start * length), 0), length - 1)
    return first, max(first + 1, min(round(stop * length), length))


def _open(data: bytes) -> Image.Image:
    _register_heif()
    try:
        return _pillow_open()(io.BytesIO(data), formats=FORMATS)
    except UnidentifiedImageError as error:
        raise BadImage(
            "The file is no picture of a kind that is taken, or its header is damaged.",
            remedy="Send JPEG, PNG, WebP, AVIF, HEIC or GIF.",
        ) from error


def _pillow_open() -> Callable[..., Image.Image]:
    """Pillow's own: ultralytics, once loaded, puts one in its place that goes looking for packages to install."""
    patches = sys.modules.get("ultralytics.utils.patches")
    return Image.open if patches is None else patches._image_open


@functools.cache
def _register_heif() -> None:
    import pillow_heif

    pillow_heif.register_heif_opener()


def _too_large(what: str, limits: "Images") -> ImageTooLarge:
    return ImageTooLarge(f"The picture has {what}; {limits.max_pixels:,} are allowed.")


def _read(image: Image.Image, longest: int, finish: Callable[[Image.Image], Image.Image]) -> Picture:
    width, height = image.size
    scale = min(1.0, longest / max(width, height))
    size = max(1, round(width * scale)), max(1, round(height * scale))
    if scale < 1:
        image.draft(None, size)  # JPEG: at 1/2, 1/4, 1/8, not below size; HEIC: from a thumbnail not below it
    if image.width * image.height > _LARGE:
        with _one_large:
            small = _shrink(image, size)
    else:
        small = _shrink(image, size)
    orientation = _orientation(image)
    if orientation in _UPRIGHT:
        small = small.transpose(_UPRIGHT[orientation])
        if orientation >= 5:
            width, height = height, width
    pixels = np.asarray(finish(_to_srgb(small, image.info.get("icc_profile"))))
    return Picture(pixels=pixels, width=width, height=height)


def _shrink(image: Image.Image, size: tuple[int, int]) -> Image.Image:
    """Decode, and bring to size in a mode with 8 bits a channel: L, RGB, RGBA or CMYK."""
    image.load()
    if image.mode.startswith("I"):  # 16 bits of grey; Pillow's own conversion clips them at 255
        grey = np.asarray(image).astype(np.float32)
        shrunk = Image.fromarray(np.clip(grey / 257 + 0.5, 0, 255).astype(np.uint8))
    elif image.mode in {"L", "RGB", "RGBA", "CMYK"} and "transparency" not in image.info:
        shrunk = image
    elif image.mode in {"PA", "La", "LA", "RGBa"} or "transparency" in image.info:
        shrunk = image.convert("RGBA")
    else:
        shrunk = image.convert("L" if image.mode == "1" else "RGB")
    # Hamming: for shrinking as good as bicubic, in 5 ms instead of 8 from 1,000 × 750 to 640 × 480.
    return shrunk if shrunk.size == size else shrunk.resize(size, Image.Resampling.HAMMING, reducing_gap=2.0)


def _orientation(image: Image.Image) -> int:
    try:
        return int(image.getexif().get(0x0112, 1))
    except Exception:  # damaged notes about a picture do not make it unreadable
        return 1


def _to_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """RGB or RGBA in sRGB; a profile that is damaged, or for other channels than these, counts as none."""
    alpha = image.getchannel("A") if image.mode == "RGBA" else None
    opaque = image.convert("RGB") if alpha else image
    converted = None
    if profile:
        from PIL import ImageCms

        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            if "sRGB" in (source.profile.profile_description or "") and opaque.mode == "RGB":
                converted = opaque
            else:
                converted = ImageCms.profileToProfile(opaque, source, _srgb(), outputMode="RGB")
        except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
            converted = None
    converted = converted or opaque.convert("RGB")
    if alpha:
        converted.putalpha(alpha)
    return converted


@functools.cache
def _srgb() -> "ImageCms.ImageCmsProfile":
    from PIL import ImageCms

    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))


def _on_white(image: Image.Image) -> Image.Image:
    if image.mode != "RGBA":
        return image
    white = Image.new("RGBA", image.size, "white")
    return Image.alpha_composite(white, image).convert("RGB")

"""Decoding: what is true of good pictures of every kind, and what becomes of bad ones."""

import contextlib
import io
import struct
import subprocess
import sys
import threading
import tracemalloc
import zlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pillow_heif
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms, ImageDraw

from core.errors import BadImage, ImageTooLarge
from core.settings import Images
from vision.images import FORMATS, Picture, crop, decode, decode_cutout

ROOT = Path(__file__).parents[2]

# Pillow warns of damaged notes that the decoder decides about itself.
pytestmark = pytest.mark.filterwarnings("ignore::UserWarning:PIL")

pillow_heif.register_heif_opener()
LIMITS = Images()
QUALITY = {"JPEG": {"quality": 95}, "WEBP": {"quality": 95}, "AVIF": {"quality": 95}, "HEIF": {"quality": 95}}


def encode(image: Image.Image, kind: str = "PNG", **options: Any) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **QUALITY.get(kind, {}) | options)
    return file.getvalue()


def quarters(width: int = 160, height: int = 120, mode: str = "RGB") -> Image.Image:
    """Red, green over blue, yellow: every turn and mirror image of it is another picture."""
    image = Image.new("RGB", (width, height), "red")
    draw = ImageDraw.Draw(image)
    draw.rectangle((width // 2, 0, width, height // 2 - 1), "lime")
    draw.rectangle((0, height // 2, width // 2 - 1, height), "blue")
    draw.rectangle((width // 2, height // 2, width, height), "yellow")
    return image.convert(mode)


CORNERS = {(0.25, 0.25): (255, 0, 0), (0.75, 0.25): (0, 255, 0), (0.25, 0.75): (0, 0, 255), (0.75, 0.75): (255, 255, 0)}


def assert_quarters(picture: Picture, tolerance: int = 12) -> None:
    height, width = picture.pixels.shape[:2]
    for (x, y), colour in CORNERS.items():
        found = picture.pixels[int(y * height), int(x * width)].astype(int)
        assert np.abs(found - colour).max() <= tolerance, f"{found} at {x}, {y} instead of {colour}"


@pytest.mark.parametrize("kind", FORMATS)
def test_every_format_is_read_by_its_content(kind: str) -> None:
    picture = decode(encode(quarters(), kind), LIMITS)
    assert picture.pixels.dtype == np.uint8
    assert picture.pixels.shape == (120, 160, 3)
    assert (picture.width, picture.height) == (160, 120)
    assert_quarters(picture)


@pytest.mark.parametrize("kind", FORMATS)
def test_a_large_picture_is_brought_to_the_limit_and_its_size_is_kept(kind: str) -> None:
    picture = decode(encode(quarters(2000, 1500), kind), LIMITS)
    assert picture.pixels.shape == (480, 640, 3)
    assert (picture.width, picture.height) == (2000, 1500)
    assert_quarters(picture)


def test_a_jpeg_decoded_at_reduced_scale_is_the_same_picture() -> None:
    rng = np.random.default_rng(0)
    smooth = Image.fromarray(rng.integers(0, 256, (30, 40, 3), np.uint8)).resize((2400, 1800), Image.Resampling.BICUBIC)
    found = decode(encode(smooth, "JPEG"), LIMITS).pixels.astype(int)
    true = np.asarray(smooth.resize((640, 480), Image.Resampling.BICUBIC)).astype(int)
    assert np.abs(found - true).mean() < 1.5


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_exif_orientation_is_applied_before_anything_measures(kind: str, orientation: int) -> None:
    turned = {
        1: None,
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }[orientation]
    upright = quarters(1600, 1200)
    stored = upright if turned is None else upright.transpose(turned)
    exif = Image.Exif()
    exif[0x0112] = orientation
    picture = decode(encode(stored, kind, exif=exif.tobytes()), LIMITS)
    assert (picture.width, picture.height) == (1600, 1200)
    assert picture.pixels.shape == (480, 640, 3)
    assert_quarters(picture)


def test_damaged_exif_leaves_the_picture_readable() -> None:
    data = encode(quarters(), "JPEG", exif=b"Exif\0\0II*\0\xff\xff\xff\xff" + b"\x01\x12" * 40)
    assert_quarters(decode(data, LIMITS))


def test_a_wide_gamut_profile_is_converted_to_srgb() -> None:
    """Display P3 (1, 0, 0) lies outside sRGB; (.5, .5, .5) is grey in both."""
    p3 = display_p3()
    colours = {}
    for name, rgb in {"red": (200, 60, 60), "grey": (128, 128, 128)}.items():
        colours[name] = decode(encode(Image.new("RGB", (8, 8), rgb), icc_profile=p3), LIMITS).pixels[0, 0].astype(int)
    assert np.abs(colours["grey"] - 128).max() <= 1
    # By the matrices of both spaces, D65 and the sRGB curve: (200, 60, 60) in P3 is (217, 42, 52) in sRGB.
    assert np.abs(colours["red"] - (217, 42, 52)).max() <= 1


def test_a_damaged_or_unfitting_profile_counts_as_none() -> None:
    for profile in (
        b"rubbish" * 40,
        display_p3()[:150],
        ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes(),
    ):
        assert_quarters(decode(encode(quarters(), "PNG", icc_profile=profile), LIMITS), tolerance=0)


def test_transparency_is_laid_on_white() -> None:
    image = Image.new("RGBA", (30, 10), (255, 0, 0, 255))
    image.paste((0, 0, 0, 0), (10, 0, 20, 10))
    image.paste((0, 0, 255, 128), (20, 0, 30, 10))
    row = decode(encode(image), LIMITS).pixels[5]
    assert row[5].tolist() == [255, 0, 0]
    assert row[15].tolist() == [255, 255, 255]
    assert np.abs(row[25].astype(int) - (127, 127, 255)).max() <= 1


def test_a_cut_out_keeps_its_alpha_and_a_photo_has_none() -> None:
    image = Image.new("RGBA", (8, 8), (200, 10, 10, 0))
    image.paste((10, 200, 10, 255), (0, 0, 4, 8))
    pixels = decode_cutout(encode(image), LIMITS).pixels
    assert pixels.shape == (8, 8, 4)
    assert pixels[0, :, 3].tolist() == [255] * 4 + [0] * 4
    assert decode_cutout(encode(image.convert("RGB")), LIMITS).pixels.shape == (8, 8, 3)


def test_a_colour_hidden_under_full_transparency_does_not_bleed_when_shrunk() -> None:
    image = Image.new("RGBA", (1280, 1280), (0, 0, 0, 0))
    image.paste((255, 0, 0, 255), (0, 0, 641, 1280))
    pixels = decode(encode(image), LIMITS).pixels.astype(int)
    red, green = pixels[..., 0], pixels[..., 1]
    assert red.min() >= 254
    assert green[:, 322:].min() == 255


@pytest.mark.parametrize(
    ("mode", "kind"),
    [
        ("1", "PNG"),
        ("L", "JPEG"),
        ("LA", "PNG"),
        ("P", "PNG"),
        ("P", "GIF"),
        ("CMYK", "JPEG"),
        ("YCbCr", "JPEG"),
        ("RGBA", "WEBP"),
    ],
)
def test_every_colour_mode_becomes_rgb(mode: str, kind: str) -> None:
    picture = decode(encode(quarters(mode=mode), kind), LIMITS)
    assert picture.pixels.shape == (120, 160, 3)
    if mode not in {"1", "L", "LA"}:
        assert_quarters(picture, tolerance=20)


def test_a_palette_with_a_transparent_entry_shows_white_there() -> None:
    image = Image.new("P", (20, 10), 0)
    image.putpalette([10, 20, 30, 200, 100, 50])
    image.paste(1, (10, 0, 20, 10))
    row = decode(encode(image, transparency=0), LIMITS).pixels[5]
    assert row[2].tolist() == [255, 255, 255]
    assert row[15].tolist() == [200, 100, 50]


@pytest.mark.parametrize("longest", [640, 16])
def test_sixteen_bits_of_grey_are_scaled_not_clipped(longest: int) -> None:
    ramp = np.linspace(0, 65535, 64).astype(np.uint16)[None].repeat(8, 0)
    pixels = decode(encode(Image.fromarray(ramp)), Images(longest=longest)).pixels
    assert pixels.shape[2] == 3
    if longest == 640:
        np.testing.assert_array_equal(pixels[0, :, 1], np.round(ramp[0] / 257))
    assert np.all(np.diff(pixels[0, :, 0].astype(int)) > 0)


def test_sixteen_bits_of_colour_keep_their_upper_eight() -> None:
    raw = b"".join(b"\0" + struct.pack(">3H", 65535, 32896, 0) * 4 for _ in range(4))
    assert decode(png(4, 4, raw, depth=16, colour=2), LIMITS).pixels[2, 2].tolist() == [255, 128, 0]


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG", "AVIF"])
def test_an_animation_is_its_first_frame(kind: str) -> None:
    later = [Image.new("RGB", (160, 120), colour) for colour in ("black", "white")]
    data = encode(quarters(), kind, save_all=True, append_images=later, duration=40)
    assert_quarters(decode(data, LIMITS), tolerance=20)


@pytest.mark.parametrize("kind", [kind for kind in FORMATS if kind != "HEIF"])
def test_one_pixel_is_a_picture(kind: str) -> None:
    picture = decode(encode(Image.new("RGB", (1, 1), (250, 250, 250)), kind), LIMITS)
    assert picture.pixels.shape == (1, 1, 3)
    assert (picture.width, picture.height) == (1, 1)
    assert picture.pixels.min() >= 240


def test_a_line_of_pixels_keeps_at_least_one_each_way() -> None:
    assert decode(encode(Image.new("RGB", (5000, 1))), LIMITS).pixels.shape == (1, 640, 3)


def test_fifty_million_pixels_are_read_and_one_more_row_is_refused() -> None:
    picture = decode(encode(Image.new("RGB", (10_000, 5_000), (9, 99, 199)), "JPEG"), LIMITS)
    assert (picture.width, picture.height) == (10_000, 5_000)
    assert picture.pixels.shape == (320, 640, 3)
    assert np.abs(picture.pixels.astype(int) - (9, 99, 199)).max() <= 3
    with pytest.raises(ImageTooLarge, match="10000 × 5001 pixels; 50,000,000"):
        decode(encode(Image.new("1", (10_000, 5_001))), LIMITS)


@pytest.mark.parametrize("side", [7_200, 9_999, 30_000, 2**31 - 1])
def test_too_many_pixels_are_refused_from_the_header_alone(side: int) -> None:
    """There are no pixels after the header: had anything been decoded, the file would be refused as damaged."""
    header = png(side, side, b"\0")
    tracemalloc.start()
    with pytest.raises(ImageTooLarge, match="50,000,000 are allowed"):
        decode(header, LIMITS)
    assert tracemalloc.get_traced_memory()[1] < 2_000_000
    tracemalloc.stop()


def test_too_many_bytes_are_refused_unread() -> None:
    with pytest.raises(ImageTooLarge, match="1,001 bytes; 1,000 are allowed"):
        decode(b"\0" * 1001, Images(max_bytes=1000))


def test_no_bytes_are_refused() -> None:
    with pytest.raises(BadImage, match="empty"):
        decode(b"", LIMITS)


@pytest.mark.parametrize("kind", ["TIFF", "BMP", "EPS", "ICO", "PPM", "PDF"])
def test_a_kind_that_is_not_taken_is_refused_with_the_list(kind: str) -> None:
    with pytest.raises(BadImage) as caught:
        decode(encode(quarters(), kind), LIMITS)
    assert "HEIC" in str(caught.value.remedy)


def test_words_are_no_picture() -> None:
    with pytest.raises(BadImage, match="no picture"):
        decode(b"<svg xmlns='http://www.w3.org/2000/svg'/>", LIMITS)


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
@pytest.mark.parametrize("kind", FORMATS)
def test_a_file_cut_short_is_refused(kind: str, share: float) -> None:
    data = encode(noisy(), kind)
    with pytest.raises(BadImage) as caught:
        decode(data[: int(len(data) * share)], LIMITS)
    assert not isinstance(caught.value, ImageTooLarge)


@pytest.mark.parametrize("kind", FORMATS)
def test_bytes_changed_at_random_give_a_picture_or_bad_image_and_nothing_else(kind: str) -> None:
    rng = np.random.default_rng(FORMATS.index(kind))
    data = np.frombuffer(encode(noisy(), kind), np.uint8)
    refused = 0
    for _ in range(60):
        changed = data.copy()
        places = rng.integers(0, min(len(data), int(rng.choice([64, 400, len(data)]))), int(rng.integers(1, 12)))
        changed[places] = rng.integers(0, 256, len(places))
        if rng.random() < 0.3:
            changed = np.delete(changed, rng.integers(0, len(changed), 3))
        try:
            picture = decode(changed.tobytes(), LIMITS)
        except BadImage:
            refused += 1
        else:
            assert picture.pixels.dtype == np.uint8
            assert picture.pixels.ndim == 3
            assert 1 <= max(picture.pixels.shape[:2]) <= 640
    assert refused > 0


@settings(deadline=None)
@given(
    st.binary(max_size=300),
    st.sampled_from([b"", b"\xff\xd8\xff\xe0", b"\x89PNG\r\n\x1a\n", b"RIFF\0\0\0\0WEBP", b"GIF89a"]),
)
def test_any_bytes_give_a_picture_or_bad_image(data: bytes, start: bytes) -> None:
    with contextlib.suppress(BadImage):
        assert isinstance(decode(start + data, LIMITS), Picture)


@settings(deadline=None)
@given(st.integers(1, 300), st.integers(1, 300), st.integers(1, 64))
def test_the_longest_side_is_within_the_limit_and_the_shape_is_kept(width: int, height: int, longest: int) -> None:
    picture = decode(encode(Image.new("L", (width, height))), Images(longest=longest))
    rows, columns = picture.pixels.shape[:2]
    assert max(rows, columns) == min(longest, max(width, height))
    scale = max(rows, columns) / max(width, height)
    assert abs(rows - height * scale) <= 1
    assert abs(columns - width * scale) <= 1


def test_threads_decode_side_by_side() -> None:
    files = [encode(quarters(400 + 8 * i, 300), kind) for i, kind in enumerate(FORMATS * 4)]
    start = threading.Barrier(4)

    def read(lane: int) -> list[Picture]:
        start.wait()
        return [decode(data, LIMITS) for data in files[lane::4]]

    with ThreadPoolExecutor(4) as pool:
        for pictures in pool.map(read, range(4)):
            for picture in pictures:
                assert_quarters(picture)


fraction = st.floats(-0.5, 1.5)


@settings(deadline=None)
@given(fraction, fraction, fraction, fraction, st.floats(0, 0.5))
def test_a_crop_lies_in_the_picture_and_is_never_empty(x: float, y: float, w: float, h: float, margin: float) -> None:
    picture = Picture(pixels=np.zeros((30, 40, 3), np.uint8), width=400, height=300)
    rows, columns, channels = crop(picture, (x, y, abs(w), abs(h)), margin).shape
    assert 1 <= rows <= 30
    assert 1 <= columns <= 40
    assert channels == 3


def test_a_crop_is_where_the_box_says() -> None:
    picture = decode(encode(quarters()), LIMITS)
    assert np.all(crop(picture, (0.5, 0, 0.5, 0.5)) == (0, 255, 0))
    assert crop(picture, (0, 0, 1, 1)).shape == (120, 160, 3)
    assert crop(picture, (0.25, 0.25, 0.5, 0.5), margin=0.1).shape == (72, 96, 3)


def noisy() -> Image.Image:
    """Detail enough that every tenth of a file matters."""
    rng = np.random.default_rng(5)
    return Image.fromarray(rng.integers(0, 256, (96, 128, 3), np.uint8))


def png(width: int, height: int, rows: bytes, *, depth: int = 8, colour: int = 2) -> bytes:
    """A PNG written by hand, of any rows."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def display_p3() -> bytes:
    """A matrix profile with the primaries of Display P3 and a curve of gamma 2.2."""

    def s15(value: float) -> bytes:
        return struct.pack(">i", round(value * 65536))

    def xyz(*values: float) -> bytes:
        return b"XYZ \0\0\0\0" + b"".join(map(s15, values))

    tags = {
        b"desc": b"desc\0\0\0\0" + struct.pack(">I", 3) + b"P3\0" + b"\0" * 79,
        b"wtpt": xyz(0.9642, 1.0, 0.8249),
        b"rXYZ": xyz(0.51512, 0.2412, -0.00105),
        b"gXYZ": xyz(0.29198, 0.69225, 0.04189),
        b"bXYZ": xyz(0.1571, 0.06657, 0.78407),
        **{name: b"para\0\0\0\0\0\3\0\0" + s15(2.4) + s15(1 / 1.055) + s15(0.055 / 1.055) + s15(1 / 12.92) + s15(0.04045)
           for name in (b"rTRC", b"gTRC", b"bTRC")},
    }  # fmt: skip
    table, body, offset = struct.pack(">I", len(tags)), b"", 128 + 4 + 12 * len(tags)
    for name, value in tags.items():
        value += b"\0" * (-len(value) % 4)
        table += name + struct.pack(">II", offset + len(body), len(value))
        body += value
    header = struct.pack(">I", offset + len(body)) + b"\0\0\0\0\x02\x10\0\0mntrRGB XYZ " + b"\0" * 12 + b"acsp"
    header += b"\0" * 28 + s15(0.9642) + s15(1.0) + s15(0.8249)
    return header.ljust(128, b"\0") + table + body


def test_ultralytics_in_the_same_process_changes_nothing() -> None:
    script = (
        "import ultralytics, numpy; from core.settings import Images; from vision.images import decode\n"
        "try: decode(b'no picture', Images())\n"
        "except Exception as error: print(type(error).__name__, error.remedy)"
    )
    told = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=ROOT)
    assert told.stdout.splitlines()[-1].startswith("BadImage Send JPEG")
    assert "requirement" not in told.stdout

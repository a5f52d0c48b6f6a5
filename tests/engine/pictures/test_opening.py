"""Every kind of picture comes out as upright RGB, with honest notes; expectations from plain arithmetic and Pillow."""

from __future__ import annotations

import os
import struct
import warnings
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageOps, TiffImagePlugin

from tensorviz.engine.pictures import ACCEPTED_SUFFIXES, Picture, open_picture, opened, picture_of

Array = npt.NDArray[Any]


def noise(width: int = 31, height: int = 17, channels: int = 3) -> Array:
    shape = (height, width, channels) if channels > 1 else (height, width)
    return np.random.default_rng(2).integers(0, 256, shape, dtype=np.uint8)


def through_file(path: Path, image: Image.Image, **options: Any) -> Picture:
    image.save(path, **options)
    return open_picture(str(path))


def pixels(picture: Picture) -> Array:
    assert picture.image.mode == "RGB"
    return np.asarray(picture.image)


@pytest.mark.parametrize("suffix", [".png", ".bmp", ".tif", ".ppm", ".tga", ".qoi", ".pcx", ".sgi", ".dds"])
def test_lossless_formats_keep_every_pixel(tmp_path: Path, suffix: str) -> None:
    got = through_file(tmp_path / f"a{suffix}", Image.fromarray(noise()))
    np.testing.assert_array_equal(pixels(got), noise())
    assert got.size == (31, 17)
    assert got.notes == ()


@pytest.mark.parametrize("suffix", [".jpg", ".webp", ".avif", ".jp2", ".gif", ".ico"])
def test_other_formats_give_pillows_pixels(tmp_path: Path, suffix: str) -> None:
    image = Image.fromarray(noise(32, 32))
    got = through_file(tmp_path / f"a{suffix}", image)
    with Image.open(tmp_path / f"a{suffix}") as expected:
        np.testing.assert_array_equal(pixels(got), np.asarray(expected.convert("RGB")))


def test_a_wrong_suffix_does_not_matter(tmp_path: Path) -> None:
    got = through_file(tmp_path / "a.jpg", Image.fromarray(noise()), format="PNG")
    assert got.format == "PNG"
    assert through_file(tmp_path / "noname", Image.fromarray(noise()), format="WEBP").format == "WEBP"


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("suffix", [".jpg", ".png", ".webp", ".tif", ".avif"])
def test_exif_orientation_is_applied_once(tmp_path: Path, suffix: str, orientation: int) -> None:
    path = tmp_path / f"a{suffix}"
    exif = Image.Exif()
    exif[0x0112] = orientation
    got = through_file(path, Image.fromarray(noise()), exif=exif)
    with Image.open(path) as stored:
        expected = ImageOps.exif_transpose(stored).convert("RGB")
    np.testing.assert_array_equal(pixels(got), np.asarray(expected))
    assert got.image.size == ((31, 17) if orientation < 5 else (17, 31))
    assert got.size == (31, 17)
    assert any("EXIF orientation" in note for note in got.notes) == (orientation > 1)


def test_a_broken_exif_block_costs_a_note_only(tmp_path: Path) -> None:
    got = through_file(tmp_path / "a.jpg", Image.fromarray(noise()), exif=b"Exif\0\0" + b"\xff" * 40)
    assert got.image.size == (31, 17)
    through_file(tmp_path / "b.jpg", Image.fromarray(noise()), exif=b"Exif\0\0II*\0\x08\0\0\0\xff\xff" + b"\x7f" * 30)


def over_white(rgb: Array, alpha: Array) -> Array:
    share = alpha[..., None].astype(float) / 255
    return rgb * share + 255 * (1 - share)


def test_transparency_of_rgba_and_la_is_laid_on_white(tmp_path: Path) -> None:
    four, two = noise(channels=4), noise(channels=2)
    got = through_file(tmp_path / "a.png", Image.fromarray(four))
    np.testing.assert_allclose(pixels(got), over_white(four[..., :3], four[..., 3]), atol=1)
    assert got.notes == ("transparency laid on white",)
    got = through_file(tmp_path / "b.png", Image.fromarray(two, "LA"))
    np.testing.assert_allclose(pixels(got), over_white(two[..., :1].repeat(3, axis=2), two[..., 1]), atol=1)


def test_a_palette_with_transparency(tmp_path: Path) -> None:
    image = Image.fromarray(np.array([[0, 1, 2]], np.uint8), "P")
    image.putpalette([10, 20, 30, 40, 50, 60, 70, 80, 90])
    one = through_file(tmp_path / "a.png", image, transparency=1)
    assert pixels(one).tolist() == [[[10, 20, 30], [255, 255, 255], [70, 80, 90]]]
    many = through_file(tmp_path / "b.png", image, transparency=bytes([255, 0, 0]))
    assert pixels(many).tolist() == [[[10, 20, 30], [255, 255, 255], [255, 255, 255]]]


def test_one_colour_called_transparent(tmp_path: Path) -> None:
    rgb = Image.fromarray(np.array([[[1, 2, 3], [9, 9, 9]]], np.uint8))
    got = through_file(tmp_path / "a.png", rgb, transparency=(9, 9, 9))
    assert pixels(got).tolist() == [[[1, 2, 3], [255, 255, 255]]]
    grey = Image.fromarray(np.array([[5, 7]], np.uint8))
    assert pixels(through_file(tmp_path / "b.png", grey, transparency=7)).tolist() == [[[5] * 3, [255] * 3]]


def test_an_opaque_alpha_channel_deserves_no_note(tmp_path: Path) -> None:
    four = noise(channels=4)
    four[..., 3] = 255
    got = through_file(tmp_path / "a.png", Image.fromarray(four))
    assert got.notes == ()
    np.testing.assert_array_equal(pixels(got), four[..., :3])


@pytest.mark.parametrize("suffix", [".png", ".tif", ".pgm"])
def test_sixteen_bit_grey_keeps_its_upper_eight(tmp_path: Path, suffix: str) -> None:
    values = np.arange(0, 65536, 16, dtype=np.uint16).reshape(64, 64)
    got = through_file(tmp_path / f"a{suffix}", Image.fromarray(values))
    np.testing.assert_array_equal(pixels(got), (values // 256).astype(np.uint8)[..., None].repeat(3, axis=2))
    assert got.notes == ("16 bits per channel reduced to 8",)


def test_big_endian_sixteen_bits(tmp_path: Path) -> None:
    values = np.array([[0, 0x1234], [0xFEDC, 0xFFFF]], ">u2")
    image = Image.frombytes("I;16B", (2, 2), values.tobytes())
    assert pixels(through_file(tmp_path / "a.tif", image))[..., 0].tolist() == [[0, 0x12], [0xFE, 0xFF]]


def sixteen_bit_png(values: Array) -> bytes:
    """A PNG of 16-bit RGB, which Pillow can read and not write."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    height, width, _ = values.shape
    rows = b"".join(b"\0" + row.astype(">u2").tobytes() for row in values)
    header = struct.pack(">IIBBBBB", width, height, 16, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def test_sixteen_bit_colours_of_a_png_are_noted(tmp_path: Path) -> None:
    values = np.random.default_rng(3).integers(0, 65536, (5, 7, 3), dtype=np.uint16)
    (tmp_path / "a.png").write_bytes(sixteen_bit_png(values))
    got = open_picture(str(tmp_path / "a.png"))
    np.testing.assert_array_equal(pixels(got), (values // 256).astype(np.uint8))
    assert got.notes == ("16 bits per channel reduced to 8",)


def test_floats_and_wide_integers_say_what_black_and_white_are(tmp_path: Path) -> None:
    unit = np.linspace(0, 1, 6, dtype=np.float32).reshape(2, 3)
    got = through_file(tmp_path / "a.tif", Image.fromarray(unit))
    np.testing.assert_array_equal(pixels(got)[..., 0], np.rint(unit * 255).astype(np.uint8))
    assert got.notes == ("32-bit floating-point numbers shown from 0 (black) to 1 (white)",)
    wide = np.array([[-100, 0], [100, 300]], np.int32)
    got = through_file(tmp_path / "b.tif", Image.fromarray(wide))
    assert pixels(got)[..., 0].tolist() == [[0, 64], [128, 255]]
    assert got.notes == ("32-bit whole numbers shown from -100 (black) to 300 (white)",)


def test_floats_that_are_not_finite(tmp_path: Path) -> None:
    values = np.array([[np.nan, 2, 4, np.inf]], np.float32)
    got = through_file(tmp_path / "a.tif", Image.fromarray(values))
    assert pixels(got)[..., 0].tolist() == [[0, 0, 255, 0]]
    assert "values that are not finite drawn black" in got.notes
    empty = through_file(tmp_path / "b.tif", Image.fromarray(np.full((1, 2), np.nan, np.float32)))
    assert pixels(empty).max() == 0


@pytest.mark.parametrize("suffix", [".jpg", ".tif"])
def test_cmyk(tmp_path: Path, suffix: str) -> None:
    image = Image.new("CMYK", (8, 8), (0, 255, 255, 0))  # full magenta and yellow: red
    got = through_file(tmp_path / f"a{suffix}", image)
    np.testing.assert_allclose(pixels(got), np.broadcast_to([255, 0, 0], (8, 8, 3)), atol=6)
    assert got.notes == ("CMYK inks converted to RGB without a colour profile",)


def test_black_and_white(tmp_path: Path) -> None:
    image = Image.fromarray(np.array([[True, False, True]]))
    assert image.mode == "1"
    assert pixels(through_file(tmp_path / "a.png", image))[..., 0].tolist() == [[255, 0, 255]]


def test_lab_whites_greys_and_red(tmp_path: Path) -> None:
    stored = np.array([[[255, 0, 0], [0, 0, 0], [137, 0, 0], [138, 81, 70]]], np.uint8)  # L 53.7 0 0; L 54 a 81 b 70
    got = through_file(tmp_path / "a.tif", Image.fromarray(stored, "LAB"))
    expected = [[255, 255, 255], [0, 0, 0], [128, 128, 128], [255, 0, 0]]
    np.testing.assert_allclose(pixels(got)[0], expected, atol=14)
    np.testing.assert_allclose(pixels(got)[0, :3], expected[:3], atol=1)


@pytest.mark.parametrize("suffix", [".gif", ".png", ".webp", ".avif", ".tif"])
def test_the_first_of_many_frames(tmp_path: Path, suffix: str) -> None:
    frames = [Image.new("RGB", (16, 16), colour) for colour in ("red", "lime", "blue")]
    got = through_file(tmp_path / f"a{suffix}", frames[0], save_all=True, append_images=frames[1:])
    np.testing.assert_allclose(pixels(got), np.broadcast_to([255, 0, 0], (16, 16, 3)), atol=4)
    assert got.notes[0].startswith("first ")


def test_one_pixel(tmp_path: Path) -> None:
    assert pixels(through_file(tmp_path / "a.png", Image.new("RGB", (1, 1), (1, 2, 3)))).tolist() == [[[1, 2, 3]]]


def test_a_picture_above_pillows_warning_level_opens_in_silence(tmp_path: Path) -> None:
    Image.new("1", (30_000, 3_000)).save(tmp_path / "a.png")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(Image.DecompressionBombWarning), Image.open(tmp_path / "a.png"):
            pytest.fail("the picture is too small for this test")
        with opened(str(tmp_path / "a.png")) as image:
            assert image.size == (30_000, 3_000)


def test_nothing_stays_open_and_nothing_is_mapped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if not Path("/proc/self/fd").is_dir():
        pytest.skip("open files cannot be counted here")
    monkeypatch.setattr("mmap.mmap", None)  # Pillow would map these two
    grey = Image.fromarray(noise(channels=1))
    kept = [through_file(tmp_path / name, grey) for name in ("a.bmp", "b.tif", "c.png", "d.gif")]
    kept.append(through_file(tmp_path / "e.tif", Image.fromarray(noise()), compression="tiff_lzw"))
    open_now = [os.path.realpath(entry) for entry in Path("/proc/self/fd").iterdir()]
    assert not [name for name in open_now if name.startswith(str(tmp_path))]
    assert str(tmp_path) not in Path("/proc/self/maps").read_text()
    kept.append(through_file(tmp_path / "f.webp", Image.fromarray(noise())))
    assert [type(picture.image) for picture in kept] == [Image.Image] * 6  # no decoder is kept with the pixels


def test_compressed_tiff_is_not_given_to_libtiff_by_descriptor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    image = Image.fromarray(noise())
    image.save(tmp_path / "a.tif", compression="tiff_lzw")
    given: list[object] = []
    inner = TiffImagePlugin.TiffImageFile._load_libtiff

    def watched(self: TiffImagePlugin.TiffImageFile) -> Any:
        given.append(getattr(self.fp, "name", None))
        with pytest.raises(OSError, match="fileno"):
            self.fp.fileno()  # type: ignore[union-attr]  # the file is there while loading
        return inner(self)

    monkeypatch.setattr(TiffImagePlugin.TiffImageFile, "_load_libtiff", watched)
    np.testing.assert_array_equal(pixels(open_picture(str(tmp_path / "a.tif"))), noise())
    assert given == [None]


def test_the_suffixes_of_everyday_are_accepted() -> None:
    assert {".jpg", ".jpeg", ".png", ".webp", ".gif", ".bmp", ".tiff", ".heic", ".avif", ".qoi"} <= ACCEPTED_SUFFIXES
    assert not {".eps", ".ps", ".wmf", ".pdf", ".svg"} & ACCEPTED_SUFFIXES


@settings(max_examples=60, deadline=None)
@given(
    mode=st.sampled_from(
        ["1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "I;16", "I", "F", "LAB", "YCbCr", "HSV", "PA", "La"]
    ),
    width=st.integers(1, 20),
    height=st.integers(1, 20),
    orientation=st.integers(-1, 20),
)
def test_any_mode_and_size_becomes_upright_rgb(mode: str, width: int, height: int, orientation: int) -> None:
    image = Image.new(mode, (width, height))
    image.getexif()[0x0112] = orientation
    got = picture_of(image)
    assert got.image.mode == "RGB"
    assert got.size == (width, height)
    assert got.image.size == ((height, width) if 5 <= orientation <= 8 else (width, height))

"""Each thing that can be wrong with a file gives its own sentence and a hint, and never anything but our own error."""

from __future__ import annotations

import gc
import os
import struct
import sys
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, PngImagePlugin

from tensorviz.core.errors import NothingFound, PictureUnreadable, TensorvizError
from tensorviz.engine.pictures import formats, open_picture
from tensorviz.engine.pictures.opening import LARGEST_PICTURE


def noise(width: int = 64, height: int = 48) -> Image.Image:
    return Image.fromarray(np.random.default_rng(1).integers(0, 256, (height, width, 3), dtype=np.uint8))


def written(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


def saved(path: Path, image: Image.Image | None = None, **options: object) -> Path:
    (image or noise()).save(path, **options)  # type: ignore[arg-type]  # options of many formats
    return path


def refused(path: Path | str) -> TensorvizError:
    with pytest.raises(TensorvizError) as caught:
        open_picture(str(path))
    assert caught.value.message.endswith(".")
    assert caught.value.hint.endswith((".", "pillow-heif"))
    return caught.value


def chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def png_of_size(width: int, height: int) -> bytes:
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    pixels = chunk(b"IDAT", zlib.compress(bytes(100)))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + pixels + chunk(b"IEND", b"")


def test_a_missing_file(tmp_path: Path) -> None:
    error = refused(tmp_path / "none.jpg")
    assert isinstance(error, NothingFound)
    assert "none.jpg does not exist" in error.message


def test_a_file_used_as_a_folder(tmp_path: Path) -> None:
    assert "does not exist" in refused(saved(tmp_path / "a.png") / "b.png").message


def test_a_folder(tmp_path: Path) -> None:
    assert "is a folder" in refused(tmp_path).message


def test_an_empty_file(tmp_path: Path) -> None:
    assert "is empty" in refused(written(tmp_path / "a.jpg", b"")).message


def test_a_text_file_called_jpg(tmp_path: Path) -> None:
    assert "is a text file" in refused(written(tmp_path / "a.jpg", "Grüße\n".encode() * 300)).message


def test_a_web_page_called_jpg(tmp_path: Path) -> None:
    assert "web page" in refused(written(tmp_path / "a.jpg", b"\n<!DOCTYPE html><html></html>")).message


def test_bytes_that_are_nothing(tmp_path: Path) -> None:
    error = refused(written(tmp_path / "a.png", bytes(range(128, 256)) * 20))
    assert "no picture of a known format" in error.message


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="the superuser may read everything")
def test_a_file_that_may_not_be_read(tmp_path: Path) -> None:
    path = saved(tmp_path / "a.png")
    path.chmod(0)
    assert "may not be read" in refused(path).message


def test_a_file_that_the_system_refuses_to_open(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = saved(tmp_path / "a.png")

    def refuse(*_arguments: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("builtins.open", refuse)
    assert "may not be read" in refused(path).message


@pytest.mark.skipif(sys.platform == "win32", reason="making links needs a privilege there")
def test_a_broken_link(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").symlink_to("gone.jpg")
    error = refused(tmp_path / "a.jpg")
    assert "broken link" in error.message
    assert "gone.jpg" in error.message


@pytest.mark.skipif(sys.platform == "win32", reason="making links needs a privilege there")
def test_a_link_to_itself(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").symlink_to("a.jpg")
    assert "cannot be opened" in refused(tmp_path / "a.jpg").message


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with names on this system")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.jpg")
    assert "not an ordinary file" in refused(tmp_path / "a.jpg").message


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the file system insists on text")
def test_a_name_that_is_not_utf8(tmp_path: Path) -> None:
    bad = os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.jpg")
    assert "caf\\xe9.jpg does not exist" in refused(bad).message
    Path(bad).write_bytes(saved(tmp_path / "good.jpg").read_bytes())
    assert open_picture(bad).size == (64, 48)
    assert "is empty" in refused(os.fsdecode(os.fsencode(written(tmp_path / "e", b"")))).message


@pytest.mark.parametrize("name", ["a\0b.jpg", "\ud800.jpg", "x" * 5000 + ".jpg"])
def test_a_name_that_no_file_can_have(name: str) -> None:
    refused(name)


@pytest.mark.parametrize(
    "suffix", [".jpg", ".png", ".gif", ".bmp", ".tif", ".ppm", ".tga", ".qoi", ".webp", ".avif", ".jp2"]
)
@pytest.mark.parametrize("share", [0.25, 0.6, 0.95])
def test_a_file_that_is_cut_off(tmp_path: Path, suffix: str, share: float) -> None:
    whole = saved(tmp_path / f"whole{suffix}").read_bytes()
    error = refused(written(tmp_path / f"cut{suffix}", whole[: int(len(whole) * share)]))
    assert isinstance(error, PictureUnreadable)
    assert "cut off" in error.message or "damaged" in error.message


def test_a_header_without_its_picture(tmp_path: Path) -> None:
    error = refused(written(tmp_path / "a.png", saved(tmp_path / "b.png").read_bytes()[:20]))
    assert "PNG" in error.message
    assert "cut off" in error.message


def test_a_start_that_makes_no_sense(tmp_path: Path) -> None:
    error = refused(written(tmp_path / "a.gif", b"GIF8" + b"\xe7" * 200))
    assert "starts like a GIF picture, but is damaged" in error.message


def test_a_changed_byte_in_a_png(tmp_path: Path) -> None:
    content = bytearray(saved(tmp_path / "a.png").read_bytes())
    content[len(content) // 2] ^= 0xFF
    assert "damaged" in refused(written(tmp_path / "b.png", bytes(content))).message


def test_a_picture_without_pixels(tmp_path: Path) -> None:
    assert "no pixels" in refused(written(tmp_path / "a.png", png_of_size(0, 5))).message
    assert "no pixels" in refused(written(tmp_path / "a.ppm", b"P6 0 5 255\n")).message
    assert "no pixels" in refused(written(tmp_path / "a.gif", b"GIF89a\0\0\5\0\0\0\0")).message


def test_a_decompression_bomb(tmp_path: Path) -> None:
    error = refused(written(tmp_path / "bomb.png", png_of_size(50_000, 50_000)))
    assert "50,000 x 50,000" in error.message
    assert "above the limit" in error.message


def test_the_limit_is_where_pillow_stops_and_its_warning_level_is_let_through(tmp_path: Path) -> None:
    width = LARGEST_PICTURE // 1000
    assert "above the limit" in refused(written(tmp_path / "a.png", png_of_size(width + 1, 1000))).message
    error = refused(written(tmp_path / "b.png", png_of_size(width, 1000)))  # its data are missing; its size is not
    assert "above the limit" not in error.message
    assert Image.MAX_IMAGE_PIXELS is not None
    assert Image.MAX_IMAGE_PIXELS * 2 == LARGEST_PICTURE


def test_a_text_block_that_unpacks_to_far_too_much(tmp_path: Path) -> None:
    info = PngImagePlugin.PngInfo()
    info.add_text("comment", "a" * 3_000_000, zip=True)
    error = refused(saved(tmp_path / "a.png", pnginfo=info))
    assert "larger than a picture should have" in error.message


EPS = b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\nshowpage\n"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (EPS, "another program"),
        (b"\xc5\xd0\xd3\xc6" + bytes(40), "another program"),
        (b"\xd7\xcd\xc6\x9a" + bytes(40), "metafile"),
        (b"%PDF-1.7\n" + bytes(40), "PDF"),
        (b'<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg"/>', "SVG"),
        (b"<svg width='1'/>", "SVG"),
        (b"PK\x03\x04" + bytes(40), "archive"),
        (b"\x00\x00\x00\x18ftypisom" + bytes(40), "video"),
        (b"\x00\x00\x00\x0cJXL \r\n\x87\n" + bytes(40), "JPEG XL"),
    ],
)
def test_what_is_no_picture_or_not_accepted(tmp_path: Path, content: bytes, said: str) -> None:
    assert said in refused(written(tmp_path / "a.jpg", content)).message


def test_no_program_is_started_for_eps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def start(*_arguments: object, **_options: object) -> None:
        pytest.fail("a program was started")

    monkeypatch.setattr("subprocess.Popen.__init__", start)
    refused(written(tmp_path / "a.eps", EPS))
    assert "EPS" not in formats.available_formats()
    assert "WMF" not in formats.available_formats()


def test_heic_without_its_plug_in_says_how_to_get_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(formats, "heif_available", lambda: False)
    content = b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic" + bytes(100)
    assert "pip install pillow-heif" in refused(written(tmp_path / "a.heic", content)).hint


def test_a_raw_file_of_a_camera(tmp_path: Path) -> None:
    content = saved(tmp_path / "a.tif").read_bytes()
    assert "raw file" in refused(written(tmp_path / "a.NEF", content)).message


def test_nothing_stays_open_after_a_failure(tmp_path: Path) -> None:
    if not Path("/proc/self/fd").is_dir():
        pytest.skip("open files cannot be counted here")
    cut = [written(tmp_path / f"c{s}", saved(tmp_path / f"a{s}").read_bytes()[:200]) for s in (".png", ".jpg", ".tif")]
    gc.collect()
    before = len(list(Path("/proc/self/fd").iterdir()))
    for path in cut * 5:
        refused(path)
    assert len(list(Path("/proc/self/fd").iterdir())) == before

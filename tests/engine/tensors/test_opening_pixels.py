"""Pictures as tensors, their samples as in the file: what NumPy makes of the picture, and code that gives the same.

Must not know how a picture is read.
"""

from __future__ import annotations

import json
import struct
import sys
import warnings
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import torch
from PIL import Image

from tensorviz.core.errors import Cancelled, NothingFound, PictureUnreadable, TensorvizError, ValueRefused
from tensorviz.engine.cancel import CancelToken
from tensorviz.engine.messages import JobFailed
from tensorviz.engine.messages.files import OpenPixels
from tensorviz.engine.messages.session import RestoreSession, RunCode, StepRan
from tensorviz.engine.tensors import opening_terms
from tensorviz.engine.tensors.opening import bring
from tensorviz.engine.tensors.opening_pixels import open_pixels
from tensorviz.engine.tensors.opening_terms import ChangedFile, Terms
from tests.engine.tensors.rig import Running

if TYPE_CHECKING:
    from tensorviz.engine.console.limits import TooCostly

Tensors = dict[str, torch.Tensor]


def opened(path: Path, terms: Terms | None = None, taken: tuple[str, ...] = ()) -> tuple[dict[str, Any], str, Tensors]:
    action, (code, values) = open_pixels(str(path), taken, terms or Terms())
    return json.loads(json.dumps(action)), code, dict(values)


def reproduced(code: str, values: Tensors) -> None:
    """Pillow's code by itself gives the same."""
    assert "tensorviz" not in code
    names: dict[str, Any] = {"torch": torch}
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warnings.filterwarnings("ignore", "The image decoding")  # torchvision means to drop its decoders
        exec(code, names)
    assert set(names) - {"torch", "__builtins__"} - set(values) == {next(n for n in names if n.startswith("read_"))}
    for name, value in values.items():
        assert torch.equal(names[name], value), name
        assert (names[name].dtype, names[name].stride()) == (value.dtype, value.stride())


def noise(*shape: int, top: int = 256, dtype: Any = np.uint8) -> np.ndarray[Any, Any]:
    return np.random.default_rng(5).integers(0, top, shape).astype(dtype)


MODES = [
    ("L", "png", noise(5, 7)), ("LA", "png", noise(5, 7, 2)), ("RGB", "png", noise(5, 7, 3)),
    ("RGBA", "png", noise(5, 7, 4)), ("1", "png", noise(5, 7, top=2, dtype=bool)), ("P", "png", noise(5, 7)),
    ("CMYK", "tif", noise(5, 7, 4)), ("YCbCr", "tif", noise(5, 7, 3)), ("LAB", "tif", noise(5, 7, 3)),
    ("I;16", "png", noise(5, 7, top=65536, dtype=np.uint16)), ("I;16", "tif", noise(5, 7, top=65536, dtype=np.uint16)),
    ("I", "tif", noise(5, 7, top=2**31, dtype=np.int32)), ("F", "tif", noise(5, 7, dtype=np.float32) / 7),
    ("RGBA", "webp", noise(5, 7, 4)), ("RGB", "bmp", noise(5, 7, 3)), ("L", "pgm", noise(5, 7)),
]  # fmt: skip  # a table


@pytest.mark.parametrize(("mode", "suffix", "samples"), MODES, ids=[f"{mode}.{suffix}" for mode, suffix, _ in MODES])
def test_samples_of_every_mode(tmp_path: Path, mode: str, suffix: str, samples: np.ndarray[Any, Any]) -> None:
    if mode in ("1", "F"):
        image = Image.fromarray(samples)
    else:
        image = Image.frombytes(mode, samples.shape[1::-1], samples.tobytes())
    if mode == "P":
        image.putpalette(bytes(range(256)) * 3)
    options: Any = {"lossless": True, "exact": True} if suffix == "webp" else {}
    image.save(tmp_path / f"it's.{suffix}", **options)
    _, code, values = opened(tmp_path / f"it's.{suffix}")
    assert values["picture"].numpy().dtype == samples.dtype
    assert np.array_equal(values["picture"].numpy(), samples)
    reproduced(code, values)
    wanted = {"picture", *(["picture_chw"] if samples.ndim == 3 else []), *(["picture_palette"] if mode == "P" else [])}
    wanted |= {"picture_float"} if samples.dtype == np.uint8 and mode != "P" else set()
    assert set(values) == wanted
    if samples.ndim == 3:
        assert values["picture_chw"].data_ptr() == values["picture"].data_ptr()
        assert values["picture_chw"].shape == (samples.shape[2], 5, 7)
    if mode == "P":
        assert values["picture_palette"].flatten().tolist() == list(bytes(range(256)) * 3)
    if "picture_float" in values and samples.ndim == 3:
        assert torch.equal(values["picture_float"], torch.tensor(samples.transpose(2, 0, 1)) / 255)


def test_sixteen_bits_in_the_other_order(tmp_path: Path) -> None:
    samples = noise(3, 4, top=65536, dtype=np.uint16)
    Image.frombytes("I;16B", (4, 3), samples.astype(">u2").tobytes()).save(tmp_path / "a.tif")
    _, code, values = opened(tmp_path / "a.tif")
    assert values["picture"].dtype == torch.uint16
    assert values["picture"].tolist() == samples.tolist()
    reproduced(code, values)


def png(width: int, height: int, colour: int, samples: list[list[int]]) -> bytes:
    """A PNG of 16-bit samples made of the format's own chunks."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = b"".join(b"\0" + struct.pack(f">{len(row)}H", *row) for row in samples)
    head = struct.pack(">IIBBBBB", width, height, 16, colour, 0, 0, 0)
    parts = chunk(b"IHDR", head), chunk(b"IDAT", zlib.compress(rows)), chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def test_a_png_that_no_library_wrote(tmp_path: Path) -> None:
    samples = [[0, 1, 65535], [256, 255, 40000]]
    (tmp_path / "a.png").write_bytes(png(3, 2, 0, samples))
    assert opened(tmp_path / "a.png")[2]["picture"].tolist() == samples


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("suffix", ["tif", "png"])
def test_an_orientation_is_not_applied_and_said(tmp_path: Path, orientation: int, suffix: str) -> None:
    samples = noise(5, 7, 3)
    exif = Image.Exif()
    exif[0x0112] = orientation
    Image.fromarray(samples).save(tmp_path / f"a.{suffix}", exif=exif)
    _, code, values = opened(tmp_path / f"a.{suffix}")
    assert np.array_equal(values["picture"].numpy(), samples)
    assert (f"EXIF orientation {orientation} is not applied" in code) is (orientation > 1)
    reproduced(code, values)


def test_frames_lie_first(tmp_path: Path) -> None:
    frames = [Image.fromarray(noise(4, 6, 3) // (at + 1)) for at in range(3)]
    for name, options in (("a.webp", {"lossless": True}), ("a.tif", {}), ("a.png", {})):
        more: Any = {"save_all": True, "append_images": frames[1:], **options}
        frames[0].save(tmp_path / name, **more)
        _, code, values = opened(tmp_path / name)
        assert np.array_equal(values["picture"][..., :3].numpy(), np.stack([np.asarray(one) for one in frames])), name
        assert values["picture_chw"].shape[2:] == (4, 6)
        reproduced(code, values)


def test_an_animated_gif_is_as_it_is_shown(tmp_path: Path) -> None:
    frames = [Image.new("P", (3, 2), at) for at in range(3)]
    for frame in frames:
        frame.putpalette([0, 0, 0, 255, 0, 0, 0, 255, 0, 0, 0, 255])
    frames[0].save(tmp_path / "a.gif", save_all=True, append_images=frames[1:])
    _, code, values = opened(tmp_path / "a.gif")
    assert values["picture"][:, 0, 0].tolist() == [[0, 0, 0, 255], [255, 0, 0, 255], [0, 255, 0, 255]]
    assert "frames as they are shown, RGBA" in code
    reproduced(code, values)
    frames[1].save(tmp_path / "one.gif", transparency=1)
    _, code, values = opened(tmp_path / "one.gif")
    assert values["picture_palette"][values["picture"].long()][0, 0].tolist() == [255, 0, 0]
    assert "is transparent" in code
    reproduced(code, values)


def test_pages_of_other_sizes_are_left_out_and_it_is_said(tmp_path: Path) -> None:
    first, second = Image.fromarray(noise(4, 6)), Image.fromarray(noise(2, 3))
    first.save(tmp_path / "a.tif", save_all=True, append_images=[second])
    _, code, values = opened(tmp_path / "a.tif")
    assert np.array_equal(values["picture"].numpy(), np.asarray(first))
    assert "1 more page of other sizes or kinds, which are not opened" in code
    reproduced(code, values)


@pytest.mark.parametrize(("colour", "channels"), [(2, 3), (4, 2), (6, 4)])
def test_colours_of_sixteen_bits_are_whole(
    tmp_path: Path, colour: int, channels: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = noise(2, 3 * channels, top=65536, dtype=np.uint16)
    (tmp_path / "a.png").write_bytes(png(3, 2, colour, [row.tolist() for row in rows]))
    _, code, values = opened(tmp_path / "a.png")
    assert values["picture"].dtype == torch.uint16
    assert values["picture"].tolist() == rows.reshape(2, 3, channels).tolist()
    assert values["picture_chw"].data_ptr() == values["picture"].data_ptr()
    reproduced(code, values)
    raw = (tmp_path / "a.png").read_bytes()
    (tmp_path / "cut.png").write_bytes(raw[:-30])
    monkeypatch.setitem(sys.modules, "torchvision.io", None)
    assert "16 bits per channel reduced to 8" in opened(tmp_path / "a.png")[1]
    monkeypatch.undo()
    with pytest.raises(PictureUnreadable):
        opened(tmp_path / "cut.png")


def test_names_are_free(tmp_path: Path) -> None:
    Image.fromarray(noise(4, 6, 3)).save(tmp_path / "a.png")
    _, code, values = opened(tmp_path / "a.png", taken=("picture", "picture_chw_2"))
    assert list(values) == ["picture_float_3", "picture_3", "picture_chw_3"]
    reproduced(code, values)


def test_much_is_asked_about(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening_terms, "LARGE", 200)
    frames = [Image.fromarray(noise(4, 6, 3) // (at + 1)) for at in range(3)]
    frames[0].save(tmp_path / "a.webp", save_all=True, append_images=frames[1:], lossless=True)
    asked: list[TooCostly] = []

    def allow(error: TooCostly) -> bool:
        asked.append(error)
        return len(asked) > 1

    with pytest.raises(ValueRefused, match="Nothing was opened"):
        opened(tmp_path / "a.webp", Terms(allow))
    assert opened(tmp_path / "a.webp", Terms(allow))[2]
    assert asked[0].message.startswith("Opening a.webp takes 2")
    assert asked[0].bytes in (216, 288)  # three or four channels


def test_reading_frames_can_be_cancelled(tmp_path: Path) -> None:
    frames = [Image.fromarray(noise(4, 6, 3) // (at + 1)) for at in range(3)]
    frames[0].save(tmp_path / "a.webp", save_all=True, append_images=frames[1:], lossless=True)
    token, looked = CancelToken(), []

    def check() -> None:
        looked.append(1)
        if len(looked) == 3:
            token.cancel()
        token.check()

    with pytest.raises(Cancelled):
        opened(tmp_path / "a.webp", Terms(check=check))


def test_what_is_no_picture_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "a.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")
    (tmp_path / "cut.png").write_bytes(b"\x89PNG\r\n\x1a\n\0\0")
    (tmp_path / "folder.png").mkdir()
    for name, error in (("a.svg", PictureUnreadable), ("cut.png", PictureUnreadable), ("folder.png", PictureUnreadable),
                        ("gone.png", NothingFound), ("a\0b", TensorvizError)):  # fmt: skip
        with pytest.raises(error):
            opened(tmp_path / name)
    noisy = Image.fromarray(noise(40, 60, 3))
    noisy.save(tmp_path / "whole.jpg")
    raw = (tmp_path / "whole.jpg").read_bytes()
    (tmp_path / "half.jpg").write_bytes(raw[: len(raw) // 2])
    with pytest.raises(PictureUnreadable, match="cut off"):
        opened(tmp_path / "half.jpg")


def test_a_bomb_is_refused_before_it_is_read(tmp_path: Path) -> None:
    (tmp_path / "a.pgm").write_bytes(b"P5 100000 100000 255\n")
    with pytest.raises(PictureUnreadable, match="above the limit"):
        opened(tmp_path / "a.pgm")


@pytest.mark.parametrize("data", [None, {}, {"number": 0}, {"number": True}, {"path": ""}, {"digest": 3}])
def test_a_log_that_somebody_wrote_is_refused(tmp_path: Path, data: Any) -> None:
    Image.fromarray(noise(2, 2)).save(tmp_path / "a.png")
    good = {"path": str(tmp_path / "a.png"), "number": 1, "digest": ""}
    assert bring({"pixels": good})
    with pytest.raises(ValueRefused):
        bring({"pixels": {**good, **data} if data else data})


def test_the_session_keeps_it_and_refuses_another_file(tmp_path: Path) -> None:
    Image.fromarray(noise(4, 6, 3)).save(tmp_path / "a.png")
    with Running(tmp_path / "session") as running:
        events = running.ask(OpenPixels(str(tmp_path / "a.png")))
        assert [event.step.effect for event in running.find(events, StepRan)] == ["new"]
        running.ask(RunCode("picture[0] = 0"))
        before = running.source.get().session.tensors()["picture_chw"].clone()
        (failed,) = running.find(running.ask(OpenPixels(str(tmp_path / "none.png"))), JobFailed)
        assert failed.problem.expected
    with Running(tmp_path / "session") as running:
        running.ask(RestoreSession())
        assert torch.equal(running.source.get().session.tensors()["picture_chw"], before)
    action = open_pixels(str(tmp_path / "a.png"), (), Terms())[0]
    Image.fromarray(noise(4, 6, 3) // 2).save(tmp_path / "a.png")
    with pytest.raises(ChangedFile, match="another file"):
        bring(action)

"""A translated picture in a file of the person's choice: its form, its name, and what cannot be written."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tensorviz.core.errors import TensorvizError
from tensorviz.core.pipeline import Preview
from tensorviz.engine.messages import Event
from tensorviz.engine.messages.translate import PictureSaved, SavePicture
from tensorviz.engine.translating.handlers import TranslatorSource, translation_handlers
from tensorviz.engine.worker import Job

PICTURE = Preview(5, 4, np.random.default_rng(1).integers(0, 256, 60, dtype=np.uint8).tobytes())


def saved(picture: Preview, path: str, replace: bool = False) -> str:
    """The file that the picture has become."""
    said: list[Event] = []
    translation_handlers(TranslatorSource())[SavePicture](Job(7, SavePicture(picture, path, replace), said.append))
    (event,) = said
    assert isinstance(event, PictureSaved)
    return event.path


@pytest.mark.parametrize(("name", "becomes", "form"), [
    ("a.png", "a.png", "PNG"), ("a.PNG", "a.PNG", "PNG"), ("a", "a.png", "PNG"), ("a.jpg", "a.jpg", "JPEG"),
    ("a.jpeg", "a.jpeg", "JPEG"), ("ä b.Jpg", "ä b.Jpg", "JPEG"), (".png", ".png.png", "PNG"),
])  # fmt: skip  # a table
def test_the_suffix_says_the_form(tmp_path: Path, name: str, becomes: str, form: str) -> None:
    path = saved(PICTURE, str(tmp_path / name))
    assert path == str(tmp_path / becomes)
    with Image.open(path) as image:
        assert (image.format, image.size) == (form, (5, 4))
        assert form == "JPEG" or image.tobytes() == PICTURE.pixels


def test_no_file_is_written_over(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_text("mine")
    names = [saved(PICTURE, str(tmp_path / "a.png")) for _ in range(3)]
    assert names == [str(tmp_path / f"a-{number}.png") for number in (1, 2, 3)]
    assert (tmp_path / "a.png").read_text() == "mine"


def test_what_somebody_agreed_to_replace_is_replaced_or_stays_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    path.write_text("mine")
    with pytest.raises(TensorvizError, match="JPEG holds"):
        saved(Preview(70_000, 1, bytes(210_000)), str(tmp_path / "a.jpg"), replace=True)
    assert path.read_text() == "mine"
    assert saved(PICTURE, str(path), replace=True) == str(path)
    with Image.open(path) as image:
        assert image.tobytes() == PICTURE.pixels
    assert saved(PICTURE, str(tmp_path / "a"), replace=True) == str(tmp_path / "a-1.png"), "of that name nobody asked"
    assert sorted(file.name for file in tmp_path.iterdir()) == ["a-1.png", "a.png"]


@pytest.mark.parametrize(("name", "said"), [
    ("a.gif", "ends in .gif"), ("no/such/a.png", "cannot be written"), ("", "names no file"), ("sub/", "names no file"),
])  # fmt: skip  # a table
def test_what_cannot_be_written_is_a_sentence(tmp_path: Path, name: str, said: str) -> None:
    with pytest.raises(TensorvizError, match=said) as caught:
        saved(PICTURE, f"{tmp_path}/{name}" if name else "")
    assert caught.value.hint
    assert list(tmp_path.iterdir()) == []


def test_more_than_jpeg_can_hold_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(TensorvizError, match="JPEG holds"):
        saved(Preview(70_000, 1, bytes(210_000)), str(tmp_path / "a.jpg"))
    assert list(tmp_path.iterdir()) == []

"""Many pictures one after the other: what goes wrong with one is its row, and nothing is kept of it in part.

Must not know who reads the rows.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tensorviz.core.errors import ValueRefused
from tensorviz.core.results import Failed, Translated
from tensorviz.core.translation import GeneratorChoice
from tensorviz.engine.tasks.translate.beside import Beside
from tensorviz.engine.tasks.translate.keeping import OutputFolder
from tensorviz.engine.tasks.translate.load import load_translator
from tensorviz.engine.tasks.translate.stream import translate_stream
from tensorviz.engine.tasks.translate.translator import Translator
from tests.engine.translate.test_blocks import picture


@pytest.fixture
def exact(small_file: Path) -> Translator:
    """The small generator, for pictures at their own size."""
    return load_translator(GeneratorChoice(weights=str(small_file), resize=0, device="cpu"))


@pytest.fixture
def written(tmp_path: Path) -> Callable[..., str]:
    """Writes a picture; gives its path."""

    def write(name: str, width: int, height: int) -> str:
        picture(width, height).save(tmp_path / name)
        return str(tmp_path / name)

    return write


def test_what_a_jpeg_cannot_hold_is_its_row_and_the_next_is_drawn(
    exact: Translator, written: Callable[..., str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths = [written("long.png", 65_501, 1), written("next.png", 9, 8)]
    monkeypatch.setattr(exact.forward, "memory", lambda _size: 1)  # however little there is here
    asked: list[tuple[int, ...]] = []
    drawn = exact.forward.drawn

    def watched(pixels: Any, *rest: Any) -> Any:
        asked.append(pixels.shape)
        return drawn(pixels, *rest)

    monkeypatch.setattr(exact.forward, "drawn", watched)
    first, second = translate_stream(exact, paths, OutputFolder(tmp_path / "out", "jpeg"))
    assert isinstance(first, Failed)
    assert "JPEG holds 65500 a side at most" in first.problem.message
    assert first.problem.expected
    assert isinstance(second, Translated)
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["next.jpg"]
    assert asked == [(8, 12, 3)]  # nothing was drawn for nothing


@pytest.mark.parametrize("ending", ["-back", "-block-0", "-block-6"])
def test_of_a_picture_that_cannot_be_kept_whole_nothing_stays(
    exact: Translator, written: Callable[..., str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ending: str
) -> None:
    """As on a disk that is full after so many files."""
    keep = OutputFolder.keep

    def full(folder: OutputFolder, image: Image.Image, source: str, what: str = "") -> str:
        if what == ending and "b.png" in source:
            raise ValueRefused("It cannot be written.", "Choose another folder.")
        return keep(folder, image, source, what)

    monkeypatch.setattr(OutputFolder, "keep", full)
    paths = [written(name, 12, 9) for name in ("a.png", "b.png", "c.png")]
    rows = translate_stream(exact, paths, OutputFolder(tmp_path / "out"), beside=Beside(exact, True))
    first = next(rows)
    assert isinstance(first, Translated)
    whole = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert whole == ["a-back.png", *(f"a-block-{at}.png" for at in range(7)), "a.png"]
    with pytest.raises(ValueRefused, match="cannot be written"):
        next(rows)
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == whole

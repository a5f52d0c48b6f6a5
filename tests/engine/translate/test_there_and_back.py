"""There and back, and the picture after each block, from Python.

Must not know how they are drawn.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import save_file

import tensorviz
from tensorviz import PictureTranslator, TensorvizError, ThereAndBack
from tensorviz.core.translation import GeneratorChoice
from tensorviz.engine.tasks.translate.source import Source
from tensorviz.engine.tasks.translate.way_back import back_choice
from tests.engine.translate.plain import Variant, checkpoint

SMALL = Variant(4, 6)


@pytest.fixture
def there(small_file: Path) -> PictureTranslator:
    return tensorviz.load_generator(small_file, resize=30, device="cpu")


@pytest.fixture
def back_file(tmp_path: Path) -> Path:
    save_file(checkpoint(SMALL, 1), tmp_path / "back.safetensors")
    return tmp_path / "back.safetensors"


@pytest.fixture
def picture() -> Image.Image:
    pixels = torch.randint(0, 256, (47, 61, 3), generator=torch.Generator().manual_seed(4), dtype=torch.uint8)
    return Image.fromarray(pixels.numpy())


def test_the_result_is_translated_again_by_the_other(
    there: PictureTranslator, back_file: Path, picture: Image.Image
) -> None:
    found = there.there_and_back(picture, back_file)
    assert isinstance(found, ThereAndBack)
    assert found.picture.tobytes() == there.translate(picture).tobytes()
    other = tensorviz.load_generator(back_file, resize=0, device="cpu")
    assert found.back.tobytes() == other.translate(found.picture).tobytes()
    assert found.before.tobytes() == picture.resize((38, 30), Image.Resampling.BILINEAR).tobytes()
    apart = np.abs(np.asarray(found.before, int) - np.asarray(found.back, int))
    assert found.difference.shape == (30, 38)
    assert found.difference.dtype == np.uint8
    assert (found.difference == apart.max(axis=2)).all()
    assert found.error == pytest.approx(apart.mean())
    assert found.error > 1  # random generators


def test_a_loaded_one_draws_what_it_gets_at_its_size_and_in_the_same_range(
    there: PictureTranslator, back_file: Path, picture: Image.Image
) -> None:
    loaded = tensorviz.load_generator(back_file, "book", resize=16, device="cpu")
    by_file = there.there_and_back(picture, str(back_file))
    assert there.there_and_back(picture, loaded).back.tobytes() == by_file.back.tobytes()
    assert min(loaded.translate(picture).size) == 16  # it is as it was


def test_the_book_s_way_there_and_back(small_file: Path, back_file: Path, picture: Image.Image) -> None:
    found = tensorviz.load_generator(small_file, "book", resize=30, device="cpu").there_and_back(picture, back_file)
    assert (found.before.size, found.picture.size, found.back.size) == ((38, 30), (40, 32), (40, 32))
    assert found.difference.shape == (30, 38)
    other = tensorviz.load_generator(back_file, "book", resize=0, device="cpu")
    assert found.back.tobytes() == other.translate(found.picture).tobytes()


def test_the_pair_knows_its_way_back(picture: Image.Image) -> None:
    there = tensorviz.load_generator(resize=40, device="cpu")
    known, named = there.there_and_back(picture), there.there_and_back(picture, "painting2photo:V1")
    assert known.back.tobytes() == named.back.tobytes()
    assert 0 < known.error < 60


def test_the_other_is_loaded_once(
    there: PictureTranslator, back_file: Path, picture: Image.Image, tmp_path: Path
) -> None:
    first = there.there_and_back(picture, back_file)
    back_file.unlink()
    assert there.there_and_back(picture, back_file).back.tobytes() == first.back.tobytes()


@pytest.mark.parametrize(
    ("back", "word"),
    [
        (None, "No way back is known for small"), ("zebra2hors", "Did you mean zebra2horse"), (7, "of type int"),
        ("zebra2horse", "tensorviz fetch --trust zebra2horse:AUTHORS"), ("absent.pth", "absent.pth is not there"),
    ],
)  # fmt: skip  # one row each
def test_a_way_back_that_is_none_is_a_sentence(
    there: PictureTranslator, picture: Image.Image, back: Any, word: str
) -> None:
    with pytest.raises(TensorvizError, match=word) as caught:
        there.there_and_back(picture, back)
    assert caught.value.hint


@pytest.mark.parametrize("way", ["trained", "book"])
def test_the_picture_after_each_block(small_file: Path, picture: Image.Image, way: Any) -> None:
    loaded = tensorviz.load_generator(small_file, way, resize=0, device="cpu")
    pictures = loaded.blocks(picture)
    assert len(pictures) == 7
    assert {one.size for one in pictures} == {loaded.translate(picture).size}
    assert pictures[-1].tobytes() == loaded.translate(picture).tobytes()
    network = loaded.generator.model
    numbers = torch.from_numpy(np.array(picture)).permute(2, 0, 1)[None].float() / 255
    if way == "trained":  # 61 x 47: three columns and one line are mirrored
        numbers = torch.nn.functional.pad(numbers * 2 - 1, (0, 3, 0, 1), mode="reflect")
    with torch.no_grad():
        drawn = network[16:](network[:12](numbers))[0]  # the rest, after two blocks
    expected = ((drawn + 1) / 2 * 255).byte().permute(1, 2, 0)[: pictures[2].height, : pictures[2].width]
    assert np.abs(np.asarray(pictures[2], int) - expected.numpy().astype(int)).max() <= 1


@pytest.mark.parametrize(
    ("given", "model", "weights"),
    [
        ("", "zebra2horse", ""), ("monet2photo", "monet2photo", ""), ("a:B", "a", "B"),
        ("mine:own.pth", "mine", "own.pth"), ("own.pth", "", "own.pth"), ("./a:b.pth", "", "./a:b.pth"),
        ("/x/net", "", "/x/net"), ("here", "", "here"),
    ],
)  # fmt: skip  # one row each
def test_how_the_way_back_may_be_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, given: str, model: str, weights: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "here").write_bytes(b"a file without an ending")
    choice = GeneratorChoice("horse2zebra", "BOOK", "book", 128, "cpu")
    expected = GeneratorChoice(model, weights, "book", 0, "cpu")
    assert back_choice(choice, Source("horse2zebra", "BOOK", "x.pth", way_back="zebra2horse"), given) == expected

"""The script that is copied: it runs without tensorviz, and draws the same picture byte for byte.

Must not know how the script is put together.
"""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import save_file

from tensorviz.core.errors import WeightsMissing
from tensorviz.core.generators import NO_RECIPE, GeneratorWeights
from tensorviz.core.translation import GeneratorChoice, InputRange
from tensorviz.core.translation_code import python_code
from tensorviz.engine.pictures import open_picture
from tensorviz.engine.tasks.translate.load import load_translator
from tests.engine.translate.plain import ALL, Variant, checkpoint, with_statistics

FORBIDDEN = "import sys; sys.modules['tensorviz'] = None\nimport torch; torch.set_num_threads(1)\n"
BUNDLED = Path("assets/models/photo2painting.safetensors").absolute()


def nothing(*_: str) -> None:
    """No weights are published."""


def published(file: Path, name: str = "horse2zebra") -> GeneratorWeights:
    """A row of published weights whose file is this one."""
    return GeneratorWeights(
        model=name, name="BOOK", is_default=True, parameters=1, gflops=1.0, accuracy_1=None, accuracy_5=None,
        file_bytes=1, licence="", recipe=NO_RECIPE, url="http://site/x.pth", sha256_prefix="", classes=0,
        path=str(file),
    )  # fmt: skip  # facts that do not matter here


def run(code: str, folder: Path) -> str:
    """What the script prints, run in the folder by a Python to which tensorviz is not there."""
    (folder / "script.py").write_text(FORBIDDEN + code, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "script.py"], cwd=folder, capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def ours(path: Path | Image.Image, **choice: Any) -> Image.Image:
    image = path if isinstance(path, Image.Image) else open_picture(str(path)).image
    return load_translator(GeneratorChoice(device="cpu", **choice)).translate(image).image


def same(file: Path, image: Image.Image) -> bool:
    with Image.open(file) as written:
        return (written.format, written.size, written.tobytes()) == ("PNG", image.size, image.tobytes())


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    """Turned by its EXIF orientation, transparent in places, no side a multiple of four."""
    pixels = torch.randint(0, 256, (47, 61, 4), generator=torch.Generator().manual_seed(4), dtype=torch.uint8)
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.fromarray(pixels.numpy()).save(tmp_path / "it's turned.png", exif=exif)
    return tmp_path / "it's turned.png"


@pytest.mark.parametrize("way", ["trained", "book"])
@pytest.mark.parametrize("resize", [0, 33])
def test_the_published_file_in_both_ways(picture: Path, tmp_path: Path, way: InputRange, resize: int) -> None:
    variant = Variant(8, 9)
    torch.save(with_statistics(checkpoint(variant), variant), tmp_path / "horse2zebra_0.4.0.pth")
    row = published(tmp_path / "horse2zebra_0.4.0.pth")
    code = python_code(str(picture), GeneratorChoice("horse2zebra", "", way, resize), find=lambda *_: row)
    assert run(code, tmp_path) == ""
    expected = ours(picture, weights=row.path, input_range=way, resize=resize)
    assert same(tmp_path / "it's turned-horse2zebra.png", expected)


def test_every_published_variant_is_told_from_its_tensors(picture: Path, tmp_path: Path) -> None:
    codes, files = [], [tmp_path / f"own{at}.pth" for at in range(len(ALL))]
    for file, variant in zip(files, ALL, strict=True):
        state = {f"module.{name}": value for name, value in checkpoint(variant).items()}
        torch.save({"epoch": 3, "optimizer": {"lr": 1}, "ema": {"lr": 2}, "net": state}, file)
        codes.append(python_code(str(picture), GeneratorChoice(weights=str(file), resize=24), find=nothing))
    run("".join(codes), tmp_path)
    for file in files:
        assert same(tmp_path / f"it's turned-{file.stem}.png", ours(picture, weights=str(file), resize=24))


def test_a_batch_normed_file_without_counters_and_in_half_precision(picture: Path, tmp_path: Path) -> None:
    state = checkpoint(Variant(8, 6, batch=True))
    save_file({k: v.half() for k, v in state.items() if "num_batches" not in k}, tmp_path / "own.safetensors")
    choice = GeneratorChoice(weights=str(tmp_path / "own.safetensors"), resize=24)
    run(python_code(str(picture), choice, find=nothing), tmp_path)
    assert same(tmp_path / "it's turned-own.png", ours(picture, weights=choice.weights, resize=24))


def test_a_kept_file_is_unwrapped_too(picture: Path, tmp_path: Path) -> None:
    torch.save({"state_dict": checkpoint(Variant(8, 6))}, tmp_path / "own.pth")
    row = replace(published(tmp_path / "own.pth", "mine"), url="")
    choice = GeneratorChoice("mine", resize=24)
    run(python_code(str(picture), choice, find=lambda *_: row), tmp_path)
    assert same(tmp_path / "it's turned-mine.png", ours(picture, weights=row.path, resize=24))


def test_tiny_pictures_are_mirrored_alike(small_file: Path, tmp_path: Path) -> None:
    codes, sizes = [], [(1, 1), (3, 9), (8, 8)]
    for width, height in sizes:
        path = tmp_path / f"tiny{width}.png"
        Image.effect_noise((width, height), 90).convert("RGB").save(path)
        codes.append(python_code(str(path), GeneratorChoice(weights=str(small_file), resize=0), find=nothing))
    run("".join(codes), tmp_path)
    for width, _ in sizes:
        expected = ours(tmp_path / f"tiny{width}.png", weights=str(small_file), resize=0)
        assert same(tmp_path / f"tiny{width}-small.png", expected)


def test_the_pair_that_comes_along_there_and_back(picture: Path, tmp_path: Path) -> None:
    there, back = BUNDLED, BUNDLED.with_name("painting2photo.safetensors")
    rows = {"photo2painting": published(there), "painting2photo": published(back)}
    choice = GeneratorChoice("photo2painting", resize=40)
    way_back = GeneratorChoice("painting2photo", resize=0)
    code = python_code(str(picture), choice, way_back, find=lambda model, _: rows[model])
    said = run(code, tmp_path)
    drawn = ours(picture, model="photo2painting", resize=40)
    again = ours(drawn, model="painting2photo", resize=0)
    assert same(tmp_path / "it's turned-photo2painting.png", drawn)
    assert same(tmp_path / "it's turned-photo2painting-back.png", again)
    before = load_translator(choice).translate(open_picture(str(picture)).image).before
    error = np.abs(np.asarray(before, float) - np.asarray(again, float))
    assert said == f"reconstruction error: {error.mean():.3f} levels of 255, {error.max():.0f} at most\n"


def test_a_published_way_there_and_an_own_way_back_of_another_range(picture: Path, tmp_path: Path) -> None:
    torch.save(checkpoint(Variant(8, 6)), tmp_path / "horse2zebra_0.4.0.pth")
    save_file(checkpoint(Variant(4, 6), 1), tmp_path / "back.safetensors")
    row = published(tmp_path / "horse2zebra_0.4.0.pth")
    choice = GeneratorChoice("horse2zebra", "BOOK", "book", 33)
    back = GeneratorChoice(weights=str(tmp_path / "back.safetensors"), resize=0)
    code = python_code(str(picture), choice, back, find=lambda _, weights: row if weights == "BOOK" else None)
    assert "at most" in run(code, tmp_path)
    drawn = ours(picture, weights=row.path, input_range="book", resize=33)
    assert same(tmp_path / "it's turned-horse2zebra-back.png", ours(drawn, weights=back.weights, resize=0))


def test_the_script_writes_nothing_over(small_file: Path, picture: Path, tmp_path: Path) -> None:
    code = python_code(str(picture), GeneratorChoice(weights=str(small_file), resize=24), find=nothing)
    run(code, tmp_path)
    with pytest.raises(AssertionError, match="FileExistsError"):
        run(code, tmp_path)


def test_what_pillow_alone_does_otherwise_is_said_and_what_weights_are_like_is_not(small_file: Path) -> None:
    notes = ["16 bits per channel reduced to 8", "transparency laid on white", 'The prefix "module." was taken off']
    code = python_code("a.png", GeneratorChoice(weights=str(small_file)), find=nothing, notes=notes)
    assert "# (tensorviz: 16 bits per channel reduced to 8; Pillow's own conversion may give other numbers)" in code
    assert "laid on white;" not in code
    assert "prefix" not in code


def test_names_cannot_become_code(small_file: Path, tmp_path: Path) -> None:
    path = tmp_path / "a\nraise SystemExit\r.png"
    Image.new("RGB", (12, 9)).save(path)
    own = tmp_path / "x'\nraise SystemExit\u2028.safetensors"
    own.write_bytes(small_file.read_bytes())
    run(python_code(str(path), GeneratorChoice(weights=str(own), resize=0), find=nothing), tmp_path)
    assert len(list(tmp_path.glob("*raise*-x*.png"))) == 1


@pytest.mark.parametrize("row", [None, replace(published(Path("x")), path=None)])
def test_weights_that_are_not_here_have_no_script(row: GeneratorWeights | None) -> None:
    with pytest.raises(WeightsMissing, match="horse2zebra are not on this computer"):
        python_code("a.png", GeneratorChoice("horse2zebra"), find=lambda *_: row)

"""`tensorviz translate --and-back` and `--blocks`: more files, more keys, nothing else changed.

Must not know how the pictures are drawn; expectations on pixels are in tests/engine/translate.
"""

from __future__ import annotations

import csv
import io
import json
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import save_file

import tensorviz
from tensorviz.cli.main import main
from tensorviz.cli.translate import translate
from tensorviz.core.translation import GeneratorChoice
from tensorviz.core.translation_code import command_text
from tests.engine.translate.plain import Variant, checkpoint

Captured = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """These networks are too small to share: threads that wait for one another cost more than they do."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="module")
def networks(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """There and back, of six and of nine blocks."""
    folder = tmp_path_factory.mktemp("generators")
    for name, variant in (("there", Variant(4, 6)), ("back", Variant(4, 9))):
        save_file(checkpoint(variant, seed=len(name)), folder / f"{name}.safetensors")
    return folder / "there.safetensors", folder / "back.safetensors"


@pytest.fixture
def options(networks: tuple[Path, Path], tmp_path: Path) -> list[str]:
    common = ["--output", str(tmp_path / "out"), "--device", "cpu", "--resize", "24", "--format", "json"]
    return ["--weights", str(networks[0]), *common]


@pytest.fixture
def noise(tmp_path: Path) -> str:
    Image.effect_noise((80, 60), 90).convert("RGB").save(tmp_path / "noise.v2.png")
    return str(tmp_path / "noise.v2.png")


def translated(capsys: Captured, *arguments: str) -> tuple[int, list[dict[str, Any]], str]:
    code = main(["translate", *arguments])
    out, err = capsys.readouterr()
    return code, json.loads(out) if out.startswith("[") else [{"text": out}], err


def test_the_way_back_is_a_second_file_and_a_key_of_the_row(
    capsys: Captured, noise: str, options: list[str], networks: tuple[Path, Path], tmp_path: Path
) -> None:
    code, (row,), err = translated(capsys, noise, *options, "--and-back", "--back", str(networks[1]))
    assert (code, err) == (0, "")
    assert list(row)[-2:] == ["size", "back"]
    back = row["back"]
    assert list(back) == ["model", "weights", "output", "error"]
    assert (back["model"], back["weights"]) == ("back", str(networks[1]))
    assert (row["output"], back["output"]) == (
        str(tmp_path / "out/noise.v2.png"),
        str(tmp_path / "out/noise.v2-back.png"),
    )
    other = tensorviz.load_generator(networks[1], resize=0, device="cpu")
    with Image.open(row["output"]) as there, Image.open(back["output"]) as again:
        assert other.translate(there).tobytes() == again.tobytes()
        before = Image.open(noise).resize((32, 24), Image.Resampling.BILINEAR)
        apart = np.abs(np.asarray(before, int) - np.asarray(again, int))
    assert back["error"] == {"mean": pytest.approx(apart.mean()), "largest": apart.max()}


def test_a_name_of_the_other_is_enough(
    capsys: Captured, noise: str, options: list[str], networks: tuple[Path, Path]
) -> None:
    _, (row,), _ = translated(capsys, noise, *options, "--back", str(networks[1]))
    assert row["back"]["model"] == "back"


def test_the_pair_that_comes_along_knows_its_way_back(capsys: Captured, noise: str, options: list[str]) -> None:
    code, (row,), _ = translated(capsys, noise, *options, "--weights", "", "--and-back")
    assert (code, row["model"], row["back"]["model"], row["back"]["weights"]) == (
        0,
        "photo2painting",
        "painting2photo",
        "V1",
    )


def test_the_picture_after_each_block_is_a_file(
    capsys: Captured, noise: str, options: list[str], networks: tuple[Path, Path], tmp_path: Path
) -> None:
    _, (row,), _ = translated(capsys, noise, *options, "--blocks")
    assert row["blocks"] == [str(tmp_path / f"out/noise.v2-block-{at}.png") for at in range(7)]
    assert list(row)[-2:] == ["size", "blocks"]
    expected = tensorviz.load_generator(networks[0], resize=24, device="cpu").blocks(noise)
    for path, image in zip(row["blocks"], expected, strict=True):
        with Image.open(path) as kept:
            assert kept.tobytes() == image.tobytes()


def test_nothing_is_written_over(
    capsys: Captured, noise: str, options: list[str], networks: tuple[Path, Path], tmp_path: Path
) -> None:
    out = tmp_path / "out"
    out.mkdir()
    for name in ("noise.v2-back.png", "noise.v2-block-0.png"):
        (out / name).write_bytes(b"of somebody")
    both = [noise, *options, "--back", str(networks[1]), "--blocks"]
    rows = [translated(capsys, *both)[1][0] for _ in range(2)]
    assert [Path(row["output"]).name for row in rows] == ["noise.v2.png", "noise.v2-1.png"]
    assert [Path(row["back"]["output"]).name for row in rows] == ["noise.v2-back-1.png", "noise.v2-1-back.png"]
    assert Path(rows[0]["blocks"][0]).name == "noise.v2-block-0-1.png"
    assert (out / "noise.v2-back.png").read_bytes() == b"of somebody"
    assert len(list(out.iterdir())) == 2 + 2 * (1 + 1 + 7)


def test_csv_has_columns_for_what_was_asked(
    capsys: Captured, noise: str, options: list[str], networks: tuple[Path, Path]
) -> None:
    asked = [noise, "absent.png", *options, "--back", str(networks[1]), "--blocks", "--format", "csv"]
    code, ((told),), _ = translated(capsys, *asked)
    row, failed = csv.DictReader(io.StringIO(told["text"]))
    assert (code, failed["back_output"], failed["block_6"]) == (1, "", "")
    assert failed["error"]
    assert Path(row["back_output"]).name == "noise.v2-back.png"
    assert (row["back_model"], row["back_weights"]) == ("back", str(networks[1]))
    assert float(row["back_error_mean"]) < float(row["back_error_largest"]) <= 255
    assert [Path(row[f"block_{at}"]).name for at in range(7)] == [f"noise.v2-block-{at}.png" for at in range(7)]
    assert "block_7" not in row
    _, ((plain),), _ = translated(capsys, noise, *options, "--format", "csv")
    assert (
        plain["text"]
        .splitlines()[0]
        .endswith("width,height,seconds_decode,seconds_preprocess,seconds_forward,seconds_total,error,hint")
    )


def test_text_tells_where_they_are(
    capsys: Captured, noise: str, options: list[str], networks: tuple[Path, Path], tmp_path: Path
) -> None:
    asked = [noise, *options, "--back", str(networks[1]), "--blocks", "--format", "text"]
    _, ((told),), _ = translated(capsys, *asked)
    lines = told["text"].splitlines()
    out = tmp_path / "out"
    assert lines[1] == f"  {out}/noise.v2.png  (32 x 24)"
    assert lines[2].startswith(f"  {out}/noise.v2-back.png  (back with back {networks[1]}: error ")
    assert " of 255 on average, " in lines[2]
    assert lines[3] == f"  {out}/noise.v2-block-0.png  (before the blocks)"
    assert lines[9] == f"  {out}/noise.v2-block-6.png  (after block 6)"


def test_a_picture_that_fails_has_the_row_it_always_had(
    capsys: Captured, folder: Path, options: list[str], networks: tuple[Path, Path]
) -> None:
    code, rows, err = translated(capsys, str(folder), *options, "--back", str(networks[1]), "--blocks")
    assert code == 1
    assert [tuple(row)[-1] for row in rows] == ["blocks", "blocks", "blocks", "error"]
    assert "1 of 4 pictures" in err


def test_a_way_back_that_fails_leaves_no_file(
    capsys: Captured, noise: str, options: list[str], networks: tuple[Path, Path], tmp_path: Path
) -> None:
    broken = checkpoint(Variant(4, 6))
    broken["model.1.weight"] = torch.full_like(broken["model.1.weight"], 3e38)  # what it draws is no number
    save_file(broken, tmp_path / "broken.safetensors")
    code, (row,), _ = translated(capsys, noise, *options, "--back", str(tmp_path / "broken.safetensors"))
    assert (code, tuple(row)) == (1, ("path", "task", "error"))
    assert list((tmp_path / "out").iterdir()) == []


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        (["--and-back"], "No way back is known for there"),
        (["--back", "zebra2hors"], "Did you mean zebra2horse"),
        (["--back", "zebra2horse"], "tensorviz fetch --trust zebra2horse:AUTHORS"),
        (["--back", "nothing.pth"], "nothing.pth is not there"),
        (["--back", __file__], "not a checkpoint"),
        (["--and-back", "--weights", "", "--model", "monet2photo"], "tensorviz fetch --trust monet2photo"),
    ],
)
def test_what_cannot_run_ends_with_2_a_sentence_and_no_folder(
    capsys: Captured, noise: str, options: list[str], tmp_path: Path, changes: list[str], word: str
) -> None:
    code, (told,), err = translated(capsys, noise, *options, *changes)
    assert (code, told["text"]) == (2, "")
    assert word in err
    assert err.count("\n") == 1
    assert not (tmp_path / "out").exists()


def test_wrong_ways_back_load_no_torch() -> None:
    for back in (["--back", "none"], ["--and-back", "--weights", "tests/__init__.py"]):
        arguments = ["translate", "x.png", "--output", "o", *back]
        run = f"import sys; from tensorviz.cli.main import main; code = main({arguments});"
        code = f"{run} sys.exit(0 if code == 2 and 'torch' not in sys.modules else 1)"
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr


# ------------------------------------------------------------------------------------------ the command that is copied


@pytest.mark.parametrize(
    ("choice", "more"),
    [
        (GeneratorChoice(), {}),
        (GeneratorChoice("horse2zebra", "AUTHORS", "book", 0, "cuda:1"), {"blocks": True, "save_as": "jpeg"}),
        (GeneratorChoice(weights="-my net's.pth"), {"back": GeneratorChoice("zebra2horse"), "way_back": "zebra2horse"}),
        (GeneratorChoice(resize=512), {"back": GeneratorChoice("a", "B")}),
    ],
)
def test_the_copied_command_is_what_click_reads(choice: GeneratorChoice, more: dict[str, Any]) -> None:
    paths = ["-x.png", "it's here.png", "a\nb.png"]
    program, name, *words = shlex.split(command_text(paths, choice, "my out", **more))
    found = translate.make_context(name, words).params
    assert (program, name, found["paths"], found["output"]) == ("tensorviz", "translate", tuple(paths), "my out")
    for key in ("model", "weights", "input_range", "resize", "device"):
        assert found[key] == getattr(choice, key)
    assert found["and_back"] is ("back" in more)
    assert found["back"] == ("a:B" if choice.resize == 512 else "")
    assert (found["blocks"], found["save_as"]) == (more.get("blocks", False), more.get("save_as", "png"))

"""`tensorviz translate` as a contract: files, rows, formats, order, exit codes.

Must not know the engine; expectations on pixels are in tests/engine/translate.
"""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from PIL import Image
from safetensors.torch import save_file

from tensorviz.cli.main import main
from tests.engine.translate.plain import Variant, checkpoint

KEYS = ("path", "task", "model", "weights", "device", "precision", "seconds", "output", "size")
Captured = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """These networks are too small to share: threads that wait for one another cost more than they do."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="module")
def network(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("generators") / "small_G.safetensors"
    save_file(checkpoint(Variant(4, 6)), path)
    return path


@pytest.fixture
def options(network: Path, tmp_path: Path) -> list[str]:
    return ["--weights", str(network), "--output", str(tmp_path / "out"), "--device", "cpu", "--resize", "24"]


def translated(capsys: Captured, *arguments: str) -> tuple[int, str, str]:
    code = main(["translate", *arguments])
    out, err = capsys.readouterr()
    return code, out, err


def test_json_has_the_promised_keys_and_the_file_is_there(
    capsys: Captured, folder: Path, options: list[str], network: Path, tmp_path: Path
) -> None:
    code, out, err = translated(capsys, str(folder / "b.png"), *options, "--format", "json")
    (row,) = json.loads(out)
    assert (code, err) == (0, "")
    assert tuple(row) == KEYS
    assert (row["path"], row["task"], row["model"]) == (str(folder / "b.png"), "translate", "small_G")
    assert (row["weights"], row["device"], row["precision"]) == (str(network), "cpu", "fp32")
    assert list(row["seconds"]) == ["decode", "preprocess", "forward", "total"]
    assert sum(list(row["seconds"].values())[:3]) <= row["seconds"]["total"]
    assert row["output"] == str(tmp_path / "out" / "b.png")
    with Image.open(row["output"]) as image:
        assert image.size == tuple(row["size"]) == (32, 24)


def test_a_folder_is_walked_in_order_and_a_bad_file_is_a_row(
    capsys: Captured, folder: Path, options: list[str], tmp_path: Path
) -> None:
    code, out, err = translated(capsys, str(folder), "absent.jpg", *options, "--format", "jsonl")
    rows = [json.loads(line) for line in out.splitlines()]
    names = ("Z.png", "a/z.JPG", "b.png", "broken.jpg")
    assert [row["path"] for row in rows] == [*(f"{folder}/{name}" for name in names), "absent.jpg"]
    assert [tuple(row) for row in rows[3:]] == [("path", "task", "error")] * 2
    assert {row["task"] for row in rows} == {"translate"}
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["Z.png", "b.png", "z.png"]
    assert code == 1
    assert err == "2 of 5 pictures could not be translated; the rows say why.\n"


def test_an_empty_folder_is_a_row_of_this_task(capsys: Captured, options: list[str], tmp_path: Path) -> None:
    (tmp_path / "none").mkdir()
    code, out, _ = translated(capsys, str(tmp_path / "none"), *options, "--format", "json")
    assert (code, json.loads(out)[0]["task"]) == (1, "translate")


def test_nothing_is_written_over_not_even_the_input(capsys: Captured, folder: Path, options: list[str]) -> None:
    before = (folder / "b.png").read_bytes()
    beside = [*options, "--output", str(folder), "--format", "json"]
    outputs = [json.loads(translated(capsys, str(folder / "b.png"), *beside)[1])[0]["output"] for _ in range(2)]
    assert outputs == [str(folder / "b-1.png"), str(folder / "b-2.png")]
    assert (folder / "b.png").read_bytes() == before


def test_jpeg_on_request(capsys: Captured, folder: Path, options: list[str]) -> None:
    _, out, _ = translated(capsys, str(folder / "b.png"), *options, "--format", "json", "--save-as", "jpeg")
    with Image.open(json.loads(out)[0]["output"]) as image:
        assert image.format == "JPEG"


def test_csv_and_text(capsys: Captured, folder: Path, options: list[str], tmp_path: Path) -> None:
    _, out, _ = translated(capsys, str(folder), *options, "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(out)))
    assert [(row["width"], row["height"]) for row in rows] == [("32", "24")] * 3 + [("", "")]
    assert rows[3]["error"]
    _, out, _ = translated(capsys, str(folder), *options)
    assert f"  {tmp_path}/out/Z-1.png  (32 x 24)\n" in out
    assert "no picture: " in out


def test_orientation_and_transparency(capsys: Captured, options: list[str], tmp_path: Path) -> None:
    turned = Image.new("RGB", (40, 20))
    exif = turned.getexif()
    exif[0x0112] = 6
    turned.save(tmp_path / "turned.jpg", exif=exif)
    Image.new("RGBA", (40, 20), (0, 0, 0, 0)).save(tmp_path / "clear.png")
    paths = [str(tmp_path / name) for name in ("turned.jpg", "clear.png")]
    rows = json.loads(translated(capsys, *paths, *options, "--format", "json")[1])
    assert [row["size"] for row in rows] == [[24, 48], [48, 24]]
    assert "turned" in rows[0]["notes"][0]
    assert rows[1]["notes"] == ["transparency laid on white"]


def test_the_horse_of_the_book(capsys: Captured, data: Path, options: list[str]) -> None:
    horse = [str(data / "horse.jpg"), *options, "--format", "json", "--resize", "256"]
    sizes = [json.loads(translated(capsys, *horse, "--input-range", way)[1])[0]["size"] for way in ("trained", "book")]
    assert sizes == [[314, 256], [316, 256]]


def test_a_report_gets_the_rows(capsys: Captured, folder: Path, options: list[str], tmp_path: Path) -> None:
    report = tmp_path / "rows.json"
    code, out, _ = translated(capsys, str(folder / "b.png"), *options, "--format", "json", "--report", str(report))
    assert (code, out) == (0, "")
    assert len(json.loads(report.read_text())) == 1


def test_a_pixel_is_translated_and_200_megapixels_are_a_sentence(
    capsys: Captured, options: list[str], tmp_path: Path
) -> None:
    Image.new("RGB", (1, 1), "red").save(tmp_path / "one.png")
    Image.new("1", (20000, 10000)).save(tmp_path / "many.png")
    paths = [str(tmp_path / name) for name in ("one.png", "many.png")]
    code, out, _ = translated(capsys, *paths, *options, "--format", "json")
    rows = json.loads(out)
    assert (code, rows[0]["size"]) == (1, [24, 24])
    assert "20,000 x 10,000 pixels" in rows[1]["error"]["message"]
    (row,) = json.loads(translated(capsys, paths[0], *options, "--resize", "0", "--format", "json")[1])
    assert row["size"] == [1, 1]
    book = [*options, "--resize", "0", "--input-range", "book", "--format", "json"]
    (row,) = json.loads(translated(capsys, paths[0], *book)[1])
    assert "too small" in row["error"]["message"]
    assert "--input-range trained" in row["error"]["hint"]


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        (["--model", "hors2zebra", "--weights", ""], "Did you mean horse2zebra"),
        (["--model", "horse2zebra", "--weights", ""], "tensorviz fetch horse2zebra:BOOK"),
        (["--model", "monet2photo", "--weights", ""], "tensorviz fetch --trust monet2photo:AUTHORS"),
        (["--weights", "nothing.pth"], "nothing.pth is not there"),
        (["--resize", "-3"], "whole number"),
        (["--input-range", "bok"], "bok"),
        (["--device", "cuda:77"], "cuda:77"),
        (["--output", __file__], "not a folder"),
    ],
)
def test_what_cannot_run_ends_with_2_and_a_sentence(
    capsys: Captured, folder: Path, options: list[str], changes: list[str], word: str
) -> None:
    code, out, err = translated(capsys, str(folder / "b.png"), *options, *changes)
    assert (code, out) == (2, "")
    assert word in err
    assert err.count("\n") == 1


def test_the_output_must_be_named(capsys: Captured, folder: Path, network: Path) -> None:
    code, _, err = translated(capsys, str(folder / "b.png"), "--weights", str(network))
    assert code == 2
    assert "--output" in err


def test_help_and_wrong_names_load_no_torch() -> None:
    for arguments, wanted in ((["--help"], 0), (["x.png", "--output", "o", "--model", "none"], 2)):
        run = f"import sys; from tensorviz.cli.main import main; code = main(['translate', *{arguments}]);"
        code = f"{run} sys.exit(0 if code == {wanted} and 'torch' not in sys.modules else 1)"
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr


def test_a_damaged_pair_that_comes_along_is_noticed(
    capsys: Captured, folder: Path, options: list[str], network: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tensorviz.engine.weights import generators

    facts: dict[str, Any] = {
        "summary": "s", "parameters": 1, "gflops": 0.1, "sha256": "0" * 64, "trained_on": "t", "way_back": "w",
    }  # fmt: skip
    for name in generators.BUNDLED:
        (tmp_path / "models").mkdir(exist_ok=True)
        (tmp_path / "models" / f"{name}.json").write_text(json.dumps(facts))
        (tmp_path / "models" / f"{name}.safetensors").write_bytes(network.read_bytes())
    (tmp_path / "catalogue").mkdir()
    (tmp_path / "catalogue" / "cyclegan.json").write_text('{"models": []}')
    monkeypatch.setattr(generators, "assets_folder", lambda: tmp_path)
    code, _, err = translated(capsys, str(folder / "b.png"), *options, "--weights", "")
    assert code == 2
    assert "not the published one" in err


def test_an_installation_without_the_pair_says_so(
    capsys: Captured, folder: Path, options: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tensorviz.engine.weights import generators

    (tmp_path / "catalogue").mkdir()
    (tmp_path / "catalogue" / "cyclegan.json").write_text('{"models": []}')
    monkeypatch.setattr(generators, "assets_folder", lambda: tmp_path)
    code, _, err = translated(capsys, str(folder / "b.png"), *options, "--weights", "")
    assert code == 2
    assert "photo2painting, which should come with tensorviz, is not in this installation" in err

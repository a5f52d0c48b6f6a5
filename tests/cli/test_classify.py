"""`tensorviz classify` as a contract: rows, formats, order, exit codes.

Must not know the engine.
"""

from __future__ import annotations

import csv
import io
import json
import os
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tensorviz.cli.main import main

ROOT = Path(__file__).resolve().parents[2]
KEYS = ("path", "task", "model", "weights", "device", "precision", "seconds", "top")


def answered(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = main(["classify", *arguments])
    out, err = capsys.readouterr()
    return code, out, err


def test_json_is_one_array_with_the_promised_keys(
    capsys: pytest.CaptureFixture[str], folder: Path, options: list[str], small_file: Path
) -> None:
    code, out, err = answered(capsys, str(folder / "b.png"), *options, "--format", "json", "--top", "2")
    (row,) = json.loads(out)
    assert (code, err) == (0, "")
    assert tuple(row) == KEYS
    assert (row["path"], row["task"], row["model"]) == (str(folder / "b.png"), "classify", "squeezenet1_1")
    assert (row["weights"], row["device"], row["precision"]) == (str(small_file), "cpu", "fp32")
    assert list(row["seconds"]) == ["decode", "preprocess", "forward", "total"]
    assert [list(label) for label in row["top"]] == [["index", "label", "probability"]] * 2


def test_a_folder_is_walked_in_order_and_a_bad_file_is_a_row(
    capsys: pytest.CaptureFixture[str], folder: Path, options: list[str]
) -> None:
    code, out, err = answered(capsys, str(folder), *options, "--format", "jsonl")
    rows = [json.loads(line) for line in out.splitlines()]
    assert [row["path"] for row in rows] == [f"{folder}/{name}" for name in ("Z.png", "a/z.JPG", "b.png", "broken.jpg")]
    assert [("error" in row, "top" in row) for row in rows] == [(False, True)] * 3 + [(True, False)]
    assert tuple(rows[3]) == ("path", "task", "error")
    assert set(rows[3]["error"]) == {"message", "hint"}
    assert code == 1
    assert err == "1 of 4 pictures could not be answered; the rows say why.\n"


def test_the_exit_code_says_whether_some_failed(
    capsys: pytest.CaptureFixture[str], folder: Path, options: list[str]
) -> None:
    assert answered(capsys, str(folder / "Z.png"), *options)[0] == 0
    assert answered(capsys, str(folder / "Z.png"), "absent.jpg", *options)[0] == 1
    code, out, err = answered(capsys, "absent.jpg", *options, "--format", "json", "--quiet")
    assert code == 1
    assert json.loads(out)[0]["path"] == "absent.jpg"
    assert err == ""


def test_csv_has_a_line_for_each_picture(capsys: pytest.CaptureFixture[str], folder: Path, options: list[str]) -> None:
    _, out, _ = answered(capsys, str(folder), *options, "--format", "csv", "--top", "2")
    rows = list(csv.DictReader(io.StringIO(out)))
    assert [Path(row["path"]).name for row in rows] == ["Z.png", "z.JPG", "b.png", "broken.jpg"]
    assert rows[0]["label_1"] == f"class {rows[0]['index_1']}"
    assert float(rows[0]["probability_1"]) >= float(rows[0]["probability_2"]) > 0
    assert rows[3]["error"]
    assert not rows[3]["label_1"]


def test_more_classes_than_there_are_is_all_of_them(
    capsys: pytest.CaptureFixture[str], folder: Path, options: list[str]
) -> None:
    _, out, _ = answered(capsys, str(folder), *options, "--format", "csv", "--top", "1000000000000000000000")
    heading = out.splitlines()[0].split(",")
    assert [name for name in heading if name.startswith("label_")] == [f"label_{n}" for n in range(1, 7)]


@pytest.mark.skipif(os.name != "posix", reason="terminals as on Linux and macOS")
def test_progress_goes_to_a_terminal_even_one_that_does_not_tell_its_width(folder: Path, options: list[str]) -> None:
    import pty

    ours, theirs = pty.openpty()  # of 0 columns until somebody says otherwise
    command = [sys.executable, "-m", "tensorviz", "classify", str(folder), *options, "--format", "jsonl"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=theirs) as running:
        os.close(theirs)
        out, _ = running.communicate(timeout=300)
    shown = os.read(ours, 100_000)
    os.close(ours)
    assert b"/4 [" in shown
    assert [json.loads(line)["task"] for line in out.splitlines()] == ["classify"] * 4


def test_text_is_for_a_person(capsys: pytest.CaptureFixture[str], folder: Path, options: list[str]) -> None:
    _, out, _ = answered(capsys, str(folder / "Z.png"), *options, "--top", "1")
    first, second = out.strip().splitlines()
    assert first.startswith(f"{folder / 'Z.png'}  (squeezenet1_1 ")
    assert "%  class " in second


def test_a_report_is_whole_or_not_there(
    capsys: pytest.CaptureFixture[str],
    folder: Path,
    options: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    report = tmp_path / "report.json"
    report.write_text("the old one")
    code, out, _ = answered(capsys, str(folder / "Z.png"), *options, "--format", "json", "--report", str(report))
    assert (code, out) == (0, "")
    assert json.loads(report.read_text())[0]["top"]
    before = report.read_text()

    def interrupted(*_: Any, **__: Any) -> Any:
        raise KeyboardInterrupt

    monkeypatch.setattr("tensorviz.engine.find_pictures.find_pictures", interrupted)
    assert answered(capsys, str(folder), *options, "--format", "json", "--report", str(report))[0] == 130
    assert report.read_text() == before
    assert sorted(path.name for path in tmp_path.iterdir() if path.is_file()) == ["report.json"]


def test_a_report_that_cannot_be_written_is_said_before_any_work(
    capsys: pytest.CaptureFixture[str], folder: Path, options: list[str], tmp_path: Path
) -> None:
    code, out, err = answered(capsys, str(folder), *options, "--report", str(tmp_path / "no" / "report.json"))
    assert (code, out) == (2, "")
    assert "report.json" in err


def test_an_array_that_was_begun_is_closed_when_the_work_is_interrupted(
    capsys: pytest.CaptureFixture[str], folder: Path, options: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def one_then_stop(paths: Any) -> Any:
        yield str(folder / "Z.png")
        raise KeyboardInterrupt

    monkeypatch.setattr("tensorviz.engine.find_pictures.find_pictures", one_then_stop)
    code, out, err = answered(capsys, str(folder), *options, "--format", "json", "--batch", "1")
    assert code == 130
    assert len(json.loads(out)) == 1
    assert err == "Stopped.\n"


def test_options_override_the_recipe_one_by_one(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, options: list[str], small_file: Path
) -> None:
    import torch
    from PIL import Image
    from torchvision.models import squeezenet1_1
    from torchvision.transforms import CenterCrop, Compose, InterpolationMode, Normalize, Resize, ToTensor

    pixels = torch.randint(0, 256, (150, 120, 3), generator=torch.Generator().manual_seed(3), dtype=torch.uint8)
    Image.fromarray(pixels.numpy()).save(tmp_path / "noise.png")
    network = squeezenet1_1(num_classes=6).eval()
    network.load_state_dict(torch.load(small_file, weights_only=True))
    steps = Compose(
        [
            Resize(100, InterpolationMode.BICUBIC),
            CenterCrop(90),
            ToTensor(),
            Normalize((0.5, 0.4, 0.3), (0.2, 0.3, 0.4)),
        ]
    )
    with Image.open(tmp_path / "noise.png") as image, torch.no_grad():
        wanted = network(steps(image).unsqueeze(0)).softmax(1)[0]
    _, out, _ = answered(
        capsys,
        str(tmp_path / "noise.png"),
        *options,
        "--format",
        "json",
        "--resize",
        "100",
        "--crop",
        "90",
        "--mean",
        "0.5",
        "0.4",
        "0.3",
        "--std",
        "0.2",
        "0.3",
        "0.4",
        "--interpolation",
        "bicubic",
    )
    for label in json.loads(out)[0]["top"]:
        assert label["probability"] == pytest.approx(float(wanted[label["index"]]), abs=1e-4)


@pytest.mark.skipif(sys.platform != "linux", reason="names that are not UTF-8 exist on Linux only")
def test_a_name_that_is_not_utf8_is_escaped(run: Any, folder: Path, options: list[str]) -> None:
    strange = os.fsencode(folder) + b"/caf\xe9.png"
    Path(os.fsdecode(strange)).write_bytes((folder / "Z.png").read_bytes())
    done = run("classify", strange, *options, "--format", "json")
    assert done.returncode == 0, done.stderr.decode()
    assert json.loads(done.stdout)[0]["path"] == f"{folder}/caf\\xe9.png"


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_is_a_row(
    capsys: pytest.CaptureFixture[str], folder: Path, options: list[str]
) -> None:
    (folder / "b.png").chmod(stat.S_IWUSR)
    assert answered(capsys, str(folder / "b.png"), *options)[0] == 1


def test_what_comes_along_is_the_default(capsys: pytest.CaptureFixture[str], data: Path) -> None:
    code, out, _ = answered(capsys, str(data / "bobby.jpg"), str(data / "horse.jpg"), "--format", "json")
    rows = json.loads(out)
    assert code == 0
    assert [row["model"] for row in rows] == ["cifar10_small"] * 2
    assert [row["top"][0]["label"] for row in rows] == ["dog", "horse"]


def test_real_weights_name_most_of_the_hundred_photographs_right(
    capsys: pytest.CaptureFixture[str], data: Path
) -> None:
    half = ("0.5", "0.5", "0.5")
    code, out, _ = answered(
        capsys,
        str(data / "photos"),
        "--model",
        "mobilenet_v2",
        "--weights",
        str(data / "mobilenet_v2_imagenet.pth"),
        "--mean",
        *half,
        "--std",
        *half,
        "--format",
        "jsonl",
    )
    rows = [json.loads(line) for line in out.splitlines()]
    # sorted by name over all thousand classes, these are classes 5, 15, 25, ... 995
    right = sum(row["top"][0]["index"] == 10 * place + 5 for place, row in enumerate(rows))
    assert (code, len(rows)) == (0, 100)
    assert right >= 76


def test_progress_goes_to_a_terminal_only(
    capsys: pytest.CaptureFixture[str], folder: Path, options: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    _, _, err = answered(capsys, str(folder / "Z.png"), *options)
    assert err == ""
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    code, out, err = answered(capsys, str(folder / "Z.png"), str(folder / "b.png"), *options, "--format", "jsonl")
    assert code == 0
    assert len([json.loads(line) for line in out.splitlines()]) == 2
    assert "/2" in err
    _, _, err = answered(capsys, str(folder / "Z.png"), *options, "--quiet")
    assert err == ""

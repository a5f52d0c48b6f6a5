"""`tensorviz caption` as a contract: rows, formats, order, exit codes, the files it writes.

Must not know the engine; expectations on words are in tests/engine/caption.
"""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from PIL import Image

from tensorviz.cli.main import main
from tests.engine.caption.made import on_disk

KEYS = ("path", "task", "model", "weights", "device", "precision", "seconds", "caption", "log_probability", "words")
Captured = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """These networks are too small to share: threads that wait for one another cost more than they do."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="module")
def options(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    return [*on_disk(tmp_path_factory.mktemp("captioner")), "--device", "cpu"]


def captioned(capsys: Captured, *arguments: str) -> tuple[int, str, str]:
    code = main(["caption", *arguments])
    out, err = capsys.readouterr()
    return code, out, err


def test_json_has_the_promised_keys(capsys: Captured, folder: Path, options: list[str]) -> None:
    code, out, err = captioned(capsys, str(folder / "b.png"), *options, "--format", "json")
    (row,) = json.loads(out)
    assert (code, err) == (0, "")
    assert tuple(row)[:11] == (*KEYS, "beams")
    assert (row["path"], row["task"], row["model"]) == (str(folder / "b.png"), "caption", "small")
    assert (row["weights"], row["device"], row["precision"]) == (options[1], "cpu", "fp32")
    assert row["caption"] == " ".join(word["word"] for word in row["words"])
    assert all(0 < word["probability"] <= 1 for word in row["words"])
    assert row["beams"][0] == {"caption": row["caption"], "log_probability": row["log_probability"]}
    assert len(row["beams"]) == 2
    assert list(row["seconds"]) == ["decode", "preprocess", "forward", "total"]


def test_a_folder_is_walked_in_order_and_a_bad_file_is_a_row(
    capsys: Captured, folder: Path, options: list[str]
) -> None:
    code, out, err = captioned(capsys, str(folder), "absent.jpg", *options, "--format", "jsonl")
    rows = [json.loads(line) for line in out.splitlines()]
    names = ("Z.png", "a/z.JPG", "b.png", "broken.jpg")
    assert [row["path"] for row in rows] == [*(f"{folder}/{name}" for name in names), "absent.jpg"]
    assert [tuple(row) for row in rows[3:]] == [("path", "task", "error")] * 2
    assert {row["task"] for row in rows} == {"caption"}
    assert (code, err) == (1, "2 of 5 pictures could not be described; the rows say why.\n")
    assert captioned(capsys, "absent.jpg", *options, "--quiet")[2] == ""


def test_the_beam_and_drawing(capsys: Captured, folder: Path, options: list[str]) -> None:
    one = [str(folder / "b.png"), *options, "--format", "json"]

    def row(*more: str) -> dict[str, object]:
        (found,) = json.loads(captioned(capsys, *one, *more)[1])
        found.pop("seconds")
        return dict(found)

    assert row("--beam", "2") == row()
    assert [len(row("--beam", str(n))["beams"]) for n in (1, 3, 5)] == [1, 3, 5]  # type: ignore[arg-type]  # a list
    drawn = [row("--seed", str(n))["caption"] for n in range(6)]
    assert drawn == [row("--seed", str(n), "--temperature", "1")["caption"] for n in range(6)]
    assert len(set(drawn)) > 1
    assert row("--temperature", "0.001")["caption"] == row("--beam", "1")["caption"]
    penalised = row("--rules", "upstream", "--length-penalty", "avg_0")
    assert float(str(penalised["log_probability"])) > float(str(row("--rules", "upstream")["log_probability"]))


def test_csv_and_text(capsys: Captured, folder: Path, options: list[str]) -> None:
    _, out, _ = captioned(capsys, str(folder), *options, "--format", "csv", "--beam", "3")
    rows = list(csv.DictReader(io.StringIO(out)))
    assert all(row["caption"] and row["caption_2"] and row["caption_3"] for row in rows[:3])
    assert (rows[3]["caption"], bool(rows[3]["error"])) == ("", True)
    _, out, _ = captioned(capsys, str(folder), *options)
    assert f"  {rows[0]['caption']}  (log-probability {float(rows[0]['log_probability']):.2f})\n" in out
    assert "  after it: " in out
    assert "no sentence: " in out


def test_the_vis_of_the_original_programs(capsys: Captured, folder: Path, options: list[str], tmp_path: Path) -> None:
    target = tmp_path / "vis.json"
    code, out, _ = captioned(
        capsys, str(folder), str(folder / "b.png"), *options, "--format", "json", "--vis", str(target)
    )
    rows = json.loads(out)
    assert code == 1
    assert json.loads(target.read_text()) == [
        {"image_id": str(at), "caption": row["caption"], "file_name": row["path"]}
        for at, row in enumerate(rows, 1)
        if "caption" in row
    ]
    assert captioned(capsys, str(folder / "b.png"), *options, "--vis", str(tmp_path / "no" / "vis.json"))[0] == 2


def test_infos_become_json(capsys: Captured, options: list[str], tmp_path: Path) -> None:
    target = tmp_path / "out.json"
    code, out, err = captioned(capsys, "--infos", options[3], "--convert-infos", str(target))
    assert (code, out) == (0, "")
    assert "13 words" in err
    assert json.loads(target.read_text()) == json.loads(Path(options[3]).read_text())
    code, _, err = captioned(capsys, "x.png", "--infos", options[3], "--convert-infos", str(target))
    assert (code, "no pictures" in err) == (2, True)


def test_the_infos_of_the_book_become_json(capsys: Captured, data: Path, tmp_path: Path) -> None:
    if not (data / "fc-infos.pkl").is_file():
        pytest.skip("needs the book's infos")
    target = tmp_path / "fc-infos.json"
    assert captioned(capsys, "--infos", str(data / "fc-infos.pkl"), "--convert-infos", str(target))[0] == 0
    found = json.loads(target.read_text())
    assert (len(found["vocab"]), found["vocab"]["9487"], found["opt"]["seq_length"]) == (9487, "UNK", 16)


def test_a_report_gets_the_rows(capsys: Captured, folder: Path, options: list[str], tmp_path: Path) -> None:
    report = tmp_path / "rows.json"
    code, out, _ = captioned(capsys, str(folder / "b.png"), *options, "--format", "json", "--report", str(report))
    assert (code, out) == (0, "")
    assert len(json.loads(report.read_text())) == 1


def test_a_pixel_is_described_and_too_many_are_a_sentence(capsys: Captured, options: list[str], tmp_path: Path) -> None:
    Image.new("RGB", (1, 1), "red").save(tmp_path / "one.png")
    Image.new("1", (20000, 10000)).save(tmp_path / "many.png")
    paths = [str(tmp_path / name) for name in ("one.png", "many.png")]
    code, out, _ = captioned(capsys, *paths, *options, "--format", "json")
    rows = json.loads(out)
    assert (code, bool(rows[0]["caption"])) == (1, True)
    assert "20,000 x 10,000 pixels" in rows[1]["error"]["message"]


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        (["--model", "neuraltalk", "--weights", ""], "Did you mean neuraltalk2"),
        (
            ["--model", "neuraltalk2", "--weights", "", "--infos", "", "--cnn-weights", ""],
            "tensorviz fetch neuraltalk2",
        ),
        (["--weights", "nothing.pth"], "nothing.pth is not there"),
        (["--infos", ""], "--infos FILE"),
        (["--infos", "nothing.json"], "nothing.json is not there"),
        (["--cnn-weights", ""], "--cnn-weights"),
        (["--infos", __file__], "no infos file"),
        (["--beam", "0"], "from 1 to 100"),
        (["--beam", "2", "--seed", "1"], "cannot be drawn"),
        (["--temperature", "0"], "positive"),
        (["--rules", "mine"], "mine"),
        (["--length-penalty", "long"], "long"),
        (["--largest-side", "3"], "from 32 to"),
        (["--device", "cuda:77"], "cuda:77"),
    ],
)
def test_what_cannot_run_ends_with_2_and_a_sentence(
    capsys: Captured, folder: Path, options: list[str], changes: list[str], word: str
) -> None:
    code, out, err = captioned(capsys, str(folder / "b.png"), *options, *changes)
    assert (code, out) == (2, "")
    assert word in err
    assert err.count("\n") == 1


def test_a_path_is_needed(capsys: Captured, options: list[str]) -> None:
    code, _, err = captioned(capsys, *options)
    assert (code, "PATH" in err) == (2, True)


def test_help_and_wrong_names_load_no_torch(options: list[str]) -> None:
    for arguments, wanted in (
        (["--help"], 0),
        (["x.png", "--model", "none"], 2),
        (["x.png", "--beam", "0"], 2),
        (["--infos", options[3], "--convert-infos", options[3]], 0),
    ):
        run = f"import sys; from tensorviz.cli.main import main; code = main(['caption', *{arguments}]);"
        code = f"{run} sys.exit(0 if code == {wanted} and 'torch' not in sys.modules else 1)"
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr

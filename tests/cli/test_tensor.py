"""`tensorviz tensor` as the contract has it: keys, effects and exit codes, literally.

Must not know how code is run.
"""

from __future__ import annotations

import io
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from xml.etree import ElementTree

import pytest
import torch
from PIL import Image

from tensorviz.cli.main import main

Run = Callable[..., subprocess.CompletedProcess[bytes]]
POINTS = "points = torch.tensor([[4.0, 1.0], [5.0, 3.0], [2.0, 1.0]])\npoints_t = points.t()"


def as_json(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, dict[str, Any]]:
    code = main(["tensor", *arguments, "--format", "json"])
    return code, json.loads(capsys.readouterr().out)


def test_the_example_of_the_contract(capsys: pytest.CaptureFixture[str]) -> None:
    code, document = as_json(capsys, POINTS)
    assert code == 0
    assert list(document) == ["steps", "tensors", "storages"]
    assert document["steps"][1] == {
        "code": "points_t = points.t()", "output": "", "error": None, "effect": "view", "bytes_copied": 0,
        "ops": [{"name": "aten.t", "effect": "view", "bytes_copied": 0}],
    }  # fmt: skip
    assert document["tensors"][1] == {
        "name": "points_t", "shape": [2, 3], "stride": [1, 2], "storage_offset": 0, "dtype": "float32",
        "device": "cpu",
        "names": [None, None], "numel": 6, "storage": "A", "is_contiguous": False, "is_view": True,
        "values": [[4.0, 5.0, 2.0], [1.0, 3.0, 1.0]],
    }  # fmt: skip
    assert document["storages"] == [{"id": "A", "nbytes": 24, "tensors": ["points", "points_t"]}]


def test_an_error_in_a_step_leaves_the_others(capsys: pytest.CaptureFixture[str]) -> None:
    code, document = as_json(capsys, f"{POINTS}\npoints_t.view(6)\npoints_t.reshape(6)")
    assert code == 1
    assert list(document["steps"][2]["error"]) == ["message", "hint", "explanation"]
    assert "view size is not compatible" in document["steps"][2]["error"]["explanation"]
    assert (document["steps"][3]["effect"], document["steps"][3]["bytes_copied"]) == ("copy", 24)
    assert document["steps"][3]["output"] == "tensor([4., 5., 2., 1., 3., 1.])\n"


def test_values_of_every_kind(capsys: pytest.CaptureFixture[str]) -> None:
    source = (
        "f = torch.tensor([1.5, float('nan'), float('inf'), -float('inf')])\nc = torch.tensor([1 + 2j])\n"
        "s = torch.tensor(7)\n"
        "e = torch.zeros(2, 0)\nb = torch.tensor([True])\nh = torch.tensor([0.5]).to(torch.float8_e5m2)\n"
        "many = torch.zeros(1001)\nfew = torch.zeros(1000)\nm = torch.zeros(2, device='meta')\nalso = f\nn = 3"
    )
    code, document = as_json(capsys, source)
    rows = {row["name"]: row for row in document["tensors"]}
    assert code == 0
    assert {name: row.get("values") for name, row in rows.items() if name not in ("many", "few", "m")} == {
        "f": [1.5, "nan", "inf", "-inf"], "c": [[1.0, 2.0]], "s": 7, "e": [[], []], "b": [True], "h": [0.5],
        "also": [1.5, "nan", "inf", "-inf"],
    }  # fmt: skip
    assert "values" not in rows["many"]
    assert len(rows["few"]["values"]) == 1000
    assert rows["also"]["storage"] == rows["f"]["storage"]


def test_code_from_a_file_and_from_standard_input(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "code.py").write_text(POINTS, encoding="utf-8")
    _, from_file = as_json(capsys, str(tmp_path / "code.py"))
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(POINTS.encode())))
    _, from_input = as_json(capsys, "-")
    assert from_file == from_input
    assert [row["name"] for row in from_file["tensors"]] == ["points", "points_t"]


@pytest.mark.parametrize("arguments", [
    ("absent.py",), (), ("x = 1", "--format", "csv"), ("x = 1", "--allow-bytes", "0"), ("x = 1", "--device", "gpu"),
    ("x = 1", "--report", "absent/report.json"), ("x" * 300_000,),
])  # fmt: skip
def test_what_cannot_run_ends_with_two(arguments: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["tensor", *arguments]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert len(said.err.strip().splitlines()) == 1


@pytest.mark.skipif(torch.cuda.is_available(), reason="this computer has a GPU")
def test_a_device_that_is_not_here_ends_with_two(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["tensor", "x = torch.zeros(2)", "--device", "cuda"]) == 2
    assert "no usable NVIDIA GPU" in capsys.readouterr().err


def test_a_file_that_is_no_text_ends_with_two(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "code.py").write_bytes(b"x = '\xff\xfe'")
    assert main(["tensor", str(tmp_path / "code.py")]) == 2
    assert "UTF-8" in capsys.readouterr().err


def test_costly_steps_are_refused_until_allowed(capsys: pytest.CaptureFixture[str]) -> None:
    code, document = as_json(capsys, "x = torch.zeros(10**10)")
    assert code == 1
    assert document["steps"][0]["error"]["message"] == "The result of zeros would take 40.0 GB of memory."
    assert "--allow-bytes" in document["steps"][0]["error"]["hint"]
    code, _ = as_json(capsys, "x = torch.zeros(100)", "--allow-bytes", "399")
    assert code == 1
    code, _ = as_json(capsys, "x = torch.zeros(100)", "--allow-bytes", "400")
    assert code == 0


def test_text_for_people(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["tensor", f"{POINTS}\npoints_t.contiguous()\npoint"]) == 1
    said = capsys.readouterr()
    assert ">>> points_t = points.t()\n[view; aten.t]\n" in said.out
    assert "[copy, 24 bytes copied; aten.clone]" in said.out
    assert "refused: There is no name 'point'. Did you mean points" in said.out
    assert "points_t: tensor 2x3, stride (1, 2), offset 0, float32, cpu" in said.out
    assert said.err == "1 of 4 steps could not be done.\n"


def test_what_may_surprise_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    source = f"{POINTS}\npoints.contiguous()\npoints.squeeze(0)\nm = points.expand(2, 3, 2)"
    assert main(["tensor", source]) == 0
    said = capsys.readouterr().out
    assert "\nnote: contiguous() did nothing: the tensor is contiguous already." in said
    assert "\nnote: Dimension 0 has size 3; only a dimension of size 1 can be squeezed, so it stays.\n" in said
    _, document = as_json(capsys, source)
    assert [len(step.get("remarks", ())) for step in document["steps"]] == [0, 0, 1, 1, 0]


def test_jsonl_is_one_line_and_a_report_is_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    report = tmp_path / "report.jsonl"
    assert main(["tensor", POINTS, "--format", "jsonl", "--report", str(report), "--quiet"]) == 0
    assert capsys.readouterr().out == ""
    (line,) = report.read_text(encoding="utf-8").splitlines()
    assert json.loads(line)["storages"][0]["nbytes"] == 24


def test_numpy_arrays_have_their_strides_in_bytes(capsys: pytest.CaptureFixture[str]) -> None:
    _, document = as_json(capsys, "a = np.arange(3.)[::-1]")
    assert document["arrays"] == [{"name": "a", "shape": [3], "strides": [-8], "dtype": "float64"}]


@pytest.mark.parametrize("name", ["storages.png", "storages.SVG"])
def test_the_picture_of_the_storages(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    image = tmp_path / name
    assert main(["tensor", f"{POINTS}\nm = torch.zeros(2, device='meta')", "--image", str(image)]) == 0
    assert "points_t" in capsys.readouterr().out
    if name.endswith("png"):
        with Image.open(image) as picture:
            assert min(picture.size) > 100
            assert len(set(picture.convert("L").tobytes())) > 2
        assert b"points_t" in image.read_bytes()  # its text twin is in the file
    else:
        drawn = ElementTree.parse(image).getroot()
        texts = {"".join(node.itertext()) for node in drawn.iter() if node.tag.endswith("text")}
        assert {"4.", "1.", "5.", "3.", "2."} <= texts
        assert any(text.startswith("points_t") for text in texts)
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_a_picture_without_tensors_and_one_that_cannot_be_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["tensor", "x = 1", "--image", str(tmp_path / "empty.svg")]) == 0
    assert "There are no tensors yet" in (tmp_path / "empty.svg").read_text(encoding="utf-8")
    capsys.readouterr()
    assert main(["tensor", POINTS, "--image", str(tmp_path / "absent" / "x.png")]) == 2
    assert main(["tensor", POINTS, "--image", "x.gif"]) == 2
    assert capsys.readouterr().out == ""


def test_help_does_not_load_torch(run: Run, tmp_path: Path) -> None:
    (tmp_path / "torch").mkdir()
    (tmp_path / "torch" / "__init__.py").write_text("raise SystemExit('torch was imported')\n")
    done = run("tensor", "--help", PYTHONPATH=str(tmp_path))
    assert done.returncode == 0
    assert b"CODE" in done.stdout


def test_the_program_itself(run: Run) -> None:
    done = run("tensor", "torch.ones(2)\n'\u00e4'", "--format", "json")
    assert done.returncode == 0
    assert [step["output"] for step in json.loads(done.stdout)["steps"]] == ["tensor([1., 1.])\n", "'\u00e4'\n"]

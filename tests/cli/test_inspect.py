"""`tensorviz inspect` as the contract has it: keys, numbers and exit codes, literally.

Must not know how files are read.
"""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import safetensors.torch
import torch

from tensorviz.cli.main import main

Run = Callable[..., subprocess.CompletedProcess[bytes]]
Captured = pytest.CaptureFixture[str]
KEYS = ["path", "format", "bytes", "metadata", "tensors", "storages", "wasted_bytes", "unsafe_globals", "guess"]
SYSTEM = f"{os.system.__module__}.system"


class Evil:
    """Pickled, it is a call of the shell."""

    def __reduce__(self) -> Any:
        return os.system, ("exit 3",)


def as_json(capsys: Captured, path: Path | str, *options: str) -> dict[str, Any]:
    assert main(["inspect", str(path), "--format", "json", *options]) == 0
    return dict(json.loads(capsys.readouterr().out))


def test_the_keys_of_the_contract(tmp_path: Path, capsys: Captured) -> None:
    big = torch.arange(12.0)
    torch.save({"x": big[2:8].view(2, 3).t(), "n": {"y": [big[:4]]}}, tmp_path / "x.pt")
    found = as_json(capsys, tmp_path / "x.pt")
    assert list(found)[: len(KEYS)] == KEYS
    assert (found["path"], found["format"]) == (str(tmp_path / "x.pt"), "pt-zip")
    assert found["bytes"] == (tmp_path / "x.pt").stat().st_size
    assert found["metadata"]["byteorder"] == sys.byteorder
    assert found["tensors"] == [
        {"name": "x", "shape": [3, 2], "stride": [1, 3], "storage_offset": 2, "dtype": "float32", "storage": "A",
         "nbytes": 24, "is_contiguous": False},
        {"name": "n.y.0", "shape": [4], "stride": [1], "storage_offset": 0, "dtype": "float32", "storage": "A",
         "nbytes": 16, "is_contiguous": True},
    ]  # fmt: skip  # as in the contract
    assert found["storages"] == [{"id": "A", "nbytes": 48, "used_bytes": 32, "tensors": ["x", "n.y.0"]}]
    assert (found["wasted_bytes"], found["unsafe_globals"]) == (16, [])
    assert isinstance(found["guess"], str)


@pytest.mark.parametrize("new", [True, False])
def test_a_saved_slice_drags_its_storage_along(tmp_path: Path, capsys: Captured, new: bool) -> None:
    torch.save(torch.zeros(1_000_000)[:10_000], tmp_path / "x.pt", _use_new_zipfile_serialization=new)
    found = as_json(capsys, tmp_path / "x.pt")
    assert (found["storages"][0]["used_bytes"], found["wasted_bytes"]) == (40_000, 3_960_000)
    assert main(["inspect", str(tmp_path / "x.pt")]) == 0
    assert "3.96 MB of 4.00 MB wasted" in capsys.readouterr().out


def test_used_bytes_count_each_byte_once(tmp_path: Path, capsys: Captured) -> None:
    # The judge marks each byte by hand, from what torch says of each tensor.
    big = torch.zeros(60)
    views = [
        big.as_strided(*layout) for layout in (((4, 3), (10, 2), 1), ((5,), (7,), 0), ((3,), (1,), 20), ((), (), 59))
    ]
    torch.save(views, tmp_path / "x.pt")
    reached = torch.zeros(60, dtype=torch.bool)
    for view in views:
        reached.as_strided(view.shape, view.stride(), view.storage_offset()).fill_(True)
    (storage,) = as_json(capsys, tmp_path / "x.pt")["storages"]
    assert storage["used_bytes"] == 4 * int(reached.sum())


@pytest.mark.parametrize("new", [True, False])
def test_with_a_call_in_it_the_tensors_are_listed_all_the_same(tmp_path: Path, run: Run, new: bool) -> None:
    torch.save(
        {"a": torch.ones(2), "evil": Evil(), "b": torch.ones(3)}, tmp_path / "x.pt", _use_new_zipfile_serialization=new
    )
    done = run("inspect", str(tmp_path / "x.pt"), "--format", "json")
    assert done.returncode == 0
    found = json.loads(done.stdout)
    assert found["unsafe_globals"] == [SYSTEM]
    assert [tensor["name"] for tensor in found["tensors"]] == ["a", "b"]
    assert b"nothing was run" in done.stderr


def test_other_formats_and_forms(tmp_path: Path, capsys: Captured) -> None:
    safetensors.torch.save_file({"w": torch.ones(2, 2)}, tmp_path / "x.safetensors", {"format": "pt"})
    np.savez(tmp_path / "x.npz", a=np.ones(3))
    (tmp_path / "raw.bin").write_bytes(bytes(12))
    assert as_json(capsys, tmp_path / "x.safetensors")["metadata"] == {"format": "pt"}
    assert as_json(capsys, tmp_path / "x.npz")["tensors"][0]["dtype"] == "float64"
    raw = as_json(capsys, tmp_path / "raw.bin", "--dtype", "int16", "--shape", "-1,3")
    assert raw["tensors"][0]["shape"] == [2, 3]
    assert main(["inspect", str(tmp_path / "x.npz"), "--format", "jsonl"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 1
    assert json.loads(lines[0])["format"] == "npz"
    assert main(["inspect", str(tmp_path / "x.safetensors"), "--format", "csv"]) == 0
    (row,) = csv.DictReader(io.StringIO(capsys.readouterr().out))
    assert (row["name"], row["shape"], row["is_contiguous"]) == ("w", "2 2", "True")


def test_a_report_and_an_order(tmp_path: Path, capsys: Captured) -> None:
    torch.save({f"l.{at}": torch.ones(at) for at in (2, 10, 9)}, tmp_path / "x.pt")
    names = [tensor["name"] for tensor in as_json(capsys, tmp_path / "x.pt", "--sort", "name")["tensors"]]
    assert names == ["l.2", "l.9", "l.10"]
    sizes = [tensor["nbytes"] for tensor in as_json(capsys, tmp_path / "x.pt", "--sort", "size")["tensors"]]
    assert sizes == sorted(sizes, reverse=True)
    report = tmp_path / "report.json"
    assert main(["inspect", str(tmp_path / "x.pt"), "--format", "json", "--report", str(report)]) == 0
    assert capsys.readouterr().out == ""
    assert len(json.loads(report.read_text())["tensors"]) == 3


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["gone.pt"], "There is no file gone.pt"),
        (["."], "is a folder"),
        ([], "Missing argument"),
        (["x.pt", "--shape", "a"], "is no shape"),
        (["x.pt", "--shape", "3"], "give --dtype"),
        (["x.pt", "--dtype", "float33"], "no element type"),
        (["x.pt"], "text file"),
    ],
)
def test_what_cannot_be_is_a_sentence_and_exit_code_two(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured, arguments: list[str], said: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "x.pt").write_text("hello, this is text\n" * 5)
    assert main(["inspect", *arguments]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert said in captured.err
    assert len(captured.err.splitlines()) == 1


def test_names_do_not_steer_the_terminal(tmp_path: Path, capsys: Captured) -> None:
    torch.save({"\x1b[2Jred\n": torch.ones(1), "note": "\x1b]0;x\x07"}, tmp_path / "x.pt")
    assert main(["inspect", str(tmp_path / "x.pt")]) == 0
    assert "\x1b" not in capsys.readouterr().out
    found = as_json(capsys, tmp_path / "x.pt")
    assert found["tensors"][0]["name"] == "\x1b[2Jred\n"


def test_lone_surrogates_in_names_are_printed_as_json_can(tmp_path: Path, run: Run) -> None:
    torch.save({"a\udc80": torch.ones(1)}, tmp_path / "x.pt")
    done = run("inspect", str(tmp_path / "x.pt"), "--format", "json")
    assert json.loads(done.stdout)["tensors"][0]["name"] == "a\udc80"


@pytest.mark.parametrize("new", [True, False])
def test_torch_is_never_imported(tmp_path: Path, new: bool) -> None:
    torch.save(
        {"a": torch.ones(2, 3).t(), "b": torch.nn.Linear(2, 2)}, tmp_path / "x.pt", _use_new_zipfile_serialization=new
    )
    code = (
        "import sys; from tensorviz.cli.main import main\n"
        "for form in ('text', 'json', 'csv'): assert main(['inspect', sys.argv[1], '--format', form]) == 0\n"
        "sys.exit(40 + len({'torch', 'torchvision', 'PySide6', 'safetensors'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code, str(tmp_path / "x.pt")], capture_output=True, check=False)
    assert done.returncode == 40, done.stderr


def test_values_comparison_and_copies(tmp_path: Path, capsys: Captured) -> None:
    big = torch.arange(1000.0)
    torch.save({"w": big[:10], "n": torch.tensor([float("nan"), 1.0]), "t": torch.randn(4, 3).t()}, tmp_path / "a.pt")
    torch.save({"w": big[:10] + 1, "n": torch.tensor([float("nan"), 1.0]), "extra": big[:2]}, tmp_path / "b.pt")
    copies = {"--compact": tmp_path / "small.pt", "--to-safetensors": tmp_path / "small.safetensors"}
    options = [str(part) for pair in copies.items() for part in pair]
    found = as_json(capsys, tmp_path / "a.pt", "--values", "--compare", str(tmp_path / "b.pt"), *options)
    assert {row["name"]: row["nan"] for row in found["values"]} == {"w": 0, "n": 1, "t": 0}
    comparison = found["comparison"]
    assert (comparison["missing"], comparison["extra"], comparison["equal"]) == (["t"], ["extra"], 1)
    assert [row["name"] for row in comparison["differences"]] == ["w"]
    assert [row["as"] for row in found["written"]] == ["compact", "safetensors"]
    before = torch.load(tmp_path / "a.pt", weights_only=True)
    compacted = torch.load(copies["--compact"], weights_only=True)
    for copy in (compacted, safetensors.torch.load_file(copies["--to-safetensors"])):
        assert sorted(copy) == sorted(before)
        assert all(torch.equal(copy[name].nan_to_num(7), before[name].nan_to_num(7)) for name in before)
    assert copies["--compact"].stat().st_size < (tmp_path / "a.pt").stat().st_size - 3000


def test_a_copy_never_takes_the_place_of_what_is_read(tmp_path: Path, capsys: Captured) -> None:
    torch.save(torch.zeros(3), tmp_path / "a.pt")
    before = (tmp_path / "a.pt").read_bytes()
    assert main(["inspect", str(tmp_path / "a.pt"), "--compact", str(tmp_path / "a.pt")]) == 2
    assert "another name" in capsys.readouterr().err
    assert (tmp_path / "a.pt").read_bytes() == before

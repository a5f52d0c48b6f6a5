"""Pickles in every hostile form: nothing runs, nothing is imported, memory stays bounded, and the rest is listed.

Must not know how a pickle is read.
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from tensorviz.core.errors import CheckpointUnreadable
from tensorviz.engine.formats import read_contents
from tests.engine.formats.hostile import PICKLES, legacy, tensor, zipped
from tests.engine.formats.judges import value_of

ROOT = Path(__file__).resolve().parents[3]
LARGEST_RISE = 300  # MB of memory above the idle program
LAUGHING = ("tensor laughs", "doubling")  # tried below, or as bad as that
SYSTEM = f"{os.system.__module__}.system"
FORMS: dict[str, Callable[[bytes], bytes]] = {"zip": lambda raw: zipped(raw, (bytes(16),)), "legacy": legacy}
BOTH = pytest.mark.parametrize("form", FORMS)
WORST = ("laughs", "tensor laughs", "deep tuples", "deep marks", "many floats", "many memos")
QUICK = [name for name, raw in PICKLES.items() if len(raw) < 20_000 and name not in LAUGHING]


class Call:
    """Pickled, it is a call of something with something."""

    def __init__(self, function: Callable[..., Any], *arguments: Any) -> None:
        self.call = (function, arguments)

    def __reduce__(self) -> Any:
        return self.call


class Empty:
    """An object with a state."""


@BOTH
@pytest.mark.parametrize("name", QUICK)
def test_a_sentence_or_an_answer(tmp_path: Path, name: str, form: str) -> None:
    (tmp_path / "x.pt").write_bytes(FORMS[form](PICKLES[name]))
    try:
        contents = read_contents(tmp_path / "x.pt")
    except CheckpointUnreadable as error:
        said = str(error)
    else:
        said = f"{len(contents.tensors)} tensors."
        assert all(tensor.layout.numel < 100 for tensor in contents.tensors)
    assert "..." not in said


@pytest.mark.skipif(sys.platform == "win32", reason="memory is measured as Unix does")
@pytest.mark.parametrize("names", [WORST, pytest.param(tuple(PICKLES), marks=pytest.mark.slow)], ids=["some", "all"])
def test_memory_stays_bounded(tmp_path: Path, names: tuple[str, ...]) -> None:
    for name in names:
        for form, wrap in FORMS.items() if len(names) > len(WORST) else [("zip", FORMS["zip"])]:
            (tmp_path / f"{name} {form}.pt").write_bytes(wrap(PICKLES[name]))
    done = subprocess.run(
        [sys.executable, "-m", "tests.engine.formats.hostile", str(tmp_path)],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip  # short
    assert done.returncode == 0, done.stderr
    rise, torch_loaded = done.stdout.split()
    assert int(rise) < LARGEST_RISE
    assert torch_loaded == "False"


@pytest.mark.parametrize("new", [True, False], ids=["zip", "legacy"])
def test_nothing_of_a_file_is_run_and_its_tensors_are_listed(tmp_path: Path, new: bool) -> None:
    trap = tmp_path / "trap"
    value = {
        "before": torch.ones(2),
        "shell": Call(os.system, f"touch '{trap}'"),
        "code": Call(exec, f"open({str(trap)!r}, 'w')"),
        "file": Call(open, str(trap), "w"),
        "after": [torch.arange(3)],
    }
    torch.save(value, tmp_path / "x.pt", _use_new_zipfile_serialization=new)
    contents = read_contents(tmp_path / "x.pt")
    assert not trap.exists()
    assert contents.unsafe_globals == (SYSTEM, "__builtin__.exec", "io.open")
    assert [tensor.name for tensor in contents.tensors] == ["before", "after.0"]
    assert value_of(contents.tensors[1], contents).tolist() == [0, 1, 2]


@pytest.mark.parametrize("protocol", range(6))
def test_names_are_spelled_as_the_file_has_them(tmp_path: Path, protocol: int) -> None:
    (tmp_path / "x.pkl").write_bytes(pickle.dumps([Call(os.system, "true"), Call(eval, "1")], protocol=protocol))
    builtins = "__builtin__" if protocol < 3 else "builtins"
    assert read_contents(tmp_path / "x.pkl").unsafe_globals == (SYSTEM, f"{builtins}.eval")


@pytest.mark.parametrize("name", ["object", "inst", "newobj", "newobj ex"])
def test_every_instruction_that_makes_objects_is_seen(tmp_path: Path, name: str) -> None:
    (tmp_path / "x.pt").write_bytes(zipped(PICKLES[name]))
    assert read_contents(tmp_path / "x.pt").unsafe_globals == ("posix.system",)


@BOTH
def test_a_module_named_in_a_file_is_not_imported(tmp_path: Path, form: str) -> None:
    (tmp_path / "trap_module.py").write_text("raise SystemExit('imported')")
    sys.path.insert(0, str(tmp_path))
    try:
        (tmp_path / "x.pt").write_bytes(FORMS[form](b"\x80\2ctrap_module\nName\n)R}X\1\0\0\0aK\1sb."))
        assert read_contents(tmp_path / "x.pt").unsafe_globals == ("trap_module.Name",)
    finally:
        sys.path.remove(str(tmp_path))
    assert "trap_module" not in sys.modules


def test_tensors_in_objects_that_would_have_to_be_made(tmp_path: Path) -> None:
    thing = Empty()
    thing.__dict__.update(weight=torch.arange(3), inner={"b": [torch.ones(1)]})
    torch.save({"thing": thing}, tmp_path / "x.pt")
    contents = read_contents(tmp_path / "x.pt")
    assert [tensor.name for tensor in contents.tensors] == ["thing.weight", "thing.inner.b.0"]
    assert contents.unsafe_globals == (f"{Empty.__module__}.Empty",)


def test_a_tensor_beyond_its_storage_by_one_element(tmp_path: Path) -> None:
    for count, fits in ((4, True), (5, False)):
        size = b"K" + bytes([count])
        raw = b"\x80\2" + tensor(size + b"\x85", b"K\1\x85") + b"."
        (tmp_path / "x.pt").write_bytes(zipped(raw, (bytes(16),)))
        if fits:
            assert read_contents(tmp_path / "x.pt").tensors[0].layout.shape == (count,)
        else:
            with pytest.raises(CheckpointUnreadable, match="beyond its storage"):
                read_contents(tmp_path / "x.pt")


def test_the_same_tensor_a_billion_times_is_cut_and_said(tmp_path: Path) -> None:
    (tmp_path / "x.pt").write_bytes(zipped(PICKLES["tensor laughs"], (bytes(16),)))
    contents = read_contents(tmp_path / "x.pt")
    assert any("Not all of it is listed" in note for note in contents.notes)
    assert contents.structure is None

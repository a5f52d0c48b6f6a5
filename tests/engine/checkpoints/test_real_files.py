"""The whole way with files that torch wrote and the program's own readers; and that none of it loads torch.

Must not know how files are read.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.torch import load_file

from tensorviz.core.checkpoint_layout import analyse
from tensorviz.core.checkpoint_text import analysis_lines, module_lines
from tensorviz.core.checkpoint_told import comparison_lines, duplicates_lines, values_lines
from tensorviz.core.families import guess
from tensorviz.engine.checkpoints.compact import compact
from tensorviz.engine.checkpoints.compare import Side, compare
from tensorviz.engine.checkpoints.convert import to_safetensors
from tensorviz.engine.checkpoints.duplicates import find_duplicates
from tensorviz.engine.checkpoints.known import known_networks
from tensorviz.engine.checkpoints.values import look_at_values
from tensorviz.engine.formats import read_contents
from tensorviz.engine.formats.bytes_of import read_storage
from tests.engine.checkpoints.test_compact import same
from tests.engine.checkpoints.test_values import random_bits

ROOT = Path(__file__).resolve().parents[3]
DTYPES = ["float32", "bfloat16", "float16", "int64", "uint16", "bool", "complex64", "float8_e4m3fn"]


def saved(folder: Path, value: object, legacy: bool = False) -> str:
    path = folder / "x.pt"
    torch.save(value, path, _use_new_zipfile_serialization=not legacy)
    return str(path)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 5), st.integers(1, 4), st.integers(0, 3), st.booleans()), min_size=1, max_size=4),
    st.sampled_from(DTYPES),
    st.booleans(),
)
def test_copies_of_what_torch_saved(
    tmp_path_factory: pytest.TempPathFactory, parts: list[tuple[int, int, int, bool]], dtype: str, legacy: bool
) -> None:
    folder = tmp_path_factory.mktemp("x")
    base = random_bits(dtype, 240, 7).reshape(6, 40)
    tensors = {f"layer.{at}": base[rows:, first::step] for at, (rows, step, first, _) in enumerate(parts)}
    tensors = {name: t.t() if parts[at][3] else t for at, (name, t) in enumerate(tensors.items())}
    path = saved(folder, {"state_dict": tensors, "epoch": 3}, legacy)
    contents = read_contents(path)
    compact(contents, read_storage, str(folder / "copy.pt"), reopen=read_contents)
    to_safetensors(contents, read_storage, str(folder / "copy.safetensors"), reopen=read_contents)
    loaded = torch.load(folder / "copy.pt", weights_only=True)
    flat = load_file(folder / "copy.safetensors")
    assert loaded["epoch"] == 3
    for name, tensor in tensors.items():
        assert same(loaded["state_dict"][name], tensor)
        assert loaded["state_dict"][name].stride() == tensor.stride() or not tensor.is_contiguous()
        assert same(flat[f"state_dict.{name}"], tensor)
    other = Side(read_contents(str(folder / "copy.pt")), read_storage)
    assert compare(Side(contents, read_storage), other).same


def test_a_saved_slice_from_file_to_copy(tmp_path: Path) -> None:
    big = torch.arange(1_000_000.0)
    contents = read_contents(saved(tmp_path, {"x": big[:10]}))
    analysis = analyse(contents)
    assert analysis.wasted == 3_999_960
    assert analysis.sentences[0].startswith("3,999,960 of 4,000,000 bytes of storage A are wasted")
    assert "big[:10] was saved" in analysis.sentences[0]
    done = compact(contents, read_storage, str(tmp_path / "y.pt"), reopen=read_contents)
    assert done.spared > 3_990_000
    assert analyse(read_contents(str(tmp_path / "y.pt"))).wasted == 0


def test_a_training_checkpoint_goes_on_from_its_copy(tmp_path: Path) -> None:
    network = torch.nn.Sequential(torch.nn.Conv2d(3, 4, 3), torch.nn.BatchNorm2d(4))
    optimiser = torch.optim.AdamW(network.parameters(), lr=0.1)
    network(torch.ones(1, 3, 5, 5)).sum().backward()
    optimiser.step()
    state: dict[str, Any] = {"model": network.state_dict(), "optimizer": optimiser.state_dict(), "epoch": 4}
    contents = read_contents(saved(tmp_path, state))
    assert "take" in guess(contents, known_networks())
    compact(contents, read_storage, str(tmp_path / "y.pt"), reopen=read_contents)
    loaded = torch.load(tmp_path / "y.pt", weights_only=True)
    network.load_state_dict(loaded["model"])
    optimiser.load_state_dict(loaded["optimizer"])
    assert loaded["optimizer"]["param_groups"] == state["optimizer"]["param_groups"]
    assert torch.equal(optimiser.state_dict()["state"][0]["exp_avg"], state["optimizer"]["state"][0]["exp_avg"])


def test_lines_for_a_person(tmp_path: Path) -> None:
    x = torch.arange(6.0).reshape(2, 3)
    odd = {"n": torch.tensor([1.0, float("nan")]), "z": torch.zeros(2, 2)}
    contents = read_contents(saved(tmp_path, {"a.w": x, "a.t": x.t(), **odd}))
    analysis = analyse(contents)
    text = "\n".join([*analysis_lines(analysis), *module_lines(analysis)])
    assert '"a.w": it shares memory with "a.t"' in text
    assert "a: 12 elements, 48 bytes" in text
    side = Side(contents, read_storage)
    values = "\n".join(values_lines(list(look_at_values(contents, read_storage))))
    assert '"n": 1 NaN.' in values
    assert '"z": all zero.' in values
    assert list(comparison_lines(compare(side, side))) == ["Both hold the same 4 tensors with the same values."]
    folder = tmp_path / "other"
    folder.mkdir()
    second = read_contents(
        saved(folder, {"a.w": x + 1e-6, "m": x, "z": torch.zeros(2, 3), "n": torch.zeros(2).double()})
    )
    lines = "\n".join(comparison_lines(compare(side, Side(second, read_storage))))
    for words in (
        'Only in the first: "a.t".',
        'Only in the second: "m".',
        '"z" has the shape',
        "float64 there",
        "ulp (at [0, 0]",
    ):
        assert words in lines
    assert list(duplicates_lines(find_duplicates(second, read_storage))) == []


def test_none_of_it_loads_torch() -> None:
    rooms = [ROOT / "tensorviz/engine/checkpoints", ROOT / "tensorviz/core"]
    paths = [path for room in rooms for path in room.rglob("*.py") if "checkpoint" in str(path) or "famil" in path.name]
    names = [".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__") for path in paths]
    assert len(names) > 15
    load = f"import importlib, json, sys\nfor name in {names!r}: importlib.import_module(name)\n"
    code = f"{load}print(json.dumps(list(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=dict(os.environ), capture_output=True, check=True)
    loaded = {name.split(".")[0] for name in json.loads(done.stdout)}
    assert loaded & {"torch", "torchvision", "PySide6", "safetensors"} == set()

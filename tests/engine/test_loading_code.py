"""The code that loads a file is run, and gives what torch, numpy and safetensors were asked to write."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from tensorviz.core.loading_code import loading_code
from tensorviz.core.stored import RawForm
from tensorviz.engine.formats import read_contents

WEIGHT, BIAS = torch.arange(6.0).view(2, 3), torch.tensor([1.5, -2.0], dtype=torch.bfloat16)


def ran(path: Path, raw: RawForm | None = None) -> dict[str, Any]:
    """What the code's variables hold after it was run."""
    found: dict[str, Any] = {}
    exec(compile(loading_code(read_contents(path, raw)), "loading", "exec"), found)
    return found


@pytest.mark.parametrize("legacy", [False, True])
@pytest.mark.parametrize("name", ["model.pt", 'it\'s "one".pt'])
def test_a_checkpoint(tmp_path: Path, legacy: bool, name: str) -> None:
    torch.save({"net": {"weight": WEIGHT}}, tmp_path / name, _use_new_zipfile_serialization=not legacy)
    assert torch.equal(ran(tmp_path / name)["checkpoint"]["net"]["weight"], WEIGHT)


def test_a_checkpoint_with_names_that_torch_does_not_load_says_so(tmp_path: Path) -> None:
    torch.save({"weight": WEIGHT, "when": Path("/x")}, tmp_path / "model.pt")
    code = loading_code(read_contents(tmp_path / "model.pt"))
    assert "# It names what torch does not load by itself: pathlib." in code
    assert "weights_only=True" in code
    with pytest.raises(Exception, match="pathlib"):  # torch's own refusal
        ran(tmp_path / "model.pt")


def test_safetensors_single_and_sharded(tmp_path: Path) -> None:
    save_file({"weight": WEIGHT}, tmp_path / "a.safetensors")
    save_file({"bias": BIAS}, tmp_path / "b.safetensors")
    assert torch.equal(ran(tmp_path / "a.safetensors")["tensors"]["weight"], WEIGHT)
    index = {"weight_map": {"weight": "a.safetensors", "bias": "b.safetensors"}}
    (tmp_path / "m.safetensors.index.json").write_text(json.dumps(index))
    tensors = ran(tmp_path / "m.safetensors.index.json")["tensors"]
    assert torch.equal(tensors["weight"], WEIGHT)
    assert torch.equal(tensors["bias"], BIAS)


@pytest.mark.parametrize("order", ["<", ">"])
def test_arrays(tmp_path: Path, order: str) -> None:
    array = np.asfortranarray(WEIGHT.numpy().astype(f"{order}f4"))
    np.save(tmp_path / "a.npy", array)
    np.savez(tmp_path / "a.npz", weight=array, count=np.array(3, f"{order}i8"))
    assert torch.equal(ran(tmp_path / "a.npy")["tensor"], WEIGHT)
    tensors = ran(tmp_path / "a.npz")["tensors"]
    assert torch.equal(tensors["weight"], WEIGHT)
    assert tensors["count"].item() == 3


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize(("dtype", "code"), [("int16", "i2"), ("float64", "f8"), ("complex64", "c8"), ("uint8", "u1")])
def test_raw_numbers(tmp_path: Path, order: str, dtype: str, code: str) -> None:
    array = np.arange(6).astype(f"{order}{code}")
    (tmp_path / "a.dat").write_bytes(b"head" + array.tobytes() + b"x")
    form = RawForm(dtype, (2, 3), 4, order == ">")
    expected = torch.arange(6).to(getattr(torch, dtype)).view(2, 3)
    assert torch.equal(ran(tmp_path / "a.dat", form)["tensor"], expected)


def test_raw_numbers_of_types_that_numpy_has_not(tmp_path: Path) -> None:
    (tmp_path / "a.dat").write_bytes(BIAS.view(torch.int16).numpy().astype(">i2").tobytes())
    assert torch.equal(ran(tmp_path / "a.dat", RawForm("bfloat16", None, 0, True))["tensor"], BIAS)

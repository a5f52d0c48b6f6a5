"""Files written as safetensors: the safetensors library is the judge.

Must not know how the header is made.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save

from tensorviz.core.checkpoint_refusals import SAFETENSORS_NAMES, WRITTEN_ONLY, refusals
from tensorviz.core.errors import ValueRefused
from tensorviz.core.layout import contiguous
from tensorviz.engine.checkpoints.convert import to_safetensors
from tensorviz.engine.checkpoints.elements import blocks
from tests.engine.checkpoints.made import made
from tests.engine.checkpoints.test_compact import same
from tests.engine.checkpoints.test_values import random_bits

pytestmark = pytest.mark.filterwarnings("ignore:ComplexHalf support is experimental")
LOADED = [name for name in SAFETENSORS_NAMES if name not in WRITTEN_ONLY]


@pytest.mark.parametrize("name", LOADED)
def test_every_element_type_and_stride(tmp_path: Path, name: str) -> None:
    flat = random_bits(name, 240, 4)
    tensors = {
        "plain": flat, "turned": flat.reshape(12, 20).t(), "part": flat[3:200:7], "empty": flat[:0].reshape(0, 4),
        "one": flat[5].clone(), "odd\n\"ü": flat[:3].expand(2, 3),
    }  # fmt: skip  # a table
    done = to_safetensors(*made(tensors), str(tmp_path / "x.safetensors"))
    loaded = load_file(tmp_path / "x.safetensors")
    assert loaded.keys() == tensors.keys()
    assert all(same(loaded[key], tensor) for key, tensor in tensors.items())
    assert done.nbytes == (tmp_path / "x.safetensors").stat().st_size


@pytest.mark.parametrize("name", sorted(WRITTEN_ONLY))
def test_types_that_the_library_only_writes_lie_as_it_writes_them(tmp_path: Path, name: str) -> None:
    tensor = random_bits(name, 6, 1).reshape(2, 3)
    done = to_safetensors(*made({"x": tensor}), str(tmp_path / "x.safetensors"))
    ours, theirs = (tmp_path / "x.safetensors").read_bytes(), save({"x": tensor})
    tables = [json.loads(raw[8 : 8 + int.from_bytes(raw[:8], "little")]) for raw in (ours, theirs)]
    assert tables[0]["x"] == tables[1]["x"]
    assert ours[-6:] == theirs[-6:]
    assert any("does not read it" in sentence for sentence in done.lost)


def test_lazy_signs_are_applied_and_metadata_kept(tmp_path: Path) -> None:
    x = torch.tensor([1 + 2j, 3 - 4j])
    contents, read = made({"x": x.conj()}, metadata={"author": "me"})
    done = to_safetensors(contents, read, str(tmp_path / "x.safetensors"))
    assert torch.equal(load_file(tmp_path / "x.safetensors")["x"], x.conj().resolve_conj())
    assert any("sign to be applied" in sentence for sentence in done.lost)
    raw = (tmp_path / "x.safetensors").read_bytes()
    table = json.loads(raw[8 : 8 + int.from_bytes(raw[:8], "little")])
    assert table["__metadata__"] == {"author": "me", "format": "pt"}


def test_what_is_lost_is_said(tmp_path: Path) -> None:
    base = torch.arange(12.0)
    tensors = {"a": base, "tied": base, "turned": base.view(3, 4).t()}
    contents, read = made(tensors, others=(("epoch", "3"), ("args.lr", "1")), unsafe_globals=("posix.system",))
    lost = " ".join(to_safetensors(contents, read, str(tmp_path / "x.safetensors")).lost)
    for words in (
        '"a" and "tied" were one tensor',
        "48 bytes more",
        '"turned" is contiguous',
        '"epoch" and "args"',
        "posix.system",
    ):
        assert words in lost


def test_what_has_no_place_is_refused(tmp_path: Path) -> None:
    for tensors in ({"x": torch.zeros(2, dtype=torch.complex128)}, {"__metadata__": torch.zeros(2)}, {}):
        with pytest.raises(ValueRefused):
            to_safetensors(*made(tensors), str(tmp_path / "x.safetensors"))
    assert list(tmp_path.iterdir()) == []


def test_expanded_tensors_that_no_disk_holds_are_refused_at_once(tmp_path: Path) -> None:
    huge = torch.ones(1).expand(1 << 30, 1 << 20)
    with pytest.raises(ValueRefused, match="not that much room"):
        to_safetensors(*made({"x": huge}), str(tmp_path / "x.safetensors"))
    assert next(blocks(contiguous((1 << 40, 1 << 20)))).first == (0, 0)


def test_refusals_are_the_librarys() -> None:
    x = torch.arange(24.0).reshape(4, 6)
    cases: list[dict[str, torch.Tensor]] = [
        {"a": x, "b": x}, {"a": x[:2], "b": x[2:]}, {"a": x[:3], "b": x[2:]}, {"a": x.t()}, {"a": x[:, 1:2]},
        {"a": x[:1]},
        {"a": x[1:1], "b": x}, {"a": x[:0], "b": x[0]}, {"a": x[:, ::2], "b": x[:, 1::2]}, {"a": x.expand(2, 4, 6)},
        {"a": x[0], "b": x[1], "c": x[0:2]}, {"a": torch.zeros(2, dtype=torch.complex128)}, {"a": x[:1].t(), "b": x[2]},
        {"a": x.view(24)[:9], "b": x.view(24)[1:3], "c": x.view(24)[5:7]}, {"a": x.clone(), "b": x.clone()},
        {"a": torch.zeros(0, 3).t(), "b": torch.zeros(1)}, {"a": x.view(1, 24).t()},
    ]  # fmt: skip  # a table
    for tensors in cases:
        contents, _ = made(tensors)
        try:
            save(tensors)
            refused = False
        except (RuntimeError, ValueError, KeyError):
            refused = True
        assert bool(refusals(contents)) == refused, tensors

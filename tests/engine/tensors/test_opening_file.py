"""Tensors of files in the session: what torch, safetensors and NumPy load, shared alike, and code that gives the same.

Must not know how a file is read. The files are written, and judged, by those libraries.
"""

from __future__ import annotations

import json
import struct
import warnings
import zipfile
from collections import OrderedDict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file

from tensorviz.core.errors import CheckpointUnreadable, TensorvizError, ValueRefused
from tensorviz.core.stored import RawForm
from tensorviz.engine.formats import read_contents
from tensorviz.engine.messages.files import OpenStored
from tensorviz.engine.tensors.opening import bring
from tensorviz.engine.tensors.opening_file import open_stored
from tensorviz.engine.tensors.opening_terms import ChangedFile, Terms
from tests.engine.formats.judges import DTYPES, bytes_as, same_bits

if TYPE_CHECKING:
    from collections.abc import Mapping


Tensors = dict[str, torch.Tensor]


def opened(path: Path, raw: RawForm | None = None, *places: int) -> tuple[dict[str, Any], str, Tensors]:
    """The action, code and values of all tensors of a file, or of those at some places."""
    places = places or tuple(range(len(read_contents(path, raw).tensors)))
    action, (code, values) = open_stored(OpenStored(str(path), raw, places), (), Terms())
    return json.loads(json.dumps(action)), code, dict(values)


def run(code: str) -> dict[str, Any]:
    """What plain Python makes of the code; no warning is allowed."""
    assert "tensorviz" not in code
    names: dict[str, Any] = {"torch": torch}
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warnings.filterwarnings("ignore", "ComplexHalf")  # torch's own, at its first complex32
        exec(code, names)
    return names


def relations(tensors: Mapping[str, torch.Tensor]) -> list[tuple[Any, ...]]:
    """Each tensor's type and layout, the size of its storage, and the number of that storage among theirs."""
    order: dict[int, int] = {}
    rows = []
    for name, one in tensors.items():
        at = order.setdefault(one.untyped_storage()._cdata, len(order))
        row = (one.dtype, tuple(one.shape), one.stride(), one.storage_offset(), one.untyped_storage().nbytes())
        rows.append((name, *row, at, one.is_conj(), one.is_neg(), one.requires_grad, type(one)))
    return rows


def agree(one: Mapping[str, torch.Tensor], other: Mapping[str, torch.Tensor]) -> None:
    """Whether both are the same in everything that can be seen."""
    assert relations(one) == relations(other)
    assert all(same_bits(one[name], other[name]) for name in one)


def reproduced(code: str, values: Tensors) -> None:
    """The code by itself gives the same tensors on storages shared alike, and binds nothing else but a function."""
    names = run(code)
    agree({name: names[name] for name in values}, values)
    assert len({id(names[name]) for name in values}) == len(values)  # each can be laid out otherwise without the others
    rest = set(names) - set(values) - {"torch", "__builtins__"}
    assert all(callable(names[name]) and name.startswith("read_") for name in rest)


def several() -> dict[str, Any]:
    """Tied, sliced, transposed, expanded, nested, empty, scalar tensors; a parameter; lazy signs."""
    whole = torch.arange(1000.0)
    tied = torch.randn(4, 3, generator=torch.Generator().manual_seed(3))
    numbers = torch.complex(torch.randn(5), torch.randn(5))
    return {
        "layer1.0.weight": tied, "head.weight": tied, "sliced": whole[10:20], "transposed": tied.t(),
        "net": OrderedDict({"a": [torch.ones(2, dtype=torch.int8), (torch.zeros(()),)], 3: whole[::7]}),
        "expanded": torch.ones(1).expand(3, 2), "empty": torch.empty(0, 3), "conj": numbers.conj(),
        "neg": torch._neg_view(torch.ones(3)),
        "parameter": torch.nn.Parameter(torch.rand(2, 2)), "note": "text", "epoch": 7,
    }  # fmt: skip  # a table


def flat(value: Any, name: str = "") -> dict[str, torch.Tensor]:
    """The tensors in what torch loaded, by identifier, as plain tensors."""
    if isinstance(value, torch.Tensor):
        return {name: value.detach() if isinstance(value, torch.nn.Parameter) else value}
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list | tuple) else ()
    found = [flat(inner, f"{name}_{key}" if name else str(key).replace(".", "_")) for key, inner in pairs]
    return {key: tensor for part in found for key, tensor in part.items()}


@pytest.mark.parametrize("zipped", [True, False])
def test_a_torch_file_is_in_the_session_as_torch_loads_it(tmp_path: Path, zipped: bool) -> None:
    torch.save(several(), tmp_path / "it's.pt", _use_new_zipfile_serialization=zipped)
    _, code, values = opened(tmp_path / "it's.pt")
    agree(values, flat(torch.load(tmp_path / "it's.pt", weights_only=True)))
    assert values["sliced"].untyped_storage().nbytes() == 4000
    assert values["layer1_0_weight"].data_ptr() == values["head_weight"].data_ptr()
    assert "torch.load(" in code
    reproduced(code, values)


def test_some_tensors_come_with_their_own_storages_only(tmp_path: Path) -> None:
    torch.save(several(), tmp_path / "a.pt")
    names = [one.name for one in read_contents(tmp_path / "a.pt").tensors]
    _, code, values = opened(tmp_path / "a.pt", None, names.index("transposed"), names.index("layer1.0.weight"))
    assert list(values) == ["transposed", "layer1_0_weight"]
    reproduced(code, values)
    _, code, values = opened(tmp_path / "a.pt", None, names.index("parameter"))
    assert not values["parameter"].requires_grad
    reproduced(code, values)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("zipped", [True, False])
def test_every_type_of_element_is_the_same_bits(tmp_path: Path, dtype: torch.dtype, zipped: bool) -> None:
    made = bytes_as(dtype, 12).view(3, 4)
    torch.save({"x": made, "t": made.t()}, tmp_path / "a.pt", _use_new_zipfile_serialization=zipped)
    _, code, values = opened(tmp_path / "a.pt")
    agree(values, {"x": made, "t": made.t()})
    reproduced(code, values)


def test_packed_numbers_of_four_bits_are_the_same_bytes(tmp_path: Path) -> None:
    made = torch.arange(6, dtype=torch.uint8).view(torch.float4_e2m1fn_x2)
    torch.save({"x": made}, tmp_path / "a.pt")
    _, code, values = opened(tmp_path / "a.pt")
    assert values["x"].view(torch.uint8).tolist() == list(range(6)) == run(code)["x"].view(torch.uint8).tolist()


class Unknown:
    """What torch.load does not make without being told to."""

    def __init__(self) -> None:
        self.kept = torch.arange(3)


def test_a_file_that_torch_refuses_is_opened_and_its_code_reads_the_bytes(tmp_path: Path) -> None:
    whole = torch.arange(6.0)
    torch.save({"x": whole[1:4], "y": whole.view(2, 3).t(), "z": Unknown()}, tmp_path / "a.pt")
    _, code, values = opened(tmp_path / "a.pt", None, 0, 1)
    assert "torch.load refuses this file" in code
    assert "Unknown" in code
    agree(values, {"x": whole[1:4], "y": whole.view(2, 3).t()})
    reproduced(code, values)


def test_compressed_members_and_lazy_signs_are_read_by_their_code(tmp_path: Path) -> None:
    torch.save(several(), tmp_path / "plain.pt")
    with zipfile.ZipFile(tmp_path / "plain.pt") as old, zipfile.ZipFile(tmp_path / "a.pt", "w", 8) as new:
        for member in old.namelist():
            new.writestr(member, old.read(member))
    _, code, values = opened(tmp_path / "a.pt")
    agree(values, flat(torch.load(tmp_path / "plain.pt", weights_only=True)))
    assert "zipfile" in code
    reproduced(code, values)


def test_a_big_endian_torch_file_is_turned_as_torch_turns_it(tmp_path: Path) -> None:
    made = {
        "x": torch.arange(6.0).view(2, 3),
        "c": torch.complex(torch.rand(3), torch.rand(3)),
        "h": torch.ones(5).half(),
    }
    torch.save(made, tmp_path / "plain.pt")
    with zipfile.ZipFile(tmp_path / "plain.pt") as old, zipfile.ZipFile(tmp_path / "a.pt", "w") as new:
        for member in old.namelist():
            raw = b"big" if member.endswith("byteorder") else old.read(member)
            size = {"data/0": 4, "data/1": 4, "data/2": 2}.get(member.partition("/")[2], 1)
            new.writestr(member, np.frombuffer(raw, f"u{size}").byteswap().tobytes())
    _, code, values = opened(tmp_path / "a.pt")
    agree(values, flat(torch.load(tmp_path / "a.pt", weights_only=True)))
    agree(values, made)
    reproduced(code, values)


def test_safetensors_and_sets_of_them(tmp_path: Path) -> None:
    parts = [
        {"a.weight": torch.rand(2, 3), "b": bytes_as(torch.bfloat16, 4)},
        {"c": torch.empty(0, 2), "d": torch.ones(())},
    ]
    files = ["one.safetensors", "two.safetensors"]
    for name, part in zip(files, parts, strict=True):
        save_file(part, tmp_path / name)
    index = {"weight_map": {key: name for name, part in zip(files, parts, strict=True) for key in part}}
    (tmp_path / "model.safetensors.index.json").write_text(json.dumps(index))
    judge = {key.replace(".", "_"): one.clone() for name in files for key, one in load_file(tmp_path / name).items()}
    for path, count in (
        (tmp_path / "one.safetensors", 2),
        (tmp_path / "model.safetensors.index.json", 4),
        (tmp_path, 4),
    ):
        _, code, values = opened(path)
        assert "safe_open" in code
        assert len(values) == count
        agree(values, {name: judge[name] for name in values})
        reproduced(code, values)


def test_a_safetensors_file_that_the_library_refuses_is_read_by_its_code(tmp_path: Path) -> None:
    save_file({"a": torch.rand(3)}, tmp_path / "a.safetensors")
    raw = (tmp_path / "a.safetensors").read_bytes()
    (tmp_path / "a.safetensors").write_bytes(raw + b"left")
    _, code, values = opened(tmp_path / "a.safetensors")
    assert values["a"].tolist() == list(struct.unpack("<3f", raw[-12:]))
    reproduced(code, values)


@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("descr", ["<f4", ">f4", ">c16", ">i2", "<u8", ">f2", "|b1", ">u4", "|i1"])
def test_numpy_files_of_both_orders(tmp_path: Path, descr: str, order: Any) -> None:
    whole = np.asarray(np.arange(24).reshape(2, 3, 4).astype(descr), order=order)
    np.save(tmp_path / "3 d.npy", whole)
    np.savez(tmp_path / "a.npz", first=whole, **{"b.c": whole[0, 0]})
    np.savez_compressed(tmp_path / "packed.npz", first=whole, empty=whole[:0])
    native = torch.from_numpy(whole.astype(whole.dtype.newbyteorder("=")))
    for name, values_of in (("3 d.npy", "tensor_3_d"), ("a.npz", "first"), ("packed.npz", "first")):
        _, code, values = opened(tmp_path / name)
        assert torch.equal(values[values_of], native)
        assert values[values_of].stride() == native.stride()
        reproduced(code, values)


def test_raw_numbers(tmp_path: Path) -> None:
    (tmp_path / "numbers.bin").write_bytes(b"head" + struct.pack(">6f", *range(6)))
    form = RawForm("float32", (2, -1), 4, big_endian=True)
    action, code, values = opened(tmp_path / "numbers.bin", form)
    assert values["numbers"].tolist() == [[0, 1, 2], [3, 4, 5]]
    reproduced(code, values)
    agree(bring(action)[1], values)
    (tmp_path / "numbers.bin").write_bytes(bytes(range(12)))
    _, code, values = opened(tmp_path / "numbers.bin", RawForm("bfloat16", (5,), 1))
    assert values["numbers"].view(torch.uint8).tolist() == list(range(1, 11))
    reproduced(code, values)


def test_names_are_free_and_can_be_said(tmp_path: Path) -> None:
    torch.save(
        {"a.b": torch.ones(1), "a_b": torch.ones(2), "for": torch.ones(3), "0.w": torch.ones(4)}, tmp_path / "a.pt"
    )
    request = OpenStored(str(tmp_path / "a.pt"), None, (0, 1, 2, 3))
    _, (code, values) = open_stored(request, {"a_b", "for_value"}, Terms())
    assert [(name, len(one)) for name, one in values.items()] == [
        ("a_b_2", 1), ("a_b_3", 2), ("for_value_2", 3), ("parameter_0_w", 4),
    ]  # fmt: skip  # a table
    reproduced(code, dict(values))


def test_the_log_brings_the_same_back_and_refuses_another_file(tmp_path: Path) -> None:
    torch.save(several(), tmp_path / "a.pt")
    action, code, values = opened(tmp_path / "a.pt")
    again, same = bring(action)
    assert again == code
    agree(same, values)
    changed = several()
    changed["sliced"][0] = -1  # one element, the same size of file
    torch.save(changed, tmp_path / "a.pt")
    with pytest.raises(ChangedFile, match="another file"):
        bring(action)
    (tmp_path / "a.pt").unlink()
    with pytest.raises(CheckpointUnreadable, match="no file"):
        bring(action)


def test_a_file_with_other_names_than_were_chosen_is_refused(tmp_path: Path) -> None:
    torch.save({"a": torch.ones(1)}, tmp_path / "a.pt")
    for places, names in (((0,), ("b",)), ((1,), ())):
        with pytest.raises(ChangedFile):
            open_stored(OpenStored(str(tmp_path / "a.pt"), None, places, names), (), Terms())
    with pytest.raises(ValueRefused):
        open_stored(OpenStored(str(tmp_path / "a.pt"), None, (0, 0)), (), Terms())


HOSTILE: list[Any] = [
    None, [], {}, {"path": 3}, {"places": ["0"]}, {"names": ["a b"]}, {"names": ["import"]}, {"names": ["torch"]},
    {"places": [-1]}, {"places": [0, 0], "names": ["a", "a"]}, {"digest": "zz"}, {"digest": None},
    {"raw": {"dtype": 3}},
    {"raw": {"dtype": "float32", "shape": ["x"], "offset": 0, "big_endian": False}}, {"path": "\0"}, {"path": ""},
    {"raw": {"dtype": "float99", "shape": None, "offset": 0, "big_endian": False}}, {"names": ["x\n"]},
    {"raw": {"dtype": "float32", "shape": None, "offset": -5, "big_endian": False}}, {"places": [True]},
]  # fmt: skip  # a table


@pytest.mark.parametrize("data", HOSTILE)
def test_a_log_that_somebody_wrote_is_refused_with_a_sentence(tmp_path: Path, data: Any) -> None:
    torch.save({"a": torch.ones(1)}, tmp_path / "a.pt")
    good = {"path": str(tmp_path / "a.pt"), "raw": None, "places": [0], "names": ["a"], "digest": ""}
    assert bring({"stored": good})
    with pytest.raises(TensorvizError):
        bring({"stored": {**good, **data} if data else data})


def test_a_quantised_tensor_is_refused_and_the_others_are_not(tmp_path: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        quantised = torch.quantize_per_tensor(torch.rand(3), 0.1, 0, torch.quint8)
        torch.save({"q": quantised, "x": torch.ones(2)}, tmp_path / "a.pt")
    with pytest.raises(ValueRefused, match=r'"q" has the element type quint8'):
        opened(tmp_path / "a.pt", None, 0)
    assert opened(tmp_path / "a.pt", None, 1)[2]["x"].tolist() == [1, 1]

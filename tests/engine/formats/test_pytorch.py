"""Files of torch.save, both formats: everything that is said of them equals what torch.load gives.

Must not know how they are read.
"""

from __future__ import annotations

import pickle
import struct
import zipfile
from collections import OrderedDict
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tensorviz.core.errors import CheckpointUnreadable
from tensorviz.core.stored import Leaf
from tensorviz.engine.formats import read_contents
from tests.engine.formats.judges import DTYPES, agree, bytes_as, same_bits, value_of

pytestmark = pytest.mark.filterwarnings("ignore:ComplexHalf support:UserWarning", "ignore:Sparse:UserWarning")
BOTH = pytest.mark.parametrize("new", [True, False], ids=["zip", "legacy"])
NAMES = [str(dtype).removeprefix("torch.") for dtype in DTYPES]


def saved(path: Path, value: Any, new: bool = True) -> Any:
    """Writes with torch, and gives what torch then loads.

    Of its own legacy files torch cannot load some (unsigned integers, 8-bit floats): there what was saved is the judge.
    """
    torch.save(value, path, _use_new_zipfile_serialization=new)
    try:
        return torch.load(path, weights_only=False)
    except AttributeError as error:
        if new or "UntypedStorage" not in str(error):
            raise
        return value


@BOTH
@pytest.mark.parametrize("dtype", DTYPES, ids=NAMES)
def test_every_element_type_in_every_layout(tmp_path: Path, dtype: torch.dtype, new: bool) -> None:
    big = bytes_as(dtype, 120)
    value = {
        "whole": big, "slice": big[7:19], "turned": big[:24].view(4, 6).t(), "step": big[1::3], "scalar": big[5],
        "empty": big[:0], "expanded": big[3:4].expand(4, 5), "middle": big.view(4, 5, 6)[1:, ::2, 3:],
        "own": bytes_as(dtype, 8, 1).view(2, 2, 2), "nothing": torch.empty(3, 0, 2, dtype=dtype),
    }  # fmt: skip  # a table
    contents = agree(tmp_path / "x.pt", saved(tmp_path / "x.pt", value, new))
    assert contents.format == ("pt-zip" if new else "pt-legacy")
    assert contents.unsafe_globals == ()


@BOTH
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_strides_over_shared_storages(tmp_path: Path, new: bool, data: st.DataObject) -> None:
    dtype = data.draw(st.sampled_from(DTYPES))
    storages = [bytes_as(dtype, data.draw(st.integers(0, 60)), at) for at in range(data.draw(st.integers(1, 3)))]
    value = []
    for _ in range(data.draw(st.integers(1, 6))):
        base = data.draw(st.sampled_from(storages))
        shape = data.draw(st.lists(st.integers(0, 4), max_size=4))
        stride = data.draw(st.lists(st.integers(0, 20), min_size=len(shape), max_size=len(shape)))
        reach = sum((size - 1) * step for size, step in zip(shape, stride, strict=True)) if 0 not in shape else -1
        if reach < len(base):
            offset = data.draw(st.integers(0, max(len(base) - reach - 1, 0)))
            value.append(base.as_strided(shape, stride, offset))
    agree(tmp_path / "x.pt", saved(tmp_path / "x.pt", value, new))


@BOTH
def test_parameters_nests_and_optimisers(tmp_path: Path, new: bool) -> None:
    network = torch.nn.Sequential(torch.nn.Conv2d(3, 4, 3), torch.nn.BatchNorm2d(4), torch.nn.Linear(4, 2))
    optimiser = torch.optim.Adam(network.parameters())
    network[2](torch.ones(4)).sum().backward()
    optimiser.step()
    shared = torch.arange(6.0)
    value = {
        "model": network.state_dict(), "optimizer": optimiser.state_dict(), "epoch": 3, "tied": [shared, shared[2:]],
        "parameter": torch.nn.Parameter(torch.ones(2), requires_grad=False), "tuple": (torch.ones(1), {"a": shared}),
        "grad": torch.ones(2, requires_grad=True), 7: torch.zeros(2), "same": shared,
    }  # fmt: skip  # a table
    value["parameter too"] = next(network.parameters())
    contents = agree(tmp_path / "x.pt", saved(tmp_path / "x.pt", value, new))
    assert contents.unsafe_globals == ()
    assert ("epoch", "3") in contents.others
    assert isinstance(contents.structure["model"], OrderedDict)
    assert contents.structure["epoch"] == 3
    leaf = contents.structure["tuple"][0]
    assert isinstance(leaf, Leaf)
    assert contents.tensors[leaf.tensor].name == "tuple.0"


@BOTH
@pytest.mark.parametrize("value", [torch.arange(5.0)[2:], [torch.ones(1)], (torch.ones(2),), OrderedDict()])
def test_any_value_at_the_top(tmp_path: Path, new: bool, value: Any) -> None:
    agree(tmp_path / "x.pt", saved(tmp_path / "x.pt", value, new))


@BOTH
@pytest.mark.parametrize("protocol", [2, 3, 4, 5])
def test_every_protocol(tmp_path: Path, new: bool, protocol: int) -> None:
    path, value = tmp_path / "x.pt", {"a": torch.arange(3), "b": [torch.ones(2), "text", 1.5, None, {1, 2}]}
    torch.save(value, path, pickle_protocol=protocol, _use_new_zipfile_serialization=new)
    agree(path, torch.load(path, weights_only=False))


@BOTH
def test_whole_networks_are_named_as_their_state_is(tmp_path: Path, new: bool) -> None:
    network = torch.nn.Sequential(
        OrderedDict(a=torch.nn.Conv2d(1, 2, 3), b=torch.nn.Sequential(torch.nn.BatchNorm2d(2), torch.nn.Linear(2, 2)))
    )
    torch.save(network, tmp_path / "x.pt", _use_new_zipfile_serialization=new)
    contents = read_contents(tmp_path / "x.pt")
    wanted = network.state_dict()
    assert [tensor.name for tensor in contents.tensors] == list(wanted)
    assert all(same_bits(value_of(tensor, contents), wanted[tensor.name]) for tensor in contents.tensors)
    judge = torch.serialization.get_unsafe_globals_in_checkpoint(tmp_path / "x.pt") if new else []
    assert set(judge) <= set(contents.unsafe_globals)
    assert "torch.nn.modules.container.Sequential" in contents.unsafe_globals


@BOTH
def test_lazy_conjugates_and_minus_signs_are_told(tmp_path: Path, new: bool) -> None:
    number, other = torch.tensor([1 + 2j, 3 - 4j]), torch.tensor([1 + 2j, 3 - 4j])
    loaded = saved(tmp_path / "x.pt", {"c": number.conj(), "n": other.conj().imag}, new)
    contents = read_contents(tmp_path / "x.pt")
    c, n = contents.tensors
    assert (c.conjugated, c.negated) == (loaded["c"].is_conj(), loaded["c"].is_neg()) == (True, False)
    assert (n.conjugated, n.negated) == (loaded["n"].is_conj(), loaded["n"].is_neg()) == (False, True)
    assert same_bits(value_of(c, contents).conj(), loaded["c"])
    assert same_bits(-value_of(n, contents), loaded["n"])


@BOTH
def test_tensors_that_are_not_strided_numbers(tmp_path: Path, new: bool) -> None:
    value = {
        "sparse": torch.eye(3).to_sparse(), "rows": torch.eye(3).to_sparse_csr(), "meta": torch.empty(2, device="meta"),
        "plain": torch.ones(2),
    }  # fmt: skip  # a table
    torch.save(value, tmp_path / "x.pt", _use_new_zipfile_serialization=new)
    contents = read_contents(tmp_path / "x.pt")
    names = [tensor.name for tensor in contents.tensors]
    assert names == [
        "sparse.indices", "sparse.values", "rows.compressed_indices", "rows.plain_indices", "rows.values", "plain"
    ]  # fmt: skip  # in the order of the file
    assert ("meta", "tensor without storage (meta): float32, [2]") in contents.others
    assert contents.unsafe_globals == ()


@BOTH
@pytest.mark.filterwarnings("ignore:.*quantize.*:UserWarning", "ignore:TypedStorage:UserWarning")
def test_quantised_tensors_are_listed_as_codes(tmp_path: Path, new: bool) -> None:
    values = torch.tensor([0.1, 0.5, -0.3])
    codes = torch.quantize_per_tensor(values, 0.1, 3, torch.qint8)
    torch.save({"q": codes}, tmp_path / "x.pt", _use_new_zipfile_serialization=new)
    contents = read_contents(tmp_path / "x.pt")
    (tensor,) = contents.tensors
    assert (tensor.name, tensor.dtype, tensor.layout.shape) == ("q", "qint8", (3,))
    assert any("quantised" in note for note in contents.notes)


def big_endian_zip(path: Path, little: Path) -> None:
    """The same file as a machine of the other order of bytes would write it: float32 and int64 storages turned."""
    with zipfile.ZipFile(little) as source, zipfile.ZipFile(path, "w") as target:
        for name in source.namelist():
            raw = source.read(name)
            if name.endswith("byteorder"):
                raw = b"big"
            if name.endswith("data/0"):
                raw = struct.pack(f">{len(raw) // 4}f", *struct.unpack(f"<{len(raw) // 4}f", raw))
            if name.endswith("data/1"):
                raw = struct.pack(f">{len(raw) // 8}q", *struct.unpack(f"<{len(raw) // 8}q", raw))
            if name.endswith("data/2"):  # two floats to an element, each turned by itself
                raw = struct.pack(f">{len(raw) // 4}f", *struct.unpack(f"<{len(raw) // 4}f", raw))
            target.writestr(name, raw)


def test_the_other_order_of_bytes(tmp_path: Path) -> None:
    value = {"f": torch.randn(6).view(2, 3).t(), "i": torch.arange(-3, 3), "c": torch.randn(3, dtype=torch.complex64)}
    torch.save(value, tmp_path / "little.pt")
    big_endian_zip(tmp_path / "x.pt", tmp_path / "little.pt")
    contents = agree(tmp_path / "x.pt", torch.load(tmp_path / "x.pt"))
    assert all(storage.big_endian for storage in contents.storages)
    assert same_bits(value_of(contents.tensors[0], contents), value["f"])
    assert same_bits(value_of(contents.tensors[2], contents), value["c"])


def test_legacy_storages_are_little_whatever_machine_wrote_them(tmp_path: Path) -> None:
    # As torch reads them: it passes over what sys_info says.
    path, value = tmp_path / "x.pt", torch.arange(5.0)
    torch.save(value, path, _use_new_zipfile_serialization=False)
    raw = path.read_bytes()
    at = raw.index(b"little_endian")
    place = raw.index(b"\x88", at)
    path.write_bytes(raw[:place] + b"\x89" + raw[place + 1 :])
    contents = agree(path, torch.load(path, weights_only=False))
    assert contents.metadata["little_endian"] is False
    assert torch.equal(value_of(contents.tensors[0], contents), value)


def test_compressed_members_are_inflated(tmp_path: Path) -> None:
    value = {"a": torch.arange(1000.0)[5:], "b": torch.zeros(100_000)}
    torch.save(value, tmp_path / "plain.pt")
    with (
        zipfile.ZipFile(tmp_path / "plain.pt") as source,
        zipfile.ZipFile(tmp_path / "x.pt", "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for name in source.namelist():
            target.writestr(name, source.read(name))
    contents = agree(tmp_path / "x.pt", value)
    assert all(storage.start is None for storage in contents.storages)


def test_a_file_written_without_checksums(tmp_path: Path) -> None:
    before = torch.serialization.get_crc32_options()
    torch.serialization.set_crc32_options(False)
    try:
        value = saved(tmp_path / "x.pt", {"a": torch.arange(5)})
    finally:
        torch.serialization.set_crc32_options(before)
    agree(tmp_path / "x.pt", value)


def test_names_of_other_letters(tmp_path: Path) -> None:
    path = tmp_path / "модель 模型.pt"
    agree(path, saved(path, {"вес.é": torch.ones(1), "": torch.zeros(1), "a.b": torch.ones(2)}))


def test_a_plain_pickle_tells_its_names(tmp_path: Path) -> None:
    path = tmp_path / "x.pkl"
    path.write_bytes(pickle.dumps({"n": 1, "path": Path("a")}, protocol=0))
    contents = read_contents(path)
    assert (contents.format, contents.tensors) == ("pickle", ())
    assert any(name.startswith("pathlib.") for name in contents.unsafe_globals)


def test_a_storage_that_is_too_short_is_a_sentence(tmp_path: Path) -> None:
    torch.save({"a": torch.arange(8)}, tmp_path / "plain.pt")
    with zipfile.ZipFile(tmp_path / "plain.pt") as source, zipfile.ZipFile(tmp_path / "x.pt", "w") as target:
        for name in source.namelist():
            raw = source.read(name)
            target.writestr(name, raw[:63] if name.endswith("data/0") else raw)
    with pytest.raises(CheckpointUnreadable, match="should have 64 bytes and has 63"):
        read_contents(tmp_path / "x.pt")


def test_storages_of_a_script_and_members_of_nobody_are_noted(tmp_path: Path) -> None:
    torch.save({"a": torch.arange(8)}, tmp_path / "x.pt")
    with zipfile.ZipFile(tmp_path / "x.pt", "a") as archive:
        archive.writestr("x/data/99", b"12345")
    assert any("belong to no storage" in note for note in read_contents(tmp_path / "x.pt").notes)


def test_a_directory_of_64_bits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # As for files above 4 GB: the standard library is made to write the wide form early.
    value = {"a": torch.arange(300.0)[5:], "b": torch.ones(3)}
    torch.save(value, tmp_path / "plain.pt")
    monkeypatch.setattr(zipfile, "ZIP64_LIMIT", 100)
    monkeypatch.setattr(zipfile, "ZIP_FILECOUNT_LIMIT", 2)
    with zipfile.ZipFile(tmp_path / "plain.pt") as source, zipfile.ZipFile(tmp_path / "x.pt", "w") as target:
        for name in source.namelist():
            target.writestr(name, source.read(name))
    assert b"PK\x06\x06" in (tmp_path / "x.pt").read_bytes()
    agree(tmp_path / "x.pt", torch.load(tmp_path / "x.pt"))


def test_a_storage_behind_more_than_four_gigabytes(tmp_path: Path) -> None:
    path = tmp_path / "x.pt"
    try:
        with torch.serialization.skip_data():
            torch.save([torch.empty(4_400_000_000, dtype=torch.uint8), torch.arange(4.0)], path)
    except (RuntimeError, OSError):
        pytest.skip("neither the memory nor the disk takes a file of more than 4 GB")
    if path.stat().st_blocks * 512 > 100_000_000:
        pytest.skip("the disk has no sparse files")
    first, last = read_contents(path).storages
    assert (first.nbytes, last.nbytes) == (4_400_000_000, 16)
    assert last.start is not None
    assert last.start > 4_400_000_000


@pytest.mark.parametrize("dtype", [torch.uint16, torch.uint32, torch.uint64, torch.complex32], ids=str)
def test_where_torch_does_not_turn_bytes_it_is_said(tmp_path: Path, dtype: torch.dtype) -> None:
    values = {"x": torch.arange(64, dtype=torch.uint8).view(dtype), "y": torch.tensor([1.5, -2.0])}
    plain, big = tmp_path / "plain.pt", tmp_path / "big.pt"
    torch.save(values, plain)
    with zipfile.ZipFile(plain) as source, zipfile.ZipFile(big, "w") as target:
        for name in source.namelist():
            target.writestr(name, b"big" if name.endswith("byteorder") else source.read(name))
    told = torch.load(big, weights_only=True)
    assert torch.equal(told["x"].view(torch.uint8), values["x"].view(torch.uint8))  # as they lie
    assert told["y"].numpy().tobytes() == values["y"].numpy().byteswap().tobytes()
    (note,) = read_contents(big).notes
    assert str(dtype).removeprefix("torch.") in note
    assert read_contents(plain).notes == ()

"""Checkpoint files of every kind that people have, and of every kind that they should not have.

Must not know how a file is read: torch and safetensors write the files, and what comes out is compared.
"""

from __future__ import annotations

import io
import json
import os
import pickle
import random
import struct
import zipfile
from collections import OrderedDict
from pathlib import Path
from typing import Any

import pytest
import safetensors.torch
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tensorviz.core.errors import CheckpointUnreadable
from tensorviz.engine.weights.checkpoint import Checkpoint, read_checkpoint

torch.manual_seed(0)
SHARED = torch.arange(6.0)
STATE: dict[str, torch.Tensor] = {
    "conv.weight": torch.randn(3, 2, 3, 3),
    "conv.bias": torch.randn(3).half(),
    "count": torch.tensor(7),
    "turned": torch.arange(6).reshape(2, 3).t(),
    "empty": torch.empty(0, 4),
    "flags": torch.tensor([True, False]),
    "tied": SHARED,
    "tied_too": SHARED[2:],
    "brain": torch.randn(4).bfloat16(),
}


def check_same(checkpoint: Checkpoint, state: dict[str, torch.Tensor] = STATE) -> None:
    assert set(checkpoint.tensors) == set(state)
    for name, tensor in state.items():
        met = checkpoint.tensors[name]
        assert (met.dtype, met.shape) == (tensor.dtype, tensor.shape)
        assert torch.equal(met, tensor)


def refused(path: Path) -> CheckpointUnreadable:
    with pytest.raises(CheckpointUnreadable) as met:
        read_checkpoint(path)
    assert str(path) in met.value.message
    assert met.value.hint
    return met.value


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "numbers.pth"


@pytest.mark.parametrize("zipped", [True, False])
def test_what_torch_saves_is_read(zipped: bool, file: Path) -> None:
    torch.save(STATE, file, _use_new_zipfile_serialization=zipped)
    met = read_checkpoint(file)
    check_same(met)
    assert (met.container, met.notes) == ("PyTorch zip" if zipped else "PyTorch legacy", ())


@pytest.mark.parametrize("protocol", [3, 4, 5])
def test_other_pickle_protocols_are_read_or_refused_without_a_warning(protocol: int, file: Path) -> None:
    torch.save(STATE, file, pickle_protocol=protocol)
    try:
        check_same(read_checkpoint(file))
    except CheckpointUnreadable:
        with pytest.raises(pickle.UnpicklingError), pytest.warns(UserWarning, match="protocol"):
            torch.load(file, weights_only=True)  # torch itself does not read it


def test_safetensors_are_read_under_any_name(file: Path) -> None:
    plain = {name: tensor.contiguous().clone() for name, tensor in STATE.items()}
    safetensors.torch.save_file(plain, file, metadata={"made": "here"})
    met = read_checkpoint(file)
    check_same(met, plain)
    assert met.container == "safetensors"


def test_every_element_type_of_safetensors_is_the_librarys(file: Path) -> None:
    numbers = torch.tensor([0.0, 1.0, 2.0, 3.0])
    kinds = [
        torch.float64, torch.float32, torch.float16, torch.bfloat16, torch.int64, torch.int32, torch.int16, torch.int8,
        torch.uint8, torch.bool, torch.complex64, torch.float8_e4m3fn, torch.float8_e5m2, torch.uint16, torch.uint32,
        torch.uint64,
    ]  # fmt: skip
    state = {str(kind): numbers.to(kind) for kind in kinds}
    safetensors.torch.save_file(state, file)
    met = read_checkpoint(file).tensors
    assert set(met) == set(state)
    for name, tensor in state.items():
        assert met[name].dtype == tensor.dtype
        assert torch.equal(met[name].view(torch.uint8), tensor.view(torch.uint8))


@pytest.mark.parametrize(
    ("wrap", "said"),
    [
        (lambda state: {"state_dict": state, "epoch": 3, "best": torch.tensor(1.0)}, "state_dict"),
        (lambda state: {"model": state, "optimizer": {"state": {}, "param_groups": [{"lr": 0.1}]}}, "model"),
        (lambda state: {"model_state_dict": state, "loss": 0.5}, "model_state_dict"),
        (lambda state: {"net": OrderedDict(state), "acc": 90}, "net"),
        (lambda state: {"ema": {"module": state}}, "ema"),
        (lambda state: {"something": state}, "something"),
        (lambda state: {"model": state, "ema": state}, "ema beside it was left"),
        (lambda state: {f"module.{name}": tensor for name, tensor in state.items()}, "module."),
        (lambda state: {f"_orig_mod.module.{name}": tensor for name, tensor in state.items()}, "_orig_mod."),
        (lambda state: {"state_dict": {f"module.{name}": value for name, value in state.items()}}, "module."),
        (lambda state: {**state, "version": 3}, "1 entry"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("zipped", [True, False])
def test_wrappings_are_taken_off_and_said(wrap: Any, said: str, zipped: bool, file: Path) -> None:
    torch.save(wrap(dict(STATE)), file, _use_new_zipfile_serialization=zipped)
    met = read_checkpoint(file)
    check_same(met)
    assert said in " ".join(met.notes)


def test_a_parameter_becomes_a_plain_tensor(file: Path) -> None:
    torch.save({"w": torch.nn.Parameter(torch.ones(2))}, file)
    met = read_checkpoint(file).tensors["w"]
    assert type(met) is torch.Tensor
    assert not met.requires_grad


def test_real_weights_are_read(data: Path) -> None:
    met = read_checkpoint(data / "mobilenet_v2_imagenet.pth")
    plain = torch.load(data / "mobilenet_v2_imagenet.pth", weights_only=True)
    assert any(torch.equal(tensor, next(iter(met.tensors.values()))) for tensor in plain.values())
    assert sum(tensor.numel() for tensor in met.tensors.values()) > 3_000_000


class Bomb:
    """Would make a file when it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> Any:
        return os.mkdir, (str(self.path),)


@pytest.mark.parametrize("kind", ["zip", "legacy", "plain 2", "plain 4", "plain 5"])
def test_a_pickle_bomb_is_named_and_does_not_go_off(kind: str, file: Path, tmp_path: Path) -> None:
    loaded = {"w": torch.ones(2), "bomb": Bomb(tmp_path / "exploded")}
    if kind.startswith("plain"):
        file.write_bytes(pickle.dumps({"bomb": Bomb(tmp_path / "exploded")}, protocol=int(kind[-1])))
    else:
        torch.save(loaded, file, _use_new_zipfile_serialization=kind == "zip")
    error = refused(file)
    assert f"{os.mkdir.__module__}.mkdir" in error.message
    assert "run" in error.hint
    assert not (tmp_path / "exploded").exists()


def test_a_bytearray_of_any_size_is_refused(file: Path) -> None:
    class Hungry:
        def __reduce__(self) -> Any:
            return bytearray, (10**12,)

    torch.save({"w": torch.ones(2), "x": Hungry()}, file)
    assert "bytearray" in refused(file).message


def test_a_whole_network_is_told_from_its_tensors(file: Path) -> None:
    torch.save(torch.nn.Sequential(torch.nn.Linear(2, 2)), file)
    assert "whole network" in refused(file).message


def test_torchscript_is_told(file: Path) -> None:
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:  # torch.jit.save writes these, code compressed
        for record in ("net/data.pkl", "net/constants.pkl", "net/code/__torch__.py", "net/version"):
            archive.writestr(record, b"x" * 10_000)
    assert "TorchScript" in refused(file).message


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 3\n", "git-lfs"),
        (b"\n <!DOCTYPE html><html><body>Sign in</body></html>", "web page"),
        (b"<html>" + b"x" * 5000, "web page"),
        (b"cat\ndog\n" * 300, "text file"),
        (("Überschrift\nböse\n" * 200).encode(), "text file"),
        (b"\x89HDF\r\n\x1a\n" + bytes(3000), "neither"),
        (random.Random(3).randbytes(4000), "neither"),
        (pickle.dumps([1, 2, 3], 2), "not one of torch.save"),
        (b"PK\x03\x04" + b"x" * 3000, "incomplete"),
        (b"x" * 250 + b"\x00" * 7 + b"ustar" + bytes(900), "tar"),
    ],
)  # fmt: skip
def test_each_other_kind_of_file_has_its_sentence(content: bytes, said: str, file: Path) -> None:
    file.write_bytes(content)
    assert said in refused(file).message


def test_numbers_that_changed_on_the_way_are_not_answered_with(file: Path) -> None:
    torch.save({"weight": torch.zeros(1000)}, file)
    content = file.read_bytes()
    middle = content.index(bytes(4000)) + 2000
    file.write_bytes(content[:middle] + b"\x01" + content[middle + 1 :])
    assert "data/0 is not what was saved" in refused(file).message


def test_a_file_written_without_check_sums_is_read(file: Path) -> None:
    was = torch.serialization.get_crc32_options()
    torch.serialization.set_crc32_options(False)
    try:
        torch.save({"weight": torch.ones(1000)}, file)
    finally:
        torch.serialization.set_crc32_options(was)
    assert torch.equal(read_checkpoint(file).tensors["weight"], torch.ones(1000))


def test_a_zip_without_a_checkpoint_is_told(file: Path) -> None:
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("photo.jpg", b"x")
    assert "not one of torch.save" in refused(file).message


@pytest.mark.parametrize("loaded", [{}, [], 3, {"a": 1}, {"epoch": {"b": [1]}}, torch.ones(2), [torch.ones(2)]])
def test_a_file_without_named_tensors_is_told(loaded: object, file: Path) -> None:
    torch.save(loaded, file)
    assert "no tensors" in refused(file).message


def test_places_that_are_no_files_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "folder" in refused(tmp_path).message
    assert "There is no" in refused(tmp_path / "none.pth").message
    closed = tmp_path / "closed.pth"
    closed.write_bytes(b"x")

    def denied(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", denied)
    assert "you may not read it" in refused(closed).message


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="has no pipes with names")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.pth")
    assert "not a regular file" in refused(tmp_path / "pipe.pth").message


def header_of(**tensors: Any) -> bytes:
    text = json.dumps(tensors).encode()
    return struct.pack("<Q", len(text)) + text


F32 = {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}


@pytest.mark.parametrize(
    "content",
    [
        struct.pack("<Q", 10**7) + b"{}",
        struct.pack("<Q", 50) + b"{" + b" " * 10,
        struct.pack("<Q", 12) + b"{not a table" + bytes(8),
        header_of(a=F32) + bytes(7),
        header_of(a={**F32, "shape": [3]}) + bytes(8),
        header_of(a={**F32, "shape": [-2]}) + bytes(8),
        header_of(a={**F32, "shape": "2"}) + bytes(8),
        header_of(a={**F32, "dtype": "F99"}) + bytes(8),
        header_of(a={**F32, "data_offsets": [8, 0]}) + bytes(8),
        header_of(a={**F32, "data_offsets": [0, 10**15], "shape": [25 * 10**13]}) + bytes(8),
        header_of(a=F32, b=F32) + bytes(8),
        header_of(a=3) + bytes(8),
        struct.pack("<Q", 30000) + b'{"a":' + b"[" * 29995,
    ],
)
def test_a_safetensors_header_that_lies_is_not_believed(content: bytes, file: Path) -> None:
    file.write_bytes(content)
    assert "damaged" in refused(file).message


def edited(source: bytes, edit: Any) -> bytes:
    """The zip with its data.pkl changed."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(source)) as old, zipfile.ZipFile(made, "w") as new:
        for info in old.infolist():
            content = old.read(info)
            new.writestr(info.filename, edit(content) if info.filename.endswith("data.pkl") else content)
    return made.getvalue()


def test_a_storage_that_says_it_is_larger_is_not_believed(file: Path) -> None:
    kept = io.BytesIO()
    torch.save({"w": torch.zeros(1000)}, kept)
    for count in (1001, 60_000):
        lie = edited(
            kept.getvalue(),
            lambda pkl, n=count: pkl.replace(b"M" + struct.pack("<H", 1000), b"M" + struct.pack("<H", n)),
        )
        file.write_bytes(lie)
        assert "storage 0" in refused(file).message


def test_an_expanded_tensor_does_not_become_memory(file: Path) -> None:
    torch.save({"w": torch.zeros(1).expand(10**6, 10**6)}, file)
    assert '"w"' in refused(file).message


def test_a_compressed_bomb_is_seen_by_its_sizes(file: Path) -> None:
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a/data.pkl", b"x")
        archive.writestr("a/data/0", bytes(10_000_000))
    assert "records" in refused(file).message


def test_a_legacy_storage_that_says_it_is_larger_is_not_believed(file: Path) -> None:
    torch.save({"w": torch.zeros(1000)}, file, _use_new_zipfile_serialization=False)
    content = file.read_bytes()
    lie = content.replace(b"M" + struct.pack("<H", 1000), b"J" + struct.pack("<i", 2_000_000_000), 2)
    assert lie != content
    file.write_bytes(lie)
    assert "storages" in refused(file).message


def saved(kind: str) -> bytes:
    kept = io.BytesIO()
    if kind == "safetensors":
        return safetensors.torch.save({name: tensor.contiguous().clone() for name, tensor in STATE.items()})
    torch.save({"state_dict": STATE, "epoch": 3}, kept, _use_new_zipfile_serialization=kind == "zip")
    return kept.getvalue()


FILES = {kind: saved(kind) for kind in ("zip", "legacy", "safetensors")}
FUZZ = settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def check_survives(content: bytes, file: Path) -> None:
    """Only the two outcomes that there are; each tensor can be read to its last element."""
    file.write_bytes(content)
    try:
        checkpoint = read_checkpoint(file)
    except CheckpointUnreadable:
        return  # a sentence; that each has one is checked above
    for tensor in checkpoint.tensors.values():
        tensor.clone()


@FUZZ
@given(kind=st.sampled_from(sorted(FILES)), share=st.floats(0, 1, exclude_max=True))
def test_a_truncated_file_is_refused(kind: str, share: float, tmp_path: Path) -> None:
    content = FILES[kind]
    file = tmp_path / "cut.pth"
    file.write_bytes(content[: int(len(content) * share)])
    with pytest.raises(CheckpointUnreadable):
        read_checkpoint(file)


@FUZZ
@given(
    kind=st.sampled_from(sorted(FILES)),
    changes=st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), min_size=1, max_size=4),
)
def test_changed_bytes_give_tensors_or_a_sentence(kind: str, changes: list[tuple[float, int]], tmp_path: Path) -> None:
    content = bytearray(FILES[kind])
    for where, value in changes:
        content[int(where * len(content))] = value
    check_survives(bytes(content), tmp_path / "changed.pth")


@FUZZ
@given(where=st.floats(0, 1, exclude_max=True), value=st.integers(0, 255))
def test_changed_bytes_of_the_pickle_give_tensors_or_a_sentence(where: float, value: int, tmp_path: Path) -> None:
    def change(pkl: bytes) -> bytes:
        place = int(where * len(pkl))
        return pkl[:place] + bytes([value]) + pkl[place + 1 :]

    check_survives(edited(FILES["zip"], change), tmp_path / "changed.pth")


@FUZZ
@given(content=st.binary(max_size=300), start=st.sampled_from([b"", b"PK\x03\x04", b"\x80\x02", b"\x80\x04\x95", b"{"]))
def test_any_bytes_give_a_sentence(content: bytes, start: bytes, tmp_path: Path) -> None:
    check_survives(start + content, tmp_path / "any.pth")

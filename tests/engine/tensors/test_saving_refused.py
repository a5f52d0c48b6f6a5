"""Saving tensors that cannot be saved, half-way, and from the session between its steps.

Must not know how files are written.
"""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import Any

import pytest
import torch

from tensorviz.core.errors import Cancelled, NameUnknown, TensorvizError, ValueRefused
from tensorviz.engine.cancel import CancelToken
from tensorviz.engine.messages import JobCancelled, JobFailed, JobFinished, JobProgress
from tensorviz.engine.messages.files import OpenStored, SavedPart, SaveTensors, TensorsSaved
from tensorviz.engine.messages.session import RunCode
from tensorviz.engine.tensors.saving import save
from tests.engine.tensors.rig import Running
from tests.engine.tensors.test_saving import loaded, saved

pytestmark = pytest.mark.filterwarnings("ignore:torch.quantize_per")  # torch's own, at the first quantised tensor


def test_what_cannot_be_saved_is_a_sentence(tmp_path: Path) -> None:
    x = torch.ones(2)
    sparse, meta = torch.eye(3).to_sparse(), torch.ones(2, device="meta")
    quantised = torch._empty_affine_quantized([3], scale=1.0, zero_point=0, dtype=torch.quint8)
    cases: list[tuple[str, dict[str, Any], tuple[SavedPart, ...], type[TensorvizError], str]] = [
        ("a.txt", {"x": x}, (), ValueRefused, r'has "\.txt"\. Use \.pt, \.pth, \.safetensors, \.npy or \.csv'),
        ("a", {"x": x}, (), ValueRefused, "has none"),
        ("a.npy", {"x": x, "y": x}, (), ValueRefused, r"A \.npy file holds one tensor, and 2 were chosen"),
        ("a.csv", {"x": x, "y": x}, (), ValueRefused, "holds one tensor"),
        ("a.pt", {"xs": x}, (SavedPart("x"),), NameUnknown, r"no tensor x by now\. Did you mean xs"),
        ("a.pt", {"x": 3}, (), NameUnknown, "no tensor x"),
        ("a.pt", {}, (), ValueRefused, "No tensor was chosen"),
        ("a.pt", {"x": sparse}, (), ValueRefused, r"x is sparse coo; .* Save x\.to_dense\(\)"),
        ("a.pt", {"x": meta}, (), ValueRefused, "device meta"),
        ("a.pt", {"x": quantised}, (), ValueRefused, r"dequantize"),
        ("no folder/a.pt", {"x": x}, (), ValueRefused, "cannot be written: no such file"),
        ("folder.pt", {"x": x}, (), ValueRefused, "is a folder"),
    ]  # fmt: skip  # a table
    (tmp_path / "folder.pt").mkdir()
    for name, variables, parts, error, said in cases:
        with pytest.raises(error, match=said):
            saved(tmp_path / name, variables, *parts)
    assert [one.name for one in tmp_path.iterdir()] == ["folder.pt"]


@pytest.mark.parametrize("suffix", ["npy", "safetensors"])
def test_a_tensor_that_repeats_one_element_does_not_fill_the_disk(tmp_path: Path, suffix: str) -> None:
    with pytest.raises(ValueRefused, match="the disk has not that much room"):
        saved(tmp_path / f"a.{suffix}", {"x": torch.zeros(1).expand(10**9, 10**6)})
    assert list(tmp_path.iterdir()) == []
    saved(tmp_path / "a.pt", {"x": torch.zeros(1).expand(10**9, 10**6)})
    assert (tmp_path / "a.pt").stat().st_size < 10_000


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="everything may be written by root")
def test_a_folder_that_may_not_be_written(tmp_path: Path) -> None:
    (tmp_path / "closed").mkdir(mode=0o500)
    with pytest.raises(ValueRefused, match="cannot be written: permission denied"):
        saved(tmp_path / "closed" / "a.pt", {"x": torch.ones(1)})


@pytest.mark.parametrize("suffix", ["pt", "safetensors", "npy", "csv"])
def test_a_full_disk_leaves_the_old_file(tmp_path: Path, suffix: str, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / f"a.{suffix}"
    path.write_text("old")

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(ValueRefused, match="cannot be written: no space left on device"):
        saved(path, {"x": torch.ones(3)})
    assert path.read_text() == "old"


@pytest.mark.parametrize("suffix", ["pt", "safetensors", "npy", "csv"])
def test_saving_can_be_cancelled_between_blocks(tmp_path: Path, suffix: str) -> None:
    token, said = CancelToken(), []
    path = tmp_path / f"a.{suffix}"
    path.write_text("old")
    many = torch.zeros(1_000_000) if suffix == "csv" else torch.zeros(3 << 20)

    def progress(done: int, total: int) -> None:
        said.append((done, total))
        token.cancel()

    with pytest.raises(Cancelled):
        save({"x": many}, SaveTensors((SavedPart("x"),), str(path)), progress, token)
    assert len(said) == 1
    assert 0 < said[0][0] < said[0][1]
    assert path.read_text() == "old"
    assert [one.name for one in tmp_path.iterdir()] == [path.name]


@pytest.mark.parametrize("suffix", ["pt", "safetensors", "npy", "csv"])
def test_memory_of_the_session_is_left_as_it_is(tmp_path: Path, suffix: str) -> None:
    x = torch.arange(6.0)
    saved(tmp_path / f"a.{suffix}", {"x": x})
    x.resize_(10)  # what became an array could not be


# ----------------------------------------------------------------------------------------------------- the session


def test_the_session_saves_and_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "points.pt"
    with Running() as running:
        running.ask(RunCode("x = torch.arange(6.).view(2, 3)\ny = x.t()\nparts = [x[0], x[1]]"))
        events = running.ask(SaveTensors((SavedPart("x"), SavedPart("y"), SavedPart("parts[1]")), str(path)))
        (done,) = running.find(events, TensorsSaved)
        assert (done.path, done.count, done.nbytes) == (str(path), 3, path.stat().st_size)
        assert isinstance(events[-1], JobFinished)
        progress = running.find(events, JobProgress)
        assert progress[-1].unit == "byte"
        assert progress[-1].done == progress[-1].total
        found = loaded(path)
        assert found["parts[1]"].tolist() == [3, 4, 5]
        assert found["y"].data_ptr() == found["x"].data_ptr()
        assert running.source.get().session.here.number == 3
        (failed,) = running.find(running.ask(SaveTensors((SavedPart("z"),), str(path))), JobFailed)
        assert failed.problem.expected


def test_a_file_that_is_in_the_session_can_be_saved_over(tmp_path: Path) -> None:
    path = tmp_path / "a.pt"
    torch.save({"x": torch.arange(1000.0)[:3]}, path)
    with Running() as running:
        running.ask(OpenStored(str(path), None, (0,)))
        running.ask(RunCode("x[0] = 7"))
        (done,) = running.find(running.ask(SaveTensors((SavedPart("x"),), str(path))), TensorsSaved)
        assert done.notes == ("3,988 bytes (~4.0 kB) of storage that nothing here looks at were left out.",)
        running.ask(RunCode("y = x + 1"))
        assert running.source.get().session.tensors()["y"].tolist() == [8, 2, 3]
    assert loaded(path).tolist() == [7, 1, 2]


def test_steps_wait_until_it_is_saved(tmp_path: Path) -> None:
    with Running() as running:
        running.ask(RunCode("x = torch.zeros(3000000)"))
        job = running.send(SaveTensors((SavedPart("x"),), str(tmp_path / "a.pt")))
        step = running.send(RunCode("x.fill_(1)"))
        running.ended(step)
        assert running.find(running.of(job), TensorsSaved)
    assert not loaded(tmp_path / "a.pt").any()


def test_a_wish_to_cancel_ends_it(tmp_path: Path) -> None:
    with Running() as running:
        running.ask(RunCode("x = torch.zeros(20000000)"))
        job = running.send(SaveTensors((SavedPart("x"),), str(tmp_path / "a.pt")))
        running.wait(lambda: bool(running.find(running.of(job), JobProgress)))
        running.engine.cancel(job)
        assert running.find(running.ended(job), JobCancelled)
    assert not list(tmp_path.iterdir())

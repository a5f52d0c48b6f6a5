"""Requests about open files and what answers them: opening, closing, values, comparison, copies, cancelling.

Must not know how files are read; torch, NumPy and safetensors say what is in them.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import safetensors.torch
import torch

from tensorviz.core.checkpoint_layout import analyse
from tensorviz.engine.checkpoints.values import look_at_values
from tensorviz.engine.formats.bytes_of import read_storage
from tensorviz.engine.messages import JobCancelled, JobFinished, JobProgress, JobStarted
from tensorviz.engine.messages.files import (
    CloseFile,
    CompareFiles,
    CopyWritten,
    DuplicatesFound,
    FileAnalysed,
    FileOpened,
    FilesCompared,
    LookAtValues,
    OpenFile,
    ValuesSeen,
    WriteCopy,
)
from tensorviz.engine.messages.session import MeasureTensor, PagesRead, ReadPages, TensorMeasured
from tests.engine.files.rig import Files, ended, one


@pytest.fixture
def checkpoint(tmp_path: Path) -> Path:
    big = torch.arange(5000.0)
    value = {
        "a": big[10:20],
        "b": torch.ones(3, 4).t(),
        "c": torch.tensor([1.0, float("nan")]),
        "same": torch.ones(4, 3),
    }
    torch.save(value, tmp_path / "x.pt")
    return tmp_path / "x.pt"


def test_opened_then_analysed(files: Files, checkpoint: Path) -> None:
    events = files.answers(OpenFile(7, str(checkpoint)))
    assert [type(event) for event in events] == [JobStarted, FileOpened, FileAnalysed, JobFinished]
    opened, found = one(events, FileOpened), one(events, FileAnalysed)
    assert (opened.file, found.file) == (7, 7)
    assert [tensor.name for tensor in opened.contents.tensors] == ["a", "b", "c", "same"]
    assert found.analysis == analyse(opened.contents)
    assert found.analysis.wasted == 4990 * 4
    assert found.family is None
    assert "4 tensors" in found.guess
    assert any("strides are not kept" in line for line in found.lost)


def test_a_known_network_is_recognised(files: Files, tmp_path: Path) -> None:
    import torchvision

    torch.save(torchvision.models.squeezenet1_1().state_dict(), tmp_path / "x.pth")
    found = one(files.answers(OpenFile(1, str(tmp_path / "x.pth"))), FileAnalysed)
    assert found.family is not None
    assert found.guess == found.family.sentence()
    assert "squeezenet1_1" in found.guess


@pytest.mark.parametrize(
    ("name", "raw"),
    [("x.pt", b""), ("x.pt", b"no tensors"), ("x.safetensors", b"\xff" * 20), ("x.npy", b"\x93NUMPY\1\0")],
)
def test_what_cannot_be_read_is_a_sentence(files: Files, tmp_path: Path, name: str, raw: bytes) -> None:
    (tmp_path / name).write_bytes(raw)
    assert name in files.problem(OpenFile(1, str(tmp_path / name))).problem.message
    assert files.open_files.all() == ()


def test_a_folder_and_a_missing_file(files: Files, tmp_path: Path) -> None:
    (tmp_path / "x.pt").mkdir()
    assert "is a folder" in files.problem(OpenFile(1, str(tmp_path / "x.pt"))).problem.message
    assert "There is no file" in files.problem(OpenFile(2, str(tmp_path / "y.pt"))).problem.message


def test_object_arrays_are_not_run(files: Files, tmp_path: Path) -> None:
    np.save(tmp_path / "x.npy", np.array([{}, []], dtype=object), allow_pickle=True)
    assert "object" in files.problem(OpenFile(1, str(tmp_path / "x.npy"))).problem.message.lower()


def test_closed_files_answer_with_nothing(files: Files, checkpoint: Path) -> None:
    file, contents = files.open(checkpoint)
    storage = contents.storages[0].id
    assert files.pages(file, storage, 0)
    assert ended(files.answers(CloseFile(file))) is JobFinished
    assert files.pages(file, storage, 0) == {}
    for request in (
        MeasureTensor("a", file, 0), LookAtValues(file, "x"), CompareFiles(file, "x", str(checkpoint)),
        WriteCopy(file, "compact", str(checkpoint.with_name("y.pt"))),
    ):  # fmt: skip  # one of each
        assert [type(event) for event in files.answers(request)] == [JobStarted, JobFinished]
    assert files.pages(99, "A", 0) == {}


def test_closed_while_it_is_read(files: Files, checkpoint: Path) -> None:
    files.answers(CloseFile(3))  # its lane is quicker
    files.answers(OpenFile(3, str(checkpoint)))
    assert files.open_files.get(3) is None
    assert files.pages(3, "A", 0) == {}


def test_pages_that_are_not_there_are_left_out(files: Files, checkpoint: Path) -> None:
    file, contents = files.open(checkpoint)
    storage = contents.tensors[0].storage
    assert sorted(files.pages(file, storage, 4, 2, 5, -1, 2, 10**9)) == [2, 4]  # 20,000 bytes are 5 pages
    assert len(files.pages(file, storage, 4)[4]) == 20_000 - 4 * 4096
    assert files.pages(file, "no such", 0) == {}


def test_a_place_that_is_not_there(files: Files, checkpoint: Path) -> None:
    file, _ = files.open(checkpoint)
    assert "There is no tensor x" in files.problem(MeasureTensor("x", file, 4)).problem.message
    assert "There is no tensor x" in files.problem(MeasureTensor("x", file, -1)).problem.message


def test_a_measured_tensor_says_its_file(files: Files, checkpoint: Path) -> None:
    file, _ = files.open(checkpoint)
    found = one(files.answers(MeasureTensor("any name", file, 0)), TensorMeasured)
    assert (found.file, found.memory, found.statistics.name) == (file, 0, "any name")
    assert (found.statistics.minimum, found.statistics.maximum) == (10, 19)


def test_the_session_answers_where_no_file_is_named() -> None:
    from tensorviz.engine.files.handlers import file_handlers
    from tensorviz.engine.files.open_files import OpenFiles
    from tensorviz.engine.worker import Job

    asked: list[object] = []
    session = {ReadPages: lambda job: asked.append(job.request), MeasureTensor: lambda job: asked.append(job.request)}
    table = file_handlers(OpenFiles(), session)
    for request in (ReadPages("A", (0,)), MeasureTensor("a")):
        assert table[type(request)](Job(1, request, asked.append)) is None
        assert asked.pop() is request
    assert not asked


def test_values_of_every_tensor_then_duplicates(files: Files, checkpoint: Path) -> None:
    file, contents = files.open(checkpoint)
    events = files.answers(LookAtValues(file, str(checkpoint)))
    rows = [row for event in events if isinstance(event, ValuesSeen) for row in event.rows]
    assert rows == list(look_at_values(contents, read_storage))
    assert [row.name for row in rows] == ["a", "b", "c", "same"]
    assert rows[2].nan == 1
    (group,) = one(events, DuplicatesFound).groups
    assert (group.names, group.constant) == (("b", "same"), True) or group.names == ()
    kinds = [type(event) for event in events]
    assert kinds.index(DuplicatesFound) > max(at for at, kind in enumerate(kinds) if kind is ValuesSeen)
    assert all(event.unit == "byte" for event in events if isinstance(event, JobProgress))


def test_values_come_in_few_pieces(files: Files, tmp_path: Path) -> None:
    torch.save([torch.full((2,), float(at)) for at in range(3000)], tmp_path / "x.pt")
    file, _ = files.open(tmp_path / "x.pt")
    start = time.monotonic()
    events = files.answers(LookAtValues(file, "x.pt"))
    pieces = [event for event in events if isinstance(event, ValuesSeen)]
    assert sum(len(piece.rows) for piece in pieces) == 3000
    assert len(pieces) <= 10 * (time.monotonic() - start) + 1


def test_comparison(files: Files, checkpoint: Path, tmp_path: Path) -> None:
    file, _ = files.open(checkpoint)
    value = torch.load(checkpoint)
    value["a"] = value["a"] + torch.tensor([0.0] * 9 + [0.5])
    value["more"] = value.pop("same")
    torch.save(value, tmp_path / "y.pt")
    found = one(files.answers(CompareFiles(file, str(checkpoint), str(tmp_path / "y.pt"))), FilesCompared)
    assert (found.file, found.other) == (file, str(tmp_path / "y.pt"))
    assert (found.comparison.missing, found.comparison.extra) == (("same",), ("more",))
    (row,) = found.comparison.differences
    assert (row.name, row.differing, row.absolute, row.at) == ("a", 1, 0.5, (9,))
    assert found.comparison.equal == 2


def test_what_it_is_compared_with_may_be_gone(files: Files, checkpoint: Path, tmp_path: Path) -> None:
    file, _ = files.open(checkpoint)
    for other in (tmp_path / "gone.pt", tmp_path):
        assert str(other) in files.problem(CompareFiles(file, "x.pt", str(other))).problem.message


@pytest.mark.parametrize("kind", ["compact", "safetensors"])
def test_copies_load_as_the_file_does(files: Files, checkpoint: Path, tmp_path: Path, kind: str) -> None:
    file, _ = files.open(checkpoint)
    out = tmp_path / "copy"
    found = one(files.answers(WriteCopy(file, kind, str(out))), CopyWritten)  # type: ignore[arg-type]  # one of the two
    assert (found.file, found.kind) == (file, kind)
    assert (found.written.path, found.written.nbytes) == (str(out), out.stat().st_size)
    wanted = torch.load(checkpoint)
    loaded = torch.load(out) if kind == "compact" else safetensors.torch.load_file(out)
    assert list(loaded) == list(wanted) or sorted(loaded) == sorted(wanted)
    for name, tensor in wanted.items():
        assert torch.equal(loaded[name].nan_to_num(7), tensor.nan_to_num(7))
    assert out.stat().st_size < checkpoint.stat().st_size


def test_a_copy_takes_the_place_of_no_open_file(files: Files, checkpoint: Path, tmp_path: Path) -> None:
    file, _ = files.open(checkpoint)
    np.save(tmp_path / "z.npy", np.arange(3))
    other, _ = files.open(tmp_path / "z.npy")
    (tmp_path / "link.pt").symlink_to(checkpoint)
    os.link(checkpoint, tmp_path / "hard.pt")
    before = checkpoint.read_bytes()
    for out in ("x.pt", "link.pt", "hard.pt", "z.npy", "../" + tmp_path.name + "/x.pt"):
        assert "is open here" in files.problem(WriteCopy(file, "compact", str(tmp_path / out))).problem.message
    assert checkpoint.read_bytes() == before
    files.answers(CloseFile(other))
    assert ended(files.answers(WriteCopy(file, "compact", str(tmp_path / "z.npy")))) is JobFinished
    for out in ("no/such/folder/y.pt", "a\0b.pt"):
        files.problem(WriteCopy(file, "compact", str(tmp_path / out)))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["hard.pt", "link.pt", "x.pt", "z.npy"]


@pytest.fixture(scope="module")
def sparse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two tensors of 2 GB that take no place on the disk."""
    import json
    import struct

    each = 2_000_000_000
    spec = {name: {"dtype": "F32", "shape": [each // 4]} for name in "ab"}
    table = {name: {**row, "data_offsets": [at * each, (at + 1) * each]} for at, (name, row) in enumerate(spec.items())}
    raw, path = json.dumps(table).encode(), tmp_path_factory.mktemp("sparse") / "x.safetensors"
    with path.open("wb") as file:
        file.write(struct.pack("<Q", len(raw)) + raw)
        file.truncate(8 + len(raw) + 2 * each)
    return path


@pytest.mark.parametrize("what", ["values", "compare", "measure"])
def test_cancelled_soon(files: Files, sparse: Path, what: str) -> None:
    file, _ = files.open(sparse)
    request = {
        "values": LookAtValues(file, "x"), "compare": CompareFiles(file, "x", str(sparse)),
        "measure": MeasureTensor("a", file, 0),
    }[what]  # fmt: skip  # a table
    job = files.engine.submit(request)
    files.next(JobStarted)
    if what != "measure":
        files.next(JobProgress)
    taken = []
    files.engine.cancel(job)
    start = time.monotonic()
    assert ended(files.rest(job)) is JobCancelled
    taken.append(time.monotonic() - start)
    assert max(taken) < 1.0  # 0.15 wanted, on a computer that does nothing else


def test_a_copy_is_cancelled_and_leaves_nothing(files: Files, sparse: Path, tmp_path: Path) -> None:
    file, _ = files.open(sparse)
    job = files.engine.submit(WriteCopy(file, "safetensors", str(tmp_path / "copy.safetensors")))
    files.next(JobProgress)
    files.engine.cancel(job)
    start = time.monotonic()
    assert ended(files.rest(job)) is JobCancelled
    assert time.monotonic() - start < 2.0
    assert list(tmp_path.iterdir()) == []


def test_opening_and_pages_do_not_wait_for_values(files: Files, sparse: Path, checkpoint: Path) -> None:
    file, contents = files.open(sparse)
    job = files.engine.submit(LookAtValues(file, "x"))
    files.next(JobProgress)
    files.open(checkpoint)
    assert files.pages(file, contents.storages[1].id, 7) == {7: bytes(4096)}
    files.engine.cancel(job)
    assert ended(files.rest(job)) is JobCancelled


def test_pages_overtake_a_measurement(files: Files, sparse: Path) -> None:
    file, contents = files.open(sparse)
    job = files.engine.submit(MeasureTensor("a", file, 0))
    asked = files.engine.submit(ReadPages(contents.storages[1].id, (3,), file))
    assert files.next(PagesRead).job == asked
    files.engine.cancel(job)
    assert ended(files.rest(job)) is JobCancelled


def test_torch_is_not_imported(checkpoint: Path) -> None:
    code = f"""
import sys
from pathlib import Path
from tests.engine.files.rig import Files
from tensorviz.engine.messages.files import *
files = Files()
file, contents = files.open({str(checkpoint)!r})
files.pages(file, contents.storages[0].id, 0)
files.measured(file, "a", 0)
files.answers(LookAtValues(file, "x"))
files.answers(CompareFiles(file, "x", {str(checkpoint)!r}))
files.answers(WriteCopy(file, "safetensors", {str(checkpoint.with_suffix(".safetensors"))!r}))
files.stop()
assert Path({str(checkpoint.with_suffix(".safetensors"))!r}).exists()
assert "torch" not in sys.modules
"""
    subprocess.run([sys.executable, "-c", code], check=True)

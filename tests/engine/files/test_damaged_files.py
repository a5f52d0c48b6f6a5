"""Damaged and hostile files through the lanes: what is served is what the libraries load, or a sentence is.

Must not know how files are read. With TENSORVIZ_FUZZ=N in the environment, N changed files of each kind are tried.
"""

from __future__ import annotations

import os
import random
import zipfile
from pathlib import Path

import pytest
import torch

from tensorviz.engine.messages import JobFailed, JobFinished, Request
from tensorviz.engine.messages.files import CloseFile, CompareFiles, FileOpened, FilesCompared, OpenFile, ValuesSeen
from tensorviz.engine.messages.files import LookAtValues as Look
from tensorviz.engine.messages.session import MeasureTensor, PagesRead, ReadPages, TensorMeasured
from tests.engine.files.rig import E, Files, one
from tests.engine.formats.judges import bits_of, same_bits
from tests.engine.formats.test_damage import FILES, ORIGINAL, _mutated, judged

TRIES = int(os.environ.get("TENSORVIZ_FUZZ", "40"))
KINDS = pytest.mark.parametrize("name", FILES)


def tried(files: Files, path: Path) -> bool:
    """Opens, pages, measures, looks at values and compares; gives whether all of it was answered."""
    files.count += 1
    events = files.answers(OpenFile(files.count, str(path)))
    if sentence(events[-1]):
        return False
    contents = one(events, FileOpened).contents
    wanted = judged(path)
    for at, tensor in enumerate(contents.tensors):
        if tensor.layout.numel > 10_000:
            continue
        served = answer(files, ReadPages(tensor.storage, tuple(range(8)), files.count), PagesRead)
        if served is None:
            continue
        raw = b"".join(page for _, page in sorted(served.pages))
        dtype = getattr(torch, tensor.dtype)
        whole = torch.frombuffer(
            bytearray(raw[: len(raw) // dtype.itemsize * dtype.itemsize] or bytes(16)), dtype=dtype
        )
        value = whole.as_strided(tensor.layout.shape, tensor.layout.stride, tensor.layout.offset)
        judge = None if wanted is None else wanted.get(tensor.name)
        saved = ORIGINAL[path.name].get(tensor.name)
        right = judge is None or judge.dtype != dtype or same_bits(value, judge)
        # torch gives whatever was in memory where a member is marked as a folder; what was saved is right then.
        assert right or (saved is not None and same_bits(value, saved)), tensor.name
        found = answer(files, MeasureTensor("t", files.count, at), TensorMeasured)
        if found is not None and value.numel() and not value.dtype.is_complex and not value.isnan().any():
            assert found.statistics.numel == value.numel()
            assert found.statistics.maximum == value.double().max().item() or value.dtype == torch.int64
    rows = [
        row for event in files.answers(Look(files.count, "x")) if isinstance(event, ValuesSeen) for row in event.rows
    ]
    assert len(rows) == len(contents.tensors)
    compared = answer(files, CompareFiles(files.count, "x", str(path)), FilesCompared)
    if compared is not None and not any(row.problem for row in rows):
        assert compared.comparison.same or len({tensor.name for tensor in contents.tensors}) < len(contents.tensors)
    files.answers(CloseFile(files.count))
    return True


def answer(files: Files, request: Request, kind: type[E]) -> E | None:
    """The answer; None for a sentence."""
    events = files.answers(request)
    return None if sentence(events[-1]) else one(events, kind)


def sentence(end: object) -> bool:
    """Whether the job ended with a sentence of ours; anything but that and a good end fails the test."""
    assert isinstance(end, JobFailed | JobFinished), end
    if isinstance(end, JobFailed):
        assert end.problem.expected, end.problem.details
        assert end.problem.message.endswith(".")
    return isinstance(end, JobFailed)


@KINDS
def test_whole_files_are_served(files: Files, tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(FILES[name])
    assert tried(files, tmp_path / name)


@KINDS
def test_changed_at_random(files: Files, tmp_path: Path, name: str) -> None:
    chance = random.Random(f"lane {name}")
    for _ in range(TRIES):
        (tmp_path / name).write_bytes(_mutated(FILES[name], chance))
        tried(files, tmp_path / name)


@pytest.mark.slow
@KINDS
def test_changed_at_random_for_long(files: Files, tmp_path: Path, name: str) -> None:
    chance = random.Random(f"long {name}")
    for _ in range(3000):
        (tmp_path / name).write_bytes(_mutated(FILES[name], chance))
        tried(files, tmp_path / name)


@KINDS
def test_cut_at_block_boundaries(files: Files, tmp_path: Path, name: str) -> None:
    raw = FILES[name]
    for length in sorted({0, 1, 8, *range(0, len(raw), 64), len(raw) - 1}):
        (tmp_path / name).write_bytes(raw[:length])
        assert not tried(files, tmp_path / name)


def test_large_files_cut_at_block_boundaries(files: Files, tmp_path: Path) -> None:
    path = tmp_path / "x.pt"
    torch.save({"a": torch.arange(1 << 19)}, path)
    raw = path.read_bytes()
    for length in (1 << 20, 2 << 20, 4 << 20, len(raw) - 4096):
        path.write_bytes(raw[:length])
        files.problem(OpenFile(1, str(path)))


def test_zip_bombs_are_read_a_part_at_a_time(files: Files, tmp_path: Path) -> None:
    path, count = tmp_path / "x.npz", 1 << 26
    head = b"\x93NUMPY\1\0v\0" + b"{'descr': '<f8', 'fortran_order': False, 'shape': (%d,), }" % count
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("a.npy", "w", force_zip64=True) as member,
    ):
        member.write(head.ljust(127) + b"\n")
        for _ in range(count >> 17):
            member.write(bytes(1 << 20))
    file, contents = files.open(path)
    assert files.pages(file, contents.storages[0].id, 0, 1)[0] == bytes(4096)
    assert path.stat().st_size < 1 << 20


def test_bits_of_is_what_pages_are_judged_by() -> None:
    assert bits_of(torch.tensor([1.0, 2.0])) == bytes.fromhex("0000803f00000040")

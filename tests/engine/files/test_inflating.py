"""Compressed members read at any place: the right bytes, inflated once when gone through, in bounded memory.

Must not know who asks for them.
"""

from __future__ import annotations

import random
import zipfile
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tensorviz.engine.files import inflating
from tensorviz.engine.files.inflating import CHUNK, WHOLE, InflatedMember, RecentChunks
from tensorviz.engine.zip_directory import ZipDamaged

SIZE = WHOLE + 9 * CHUNK + 17  # too large to be checked as a whole


def content() -> bytes:
    """Bytes that can be packed, no stretch like another."""
    return (np.arange(SIZE // 4 + 1, dtype="u4") * 2654435761 >> np.uint32(9)).tobytes()[:SIZE]


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("inflating") / "x.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as target:
        target.writestr("large", content())
        target.writestr("small", content()[: 3 * CHUNK])
        target.writestr("none", b"")
    return path


def nothing() -> None:
    pass


@given(data=st.data())
@settings(max_examples=25, deadline=None)
def test_any_stretch_in_any_order(archive: Path, data: st.DataObject) -> None:
    whole = content()
    recent = RecentChunks(4 * CHUNK)
    member = InflatedMember(str(archive), "large", recent)
    for _ in range(data.draw(st.integers(1, 6))):
        start = data.draw(st.integers(0, SIZE))
        stop = min(SIZE, start + data.draw(st.integers(0, 3 * CHUNK)))
        assert member.read(start, stop, nothing) == whole[start:stop]
        assert recent.held <= 4 * CHUNK


def inflated_bytes(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Counts the bytes that come out of all machines."""
    counted = [0]
    make = zlib.decompressobj

    class Counting:
        def __init__(self, machine: Any) -> None:
            self.machine = machine

        def decompress(self, raw: bytes, most: int) -> bytes:
            found: bytes = self.machine.decompress(raw, most)
            counted[0] += len(found)
            return found

        def copy(self) -> Counting:
            return Counting(self.machine.copy())

        def __getattr__(self, name: str) -> Any:
            return getattr(self.machine, name)

    monkeypatch.setattr("tensorviz.engine.files.inflating.zlib.decompressobj", lambda bits: Counting(make(bits)))
    return counted


def test_paging_through_inflates_once(archive: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    counted = inflated_bytes(monkeypatch)
    member = InflatedMember(str(archive), "large", RecentChunks(8 * CHUNK))
    for start in range(0, SIZE, 4096 * 16):
        member.read(start, min(SIZE, start + 4096 * 16), nothing)
    assert SIZE <= counted[0] <= SIZE + 16


def test_going_back_inflates_little(archive: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    counted = inflated_bytes(monkeypatch)
    member = InflatedMember(str(archive), "large", RecentChunks(2 * CHUNK))
    member.read(SIZE - 10, SIZE, nothing)
    chance = random.Random(4)
    for _ in range(40):
        counted[0] = 0
        start = chance.randrange(SIZE - 4096)
        assert member.read(start, start + 4096, nothing) == content()[start : start + 4096]
        assert counted[0] <= inflating.GAP + 2 * CHUNK


def test_a_damaged_member_is_told(archive: Path, tmp_path: Path) -> None:
    raw = bytearray(archive.read_bytes())
    with zipfile.ZipFile(archive) as source:
        small = source.getinfo("small")
    at = small.header_offset + 30 + len("small") + small.compress_size // 2
    raw[at] ^= 4
    (tmp_path / "x.zip").write_bytes(raw)
    member = InflatedMember(str(tmp_path / "x.zip"), "small", RecentChunks(CHUNK))
    with pytest.raises(ZipDamaged):
        member.read(0, 10, nothing)  # small ones are checked as a whole before a byte is given
    with pytest.raises(ZipDamaged):
        member.read(0, 10, nothing)
    assert InflatedMember(str(tmp_path / "x.zip"), "large", RecentChunks(CHUNK)).read(5, 9, nothing) == content()[5:9]


@pytest.mark.parametrize("promised", [3 * CHUNK - 1, 3 * CHUNK + 1])
def test_another_length_than_promised(archive: Path, tmp_path: Path, promised: int) -> None:
    raw = archive.read_bytes().replace((3 * CHUNK).to_bytes(4, "little"), promised.to_bytes(4, "little"))
    (tmp_path / "x.zip").write_bytes(raw)
    member = InflatedMember(str(tmp_path / "x.zip"), "small", RecentChunks(CHUNK))
    with pytest.raises(ZipDamaged, match=r"another length|checksum"):
        member.read(0, 10, nothing)


def test_after_being_stopped_it_goes_on_right(archive: Path) -> None:
    class Stopped(Exception):
        pass

    def stop_now() -> None:
        counted[0] += 1
        if counted[0] == 30:
            raise Stopped

    counted, member = [0], InflatedMember(str(archive), "large", RecentChunks(2 * CHUNK))
    with pytest.raises(Stopped):
        member.read(SIZE - 10, SIZE, stop_now)
    assert member.read(SIZE - 10, SIZE, nothing) == content()[-10:]


def test_after_a_read_that_failed_it_goes_on_right(archive: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from tensorviz.engine.positioned import read_at

    counted, member = [0], InflatedMember(str(archive), "large", RecentChunks(2 * CHUNK))

    def failing(*given: Any) -> bytes:
        counted[0] += 1
        if counted[0] == 2303:  # somewhere within a chunk
            raise OSError(5, "Input/output error")
        return read_at(*given)

    monkeypatch.setattr("tensorviz.engine.files.inflating.read_at", failing)
    monkeypatch.setattr(inflating, "PACKED", 1 << 10)
    with pytest.raises(OSError, match="Input/output"):
        member.read(SIZE - 10, SIZE, nothing)
    for start in (SIZE - 4096, 2 * CHUNK, 3 * CHUNK):
        assert member.read(start, start + 4096, nothing) == content()[start : start + 4096]


def test_members_that_are_not_there(archive: Path) -> None:
    with pytest.raises(ZipDamaged, match="is gone"):
        InflatedMember(str(archive), "other", RecentChunks(CHUNK))
    assert InflatedMember(str(archive), "none", RecentChunks(CHUNK)).read(0, 0, nothing) == b""

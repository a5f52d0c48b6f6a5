"""A compressed member of an archive, read at any place without inflating it from its beginning each time.

Must not know storages, formats or torch. Kept are places from which inflating goes on, and chunks inflated lately.
"""

from __future__ import annotations

import zlib
from collections import OrderedDict
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from tensorviz.engine.positioned import read_at, size_of
from tensorviz.engine.zip_directory import DEFLATED, Member, ZipDamaged, members_of, start_of

if TYPE_CHECKING:
    from collections.abc import Callable

CHUNK = 1 << 18  # bytes inflated together
GAP = 4 << 20  # bytes between two places from which inflating can go on, at least
MOST_PLACES = 256  # of one member
PLACE_BYTES = 48 << 10  # what one takes
WHOLE = 16 << 20  # members up to here are checked by their sum before a byte of them is given
PACKED = 1 << 16  # packed bytes read in one go


class RecentChunks:
    """Chunks that were inflated lately: the ones used longest ago go when they take more than `room` bytes."""

    def __init__(self, room: int) -> None:
        self._room = room
        self._chunks: OrderedDict[tuple[object, int], bytes] = OrderedDict()
        self.held = 0

    def get(self, owner: object, number: int) -> bytes | None:
        """The chunk; None when it is not kept."""
        found = self._chunks.get((owner, number))
        if found is not None:
            self._chunks.move_to_end((owner, number))
        return found

    def put(self, owner: object, number: int, chunk: bytes) -> None:
        """Keeps a chunk that was not kept."""
        self._chunks[owner, number] = chunk
        self.held += len(chunk)
        while self.held > self._room:
            self.held -= len(self._chunks.popitem(last=False)[1])

    def clear(self) -> None:
        """Forgets all."""
        self._chunks.clear()
        self.held = 0


@dataclass(frozen=True, slots=True)
class _Place:
    """Where inflating goes on: chunk number, packed bytes taken before, the machine as it stood, the sum so far."""

    chunk: int
    taken: int
    machine: Any
    crc: int


class InflatedMember:
    """One member of the archive at `path`. It may keep chunks in `recent`. Raises ZipDamaged, OSError throughout."""

    def __init__(self, path: str, name: str, recent: RecentChunks) -> None:
        self._path, self._recent = path, recent
        with Path(path).open("rb") as file:
            size = size_of(file)
            member = members_of(file, size).get(name)
            if member is None:
                raise ZipDamaged(f'its member "{name[:80]}" is gone')
            self._member: Member = member
            self._start = start_of(file, member, size)
        self._count = -(-member.size // CHUNK)
        self._apart = max(GAP // CHUNK, -(-self._count // MOST_PLACES))
        self._places: dict[int, _Place] = {}
        self._now: _Place | None = None
        self._checked = member.size > WHOLE

    @property
    def held(self) -> int:
        """About the bytes that its places take."""
        return len(self._places) * PLACE_BYTES

    def read(self, start: int, stop: int, check: Callable[[], None]) -> bytes:
        """Bytes start..stop-1. check: called between chunks; what it raises goes on."""
        with Path(self._path).open("rb") as file:
            if not self._checked:
                for number in range(self._count):
                    check()
                    self._chunk(file, number, check)
                self._checked = True
            first = start // CHUNK
            parts = [self._chunk(file, number, check) for number in range(first, -(-stop // CHUNK))]
        return b"".join(parts)[start - first * CHUNK : stop - first * CHUNK]

    def _chunk(self, file: IO[bytes], number: int, check: Callable[[], None]) -> bytes:
        kept = self._recent.get(self, number)
        if kept is not None:
            return kept
        place = self._before(number)
        while place.chunk < number:
            _, place = self._step(file, place)
            check()
        chunk, _ = self._step(file, place)
        self._recent.put(self, number, chunk)
        return chunk

    def _before(self, number: int) -> _Place:
        """The nearest place before a chunk; a copy of what is kept."""
        reached = [place for place in self._places.values() if place.chunk <= number]
        nearest = max(reached, key=lambda place: place.chunk, default=None)
        now = self._now
        if now is not None and now.chunk <= number and (nearest is None or nearest.chunk < now.chunk):
            return now
        if nearest is None:
            return _Place(0, 0, zlib.decompressobj(-15), 0)
        return replace(nearest, machine=nearest.machine.copy())

    def _step(self, file: IO[bytes], place: _Place) -> tuple[bytes, _Place]:
        """The chunk at a place, and the place after it."""
        member = self._member
        self._now = None  # its machine is of no use if this fails half way
        wanted = min(CHUNK, member.size - place.chunk * CHUNK)
        chunk, taken = self._grown(file, place, wanted)
        if len(chunk) < wanted:
            raise ZipDamaged(f'the member "{member.name[:80]}" has another length than the directory says')
        after = _Place(place.chunk + 1, taken, place.machine, zlib.crc32(chunk, place.crc))
        if after.chunk >= self._count:
            self._check_end(file, after)
        elif after.chunk % self._apart == 0 and after.chunk not in self._places:
            self._places[after.chunk] = replace(after, machine=after.machine.copy())
        self._now = after
        return chunk, after

    def _grown(self, file: IO[bytes], place: _Place, wanted: int) -> tuple[bytes, int]:
        """Up to `wanted` bytes more from a place, and how many packed bytes are taken then."""
        member, machine, taken = self._member, place.machine, place.taken
        if member.method != DEFLATED:
            return read_at(file, self._start + taken, wanted), taken + wanted
        parts, missing = [], wanted
        try:
            while missing and not machine.eof:
                packed = read_at(file, self._start + taken, min(PACKED, member.packed - taken))
                part = machine.decompress(packed, missing)
                taken += len(packed) - len(machine.unconsumed_tail)
                if not packed and not part:
                    break
                parts.append(part)
                missing -= len(part)
        except zlib.error as error:
            raise ZipDamaged("a compressed member is damaged") from error
        return b"".join(parts), taken

    def _check_end(self, file: IO[bytes], after: _Place) -> None:
        """Raises ZipDamaged when more comes than there should, or the sum is another one."""
        member = self._member
        if member.method == DEFLATED and self._grown(file, replace(after, machine=after.machine.copy()), 1)[0]:
            raise ZipDamaged(f'the member "{member.name[:80]}" has another length than the directory says')
        if member.crc not in (0, after.crc):  # torch can be told to leave the sum out; it writes 0 then
            raise ZipDamaged(f'the member "{member.name[:80]}" is damaged: its checksum does not fit')

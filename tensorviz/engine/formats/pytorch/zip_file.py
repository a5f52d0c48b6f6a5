"""The files that torch.save writes today: a zip archive with a pickle, and each storage as a member of its own.

Must not know the older format. Nothing of the pickle is run.
"""

from __future__ import annotations

import struct
from dataclasses import replace
from typing import IO, TYPE_CHECKING

from tensorviz.core.stored import Contents, StoredStorage
from tensorviz.core.text import bytes_text, plural
from tensorviz.engine.formats.pytorch.assemble import Described, contents
from tensorviz.engine.formats.pytorch.source import Source
from tensorviz.engine.formats.spec import Damaged, FileFormat
from tensorviz.engine.positioned import read_at, size_of
from tensorviz.engine.zip_directory import STORED, Member, ZipDamaged, blocks_of, members_of, read_member, start_of

if TYPE_CHECKING:
    from collections.abc import Mapping

PICKLE = "data.pkl"
LARGEST_INFLATED = 24 << 20  # bytes of a compressed pickle, which is held whole
LARGEST_CHECKED = 64 << 20  # bytes of a pickle whose checksum is compared
LARGEST_RECORD = 1 << 12
RECORDS = ("byteorder", "version", ".format_version", ".storage_alignment")
SAVED_AS_BYTES = frozenset({"uint16", "uint32", "uint64", "complex32"})  # on storages without a type


def _recognises(head: bytes, _size: int) -> bool:
    return head.startswith(b"PK") and not _first_name(head).endswith(b".npy")


def _first_name(head: bytes) -> bytes:
    (length,) = struct.unpack_from("<H", head, 26) if len(head) >= 30 else (0,)
    return head[30 : 30 + length]


def _read(path: str, file: IO[bytes]) -> Contents:
    try:
        return _Archive(path, file).contents()
    except ZipDamaged as error:
        raise Damaged(str(error)) from error


class _Archive:
    """An open archive and its directory."""

    def __init__(self, path: str, file: IO[bytes]) -> None:
        self.path, self.file, self.size = path, file, size_of(file)
        self.members = members_of(file, self.size)
        self.prefix = _prefix(self.members)
        self.records = {name: text for name in RECORDS if (text := self._record(name)) is not None}
        self.used: set[str] = set()

    def contents(self) -> Contents:
        """Raises Damaged, ZipDamaged, OSError."""
        order = self.records.get("byteorder", "little")
        if order not in ("little", "big"):
            raise Damaged(f"its byte order should be {order[:20]!r}")
        told = Described()
        if any(name.startswith(f"{self.prefix}code/") for name in self.members):
            told.notes.append("It is a TorchScript program: its code and constants are not looked at.")
        value = told.run(self._source(self.members[self.prefix + PICKLE]))

        def place(name: str, key: str, nbytes: int) -> StoredStorage:
            return self._place(name, key, nbytes, told.storages[key].device)

        found = contents(self.path, "pt-zip", self.size, told, value, place, metadata=self.records)
        return replace(found, notes=(*found.notes, *self._not_turned(found), *self._left_over()))

    def _not_turned(self, found: Contents) -> tuple[str, ...]:
        """A note where torch (2.14, serialization.py) turns bytes by the storage's type, which for these is bytes."""
        kinds = {tensor.dtype for tensor in found.tensors} & SAVED_AS_BYTES
        if self.records.get("byteorder") != "big" or not kinds:
            return ()
        names = ", ".join(sorted(kinds))
        return (f"It was saved in the big order of bytes. torch.load does not turn those of {names}; here they are.",)

    def _record(self, name: str) -> str | None:
        member = self.members.get(self.prefix + name)
        if member is None:
            return None
        return read_member(self.file, member, self.size, LARGEST_RECORD).decode("utf-8", "replace").strip()

    def _source(self, member: Member) -> Source:
        if member.method != STORED:
            whole = read_member(self.file, member, self.size, LARGEST_INFLATED)
            return Source(lambda start, count: whole[start : start + count], 0, len(whole))
        if member.size <= LARGEST_CHECKED:
            for _ in blocks_of(self.file, member, self.size):
                pass  # the checksum is compared at the end
        start = start_of(self.file, member, self.size)
        return Source(lambda at, count: read_at(self.file, at, count), start, start + member.size)

    def _place(self, id_: str, key: str, nbytes: int, device: str) -> StoredStorage:
        name = f"{self.prefix}data/{key}"
        member = self.members.get(name)
        if member is None and nbytes:
            raise Damaged(f'the storage "{key[:80]}" is missing')
        if member is not None and member.size < nbytes:
            raise Damaged(f'the storage "{key[:80]}" should have {nbytes:,} bytes and has {member.size:,}')
        self.used.add(name)
        start = 0 if member is None else start_of(self.file, member, self.size)
        packed = member is not None and member.method != STORED
        big = self.records.get("byteorder") == "big"
        place = None if packed else start
        return StoredStorage(id_, nbytes, self.path, place, name, big, device, file_bytes=self.size)

    def _left_over(self) -> tuple[str, ...]:
        """Storages in the archive that the pickle does not refer to."""
        folder = f"{self.prefix}data/"
        left = [m for name, m in self.members.items() if name.startswith(folder) and name not in self.used]
        size = bytes_text(sum(member.size for member in left))
        return (f"{plural(len(left), 'member')} of the archive ({size}) belong to no storage.",) if left else ()


def _prefix(members: Mapping[str, Member]) -> str:
    """The folder in the archive that everything lies in, with its slash."""
    found = [name.removesuffix(PICKLE) for name in members if name == PICKLE or name.endswith(f"/{PICKLE}")]
    if not found:
        raise Damaged(
            "it is a zip archive without a data.pkl",
            "An exported program (.pt2) or another kind of archive? tensorviz reads what torch.save writes.",
        )
    return min(found, key=len)


ZIP = FileFormat("a PyTorch file", _recognises, _read)

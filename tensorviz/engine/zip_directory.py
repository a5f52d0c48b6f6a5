"""The directory of a zip file, read within bounds: names, sizes and positions of its members, 64-bit sizes included.

Must not know what the members hold. The standard library's reader takes as much memory as the file asks for.
"""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING

from tensorviz.engine.positioned import LARGEST_BLOCK, read_at

if TYPE_CHECKING:
    from collections.abc import Iterator

END = struct.Struct("<4s4H2LH")
END_64_PLACE = struct.Struct("<4sLQL")
END_64 = struct.Struct("<4sQ2H2L4Q")
CENTRAL = struct.Struct("<4s6H3L5H2L")
LOCAL = struct.Struct("<4s5H3L2H")
LONGEST_COMMENT = (1 << 16) - 1
LARGEST_DIRECTORY = 48 << 20
MOST_MEMBERS = 200_000
STORED, DEFLATED = 0, 8
FULL = 0xFFFFFFFF  # the number stands in the 64-bit part
ENCRYPTED = 1


class ZipDamaged(Exception):
    """The archive is cut short, or says what is not so; the text says what."""


@dataclass(frozen=True, slots=True)
class Member:
    """One file in the archive: `size` bytes, `packed` of them in the archive. header: where its own header begins."""

    name: str
    header: int
    size: int
    packed: int
    method: int
    crc: int
    encrypted: bool


def members_of(file: IO[bytes], size: int) -> dict[str, Member]:
    """The members by name, in the order of the directory. `size`: bytes of the file. Raises ZipDamaged, OSError."""
    start, length, count = _place(file, size)
    if count > MOST_MEMBERS or length > LARGEST_DIRECTORY:
        raise ZipDamaged(f"its directory lists {count:,} members in {length:,} bytes, which is too many to look at")
    raw = read_at(file, start, length)
    if len(raw) < length:
        raise ZipDamaged("it ended while its directory was read")
    members: dict[str, Member] = {}
    at = 0
    for _ in range(count):
        member, at = _member(raw, at)
        if member.name in members:
            raise ZipDamaged(f'two members are called "{member.name[:80]}"')
        members[member.name] = member
    if at != length:
        raise ZipDamaged(f"its directory has another length than its {count:,} members need")
    return members


def _place(file: IO[bytes], size: int) -> tuple[int, int, int]:
    """First byte, length and number of entries of the directory."""
    base = max(size - END.size - LONGEST_COMMENT, 0)
    tail = read_at(file, base, size - base)
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) - at < END.size:
        raise ZipDamaged("its directory, which stands at the end, is missing: it is cut short")
    _, _, _, _, count, length, start, comment = END.unpack_from(tail, at)
    if at + END.size + comment > len(tail):
        raise ZipDamaged("it is cut short within its last record")
    end = base + at
    if FULL in (length, start) or count == 0xFFFF:
        place = _place_64(file, end)
        if place is not None:
            end, start, length, count = place
    if start + length > end:
        raise ZipDamaged("its directory should lie outside the file")
    return start, length, count


def _place_64(file: IO[bytes], end: int) -> tuple[int, int, int, int] | None:
    """Where the 64-bit record begins, and what it says; None where there is none."""
    raw = read_at(file, end - END_64_PLACE.size, END_64_PLACE.size) if end >= END_64_PLACE.size else b""
    if not raw.startswith(b"PK\x06\x07"):
        return None
    where = END_64_PLACE.unpack(raw)[2]
    record = read_at(file, where, END_64.size) if where + END_64.size <= end else b""
    if not record.startswith(b"PK\x06\x06"):
        raise ZipDamaged("the record of its 64-bit directory is missing")
    *_, count, length, start = END_64.unpack(record)
    return where, start, length, count


def _member(raw: bytes, at: int) -> tuple[Member, int]:
    if at + CENTRAL.size > len(raw) or raw[at : at + 4] != b"PK\x01\x02":
        raise ZipDamaged("its directory is damaged")
    _, _, _, flags, method, _, _, crc, packed, size, n, m, k, _, _, _, header = CENTRAL.unpack_from(raw, at)
    stop = at + CENTRAL.size + n
    if stop + m + k > len(raw):
        raise ZipDamaged("its directory is damaged")
    if FULL in (size, packed, header):
        size, packed, header = _wide(raw[stop : stop + m], [size, packed, header])
    if method == STORED and size != packed:
        raise ZipDamaged("a member that is not compressed has two sizes")
    name = _text(raw[stop - n : stop])
    return Member(name, header, size, packed, method, crc, bool(flags & ENCRYPTED)), stop + m + k


def _wide(extra: bytes, numbers: list[int]) -> list[int]:
    """The numbers, those that are FULL from the 64-bit field of `extra`."""
    at = 0
    while at + 4 <= len(extra):
        kind, length = struct.unpack_from("<2H", extra, at)
        if kind == 1:
            field = extra[at + 4 : at + 4 + length]
            wide = iter(struct.unpack_from(f"<{len(field) // 8}Q", field))
            try:
                return [next(wide) if number == FULL else number for number in numbers]
            except StopIteration:
                raise ZipDamaged("a 64-bit size is missing in its directory") from None
        at += 4 + length
    return numbers


def _text(raw: bytes) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("cp437")


def start_of(file: IO[bytes], member: Member, size: int) -> int:
    """The first byte of the member's (packed) contents in the file. Raises ZipDamaged, OSError."""
    raw = read_at(file, member.header, LOCAL.size + 4 * len(member.name))  # a letter has up to four bytes
    if len(raw) < LOCAL.size or not raw.startswith(b"PK\x03\x04"):
        raise ZipDamaged(f'the member "{member.name[:80]}" is not where the directory says')
    *_, n, m = LOCAL.unpack_from(raw)
    if _text(raw[LOCAL.size : LOCAL.size + n]) != member.name:
        raise ZipDamaged(f'another member lies where "{member.name[:80]}" should')
    start = member.header + LOCAL.size + n + m
    if member.encrypted or member.method not in (STORED, DEFLATED):
        kind = "encrypted" if member.encrypted else f"compressed in an unusual way ({member.method})"
        raise ZipDamaged(f'the member "{member.name[:80]}" is {kind}')
    if start + member.packed > size:
        raise ZipDamaged(f'the member "{member.name[:80]}" should reach beyond the end of the file')
    return int(start)


def blocks_of(file: IO[bytes], member: Member, size: int) -> Iterator[bytes]:
    """The member's contents in blocks of up to LARGEST_BLOCK bytes, inflated. Raises ZipDamaged, OSError.

    At the end the length and the checksum were compared.
    """
    got, crc = 0, 0
    for block in _inflated(_packed(file, member, size)) if member.method == DEFLATED else _packed(file, member, size):
        got += len(block)
        crc = zlib.crc32(block, crc)
        if got > member.size:
            break
        yield block
    if got != member.size:
        raise ZipDamaged(f'the member "{member.name[:80]}" has another length than the directory says')
    if crc != member.crc and member.crc:  # torch can be told to leave the sum out; it writes 0 then
        raise ZipDamaged(f'the member "{member.name[:80]}" is damaged: its checksum does not fit')


def _packed(file: IO[bytes], member: Member, size: int) -> Iterator[bytes]:
    start = start_of(file, member, size)
    for at in range(start, start + member.packed, LARGEST_BLOCK):
        yield read_at(file, at, min(LARGEST_BLOCK, start + member.packed - at))


def _inflated(packed: Iterator[bytes]) -> Iterator[bytes]:
    machine = zlib.decompressobj(-15)
    try:
        for block in packed:
            left = block
            while left and not machine.eof:
                yield machine.decompress(left, LARGEST_BLOCK)
                left = machine.unconsumed_tail
        while not machine.eof and (rest := machine.decompress(machine.unconsumed_tail, LARGEST_BLOCK)):
            yield rest
    except zlib.error as error:
        raise ZipDamaged("a compressed member is damaged") from error


def read_member(file: IO[bytes], member: Member, size: int, most: int) -> bytes:
    """A small member as a whole. Raises ZipDamaged when it has more than `most` bytes, OSError."""
    if member.size > most:
        raise ZipDamaged(f'the member "{member.name[:80]}" has {member.size:,} bytes, which is too much for what it is')
    return b"".join(blocks_of(file, member, size))

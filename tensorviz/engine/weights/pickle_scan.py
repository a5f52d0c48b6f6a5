"""What a pickle would call and how much memory it would ask for, read from its opcodes; nothing of it is run.

Must not know torch: names and numbers only.
"""

from __future__ import annotations

import pickletools
import re
from dataclasses import dataclass, field
from typing import IO

MARK = object()
STRINGS = {
    "STRING", "BINSTRING", "SHORT_BINSTRING", "UNICODE", "BINUNICODE", "SHORT_BINUNICODE", "BINUNICODE8",
}  # fmt: skip  # one kind
NUMBERS = {"INT", "BININT", "BININT1", "BININT2", "LONG", "LONG1", "LONG4"}
PUTS, GETS = {"PUT", "BINPUT", "LONG_BINPUT"}, {"GET", "BINGET", "LONG_BINGET"}
# Whether torch runs it is torch's decision (weights_only); this only names early what it never does.
HARMLESS = re.compile(
    r"torch\.\w+|torch\.(_utils|_tensor|storage|serialization|cuda|nn\.parameter)\.\w+"
    r"|collections\.(OrderedDict|Counter)|_codecs\.encode|(builtins|__builtin__)\.(set|complex)"
)
ITEM_BYTES = {
    "DoubleStorage": 8, "FloatStorage": 4, "HalfStorage": 2, "BFloat16Storage": 2, "LongStorage": 8, "IntStorage": 4,
    "ShortStorage": 2, "CharStorage": 1, "ByteStorage": 1, "BoolStorage": 1, "ComplexDoubleStorage": 16,
    "ComplexFloatStorage": 8, "QUInt8Storage": 1, "QInt8Storage": 1, "QInt32Storage": 4, "QUInt4x2Storage": 1,
    "QUInt2x4Storage": 1, "UntypedStorage": 1,
}  # fmt: skip  # a table


class ScanFailed(Exception):
    """The pickle is damaged, or was not written by torch.save."""


@dataclass(frozen=True, slots=True)
class StorageClaim:
    """A storage that the pickle refers to: its key in the file and the bytes it says it has."""

    key: str
    nbytes: int


@dataclass(slots=True)
class Scanned:
    """The names a pickle loads (`module.name`, as the file has them) and the storages it refers to."""

    names: list[str] = field(default_factory=list)
    claims: list[StorageClaim] = field(default_factory=list)

    @property
    def unsafe(self) -> list[str]:
        """The names that tensors do not need: code of others, or of the system."""
        return sorted({name for name in self.names if not HARMLESS.fullmatch(name)})


class Bounded:
    """A stream that never reads more than is left, whatever length a damaged file asks for."""

    def __init__(self, stream: IO[bytes], size: int) -> None:
        self._stream, self._size = stream, size

    def read(self, count: int = -1) -> bytes:
        """Up to `count` bytes."""
        left = max(0, self._size - self._stream.tell())
        return self._stream.read(left if count < 0 else min(count, left))

    def readline(self) -> bytes:
        """Up to the end of the line, at most 64 KiB of it."""
        return self._stream.readline(1 << 16)

    def tell(self) -> int:
        """Where the stream stands."""
        return self._stream.tell()


def scan(stream: Bounded, into: Scanned) -> None:
    """Reads one pickle to its end and adds what it names. Raises ScanFailed."""
    walk = _Walk(into)
    try:
        for opcode, argument, _ in pickletools.genops(stream):  # type: ignore[arg-type]  # read, readline and tell do
            walk.step(opcode.name, argument)
    except ScanFailed:
        raise
    except Exception as error:  # whatever damaged bytes provoke in the standard library's reader
        raise ScanFailed(str(error)) from error


class _Walk:
    """Follows strings, numbers and names over the stack, as far as torch.save's own pickles need it."""

    def __init__(self, into: Scanned) -> None:
        self.into = into
        self.recent: list[object] = []
        self.memo: dict[int, object] = {}

    def step(self, name: str, argument: object) -> None:
        if name in STRINGS or name in NUMBERS:
            self.recent.append(argument)
        elif name in PUTS:
            self._put(int(str(argument)))
        elif name == "MEMOIZE":
            self._put(len(self.memo))
        elif name in GETS:
            self.recent.append(self.memo.get(int(str(argument))))
        elif name in ("GLOBAL", "INST"):
            self._named(str(argument).replace(" ", "."))
        elif name == "STACK_GLOBAL":
            name_parts, self.recent = self.recent[-2:], self.recent[:-2]
            self._named(".".join(str(part) for part in name_parts))
        elif name in ("BINPERSID", "PERSID"):
            self._claim(name)
        else:
            self._other(name)

    def _put(self, key: int) -> None:
        self.memo[key] = self.recent[-1] if self.recent else None

    def _named(self, name: str) -> None:
        self.into.names.append(name)
        self.recent.append(name)

    def _other(self, name: str) -> None:
        if name == "MARK":
            self.recent = [MARK]  # a storage's reference is flat: nothing before its mark belongs to it
        elif name == "TUPLE" and self.recent[:1] == [MARK]:
            self.recent = [tuple(self.recent[1:])]
        elif name not in ("NONE", "PROTO", "FRAME"):
            self.recent = [None]
        elif name == "NONE":
            self.recent.append(None)

    def _claim(self, name: str) -> None:
        """A storage as torch.save refers to it: ("storage", class, key, location, count[, view])."""
        met = self.recent[-1] if self.recent and name == "BINPERSID" else None
        self.recent = [None]
        if isinstance(met, tuple) and met[:1] == ("module",):
            return
        if not isinstance(met, tuple) or len(met) not in (5, 6) or met[0] != "storage":
            raise ScanFailed("it refers to a storage in a way that torch.save does not")
        count, width = met[4], ITEM_BYTES.get(str(met[1]).rpartition(".")[2])
        if width is None or not isinstance(count, int) or count < 0:
            raise ScanFailed(f"it refers to a storage of an unknown kind ({met[1]})")
        self.into.claims.append(StorageClaim(str(met[2]), count * width))

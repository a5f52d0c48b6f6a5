"""Pickles made to do harm, and the files that carry them.

Must not know how a file is read. Run as a program with a folder, it reads every file in it and prints its peak memory.
"""

from __future__ import annotations

import contextlib
import io
import pickle
import struct
import sys
import zipfile
from pathlib import Path

MAGIC = 0x1950A86A20F9469CFC6C
LONG = struct.Struct("<I")


def zipped(raw: bytes, storages: tuple[bytes, ...] = ()) -> bytes:
    """A file of torch.save's zip kind around a pickle."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("x/data.pkl", raw)
        archive.writestr("x/byteorder", b"little")
        for at, storage in enumerate(storages):
            archive.writestr(f"x/data/{at}", storage)
    return stream.getvalue()


def legacy(raw: bytes) -> bytes:
    """A file of torch.save's older kind around a pickle, without storages."""
    first = b"".join(pickle.dumps(value, protocol=2) for value in (MAGIC, 1001, {"little_endian": True}))
    return first + raw + pickle.dumps([], protocol=2)


def put(at: int) -> bytes:
    return b"r" + LONG.pack(at)


def get(at: int) -> bytes:
    return b"j" + LONG.pack(at)


def tensor(shape: bytes, stride: bytes, offset: bytes = b"K\0", count: bytes = b"K\x04", key: bytes = b"0") -> bytes:
    """The instructions that make a float32 tensor over a storage; numbers as instructions."""
    pid = b"(X\x07\0\0\0storagectorch\nFloatStorage\nX" + LONG.pack(len(key)) + key + b"X\3\0\0\0cpu" + count + b"tQ"
    rest = offset + shape + stride + b"\x89ccollections\nOrderedDict\n)R"
    return b"ctorch._utils\n_rebuild_tensor_v2\n(" + pid + rest + b"tR"


def named(raw: bytes, name: bytes = b"w") -> bytes:
    """A whole pickle of a dict with one value."""
    return b"\x80\2}X" + LONG.pack(len(name)) + name + raw + b"s."


HUGE = b"\x8a\x08" + (2**62).to_bytes(8, "little")  # LONG1
LAUGHS = b"\x80\2]" + put(0) + b"".join(
    b"](" + get(at) * 10 + b"e" + put(at + 1) for at in range(60)
) + b"."  # fmt: skip  # each list holds the one before ten times
TENSOR_LAUGHS = b"\x80\2" + tensor(b"K\4\x85", b"K\1\x85") + put(0) + b"".join(
    b"](" + get(at) * 10 + b"e" + put(at + 1) for at in range(40)
) + b"."  # fmt: skip  # the same with a tensor at the bottom

PICKLES: dict[str, bytes] = {
    "laughs": LAUGHS,
    "tensor laughs": TENSOR_LAUGHS,
    "deep lists": b"\x80\2" + b"]" * 500_000 + b"a" * 499_999 + b".",
    "deep tuples": b"\x80\2)" + b"\x85" * 2_000_000 + b".",
    "deep keys": b"\x80\2}" + b")" + b"\x85" * 300_000 + b"K\1s.",
    "deep marks": b"\x80\2" + b"(" * 3_000_000 + b".",
    "in itself": b"\x80\2]" + put(0) + get(0) + b"a.",
    "dict in itself": b"\x80\2}" + put(0) + b"X\1\0\0\0a" + get(0) + b"s.",
    "huge text": b"\x80\2X\xff\xff\xff\xff.",
    "huge bytes": b"\x80\4\x8e" + (2**63).to_bytes(8, "little") + b".",
    "huge array": b"\x80\5\x96" + (2**64 - 1).to_bytes(8, "little") + b".",
    "negative": b"\x80\2T\xff\xff\xff\xff.",
    "huge integer": b"\x80\2\x8b\xff\xff\xff\x7f.",
    "long digits": b"L" + b"9" * 900_000 + b"L\n.",
    "no end of line": b"I" + b"1" * 3_000_000,
    "frame": b"\x80\4\x95" + b"\xff" * 8 + b"N.",
    "many lists": b"\x80\2]" + b"(" + b"]" * 3_000_000 + b"e.",
    "many dicts": b"\x80\2]" + b"(" + b"}" * 3_000_000 + b"e.",
    "many floats": b"\x80\2]" + b"(" + (b"G" + struct.pack(">d", 1.5)) * 2_000_000 + b"e.",
    "many memos": b"\x80\2N" + b"".join(put(at) for at in range(1_000_000)) + b".",
    "many texts": b"\x80\2](" + (b"X" + LONG.pack(200_000) + b"a" * 200_000) * 100 + b"e.",
    "doubling": b"\x80\2(" + b"N" * 8 + b"t" + b"\x86".join(b"2" for _ in range(40)) + b".",
    "many tensors": b"\x80\2" + tensor(b"K\4\x85", b"K\1\x85") + put(0) + b"0](" + get(0) * 300_000 + b"e.",
    "long names": b"\x80\2}" + put(1) + tensor(b"K\4\x85", b"K\1\x85") + put(0) + b"00](" + get(0) * 9_000 + b"e"
    + b"".join(b"}X" + LONG.pack(200_000) + b"k" * 200_000 + b"2" + put(9) + b"0" for _ in range(1)) + b".",
    "underflow": b"\x80\2tR.", "empty": b"\x80\2.", "reduce nothing": b"R.", "build nothing": b"N" + b"b.",
    "unknown memo": b"\x80\2h\7.", "unknown instruction": b"\x80\2\xfa.", "odd pairs": b"\x80\2}(NNNu.",
    "append to text": b"\x80\2X\1\0\0\0aNa.", "name is no text": b"\x80\4NN\x93.",
    "bad letters": b"\x80\2X\1\0\0\0\xff.",
    "bad quotes": b"S'abc\n.", "bad escape": b"S'\\x'\n.", "bad float": b"Fabc\n.", "bad integer": b"Iabc\n.",
    "bad raw": b"V\\u12\n.", "extension": b"\x80\2\x82\5)R.", "outside": b"\x80\5\x97.", "persistent text": b"Pabc\n.",
    "odd reference": b"\x80\2X\1\0\0\0aQ.", "odd storage": b"\x80\2(X\7\0\0\0storageNNNNtQ.",
    "object": b"(cposix\nsystem\nX\1\0\0\0ao.", "inst": b"(X\1\0\0\0aiposix\nsystem\n.",
    "newobj": b"\x80\2cposix\nsystem\n)\x81.", "newobj ex": b"\x80\4cposix\nsystem\n)}\x92.",
    "huge shape": named(tensor(HUGE + b"\x85", b"K\1\x85")),
    "more than can be counted": named(tensor(b"(" + HUGE * 300 + b"t", b"(" + b"K\0" * 300 + b"t")),
    "huge offset": named(tensor(b"K\1\x85", b"K\1\x85", HUGE)),
    "huge stride": named(tensor(b"K\2\x85", HUGE + b"\x85")),
    "huge storage": named(tensor(b"K\1\x85", b"K\1\x85", count=HUGE)),
    "negative size": named(tensor(b"J\xff\xff\xff\xff\x85", b"K\1\x85")),
    "strides missing": named(tensor(b"K\1\x85", b")")), "sizes of text": named(tensor(b"X\1\0\0\0a\x85", b"K\1\x85")),
    "no such storage": named(tensor(b"K\1\x85", b"K\1\x85", key=b"7")),
    "key with a path": named(tensor(b"K\1\x85", b"K\1\x85", key=b"../../data.pkl")),
}  # fmt: skip  # a table


def main() -> None:
    """Reads all files of the folder; prints the peak of memory in MB, above what the program had before."""
    import resource

    from tensorviz.core.errors import CheckpointUnreadable
    from tensorviz.engine.formats import FORMATS, read_contents

    for row in FORMATS:
        row.load()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for path in sorted(Path(sys.argv[1]).iterdir()):
        with contextlib.suppress(CheckpointUnreadable):
            read_contents(path)
    rise = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    sys.stdout.write(f"{rise // 1000} {'torch' in sys.modules}")


if __name__ == "__main__":
    main()

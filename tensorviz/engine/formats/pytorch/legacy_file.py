"""The files that torch.save wrote before 1.6 and still can: pickles one after the other, then the storages; plain
pickles too.

Must not know the zip format. Nothing of the pickles is run.
"""

from __future__ import annotations

import re
import struct
from typing import IO, TYPE_CHECKING, Any

from tensorviz.core.stored import Contents, StoredStorage
from tensorviz.core.text import bytes_text
from tensorviz.engine.formats.pytorch.assemble import Described, contents
from tensorviz.engine.formats.pytorch.constructors import ITEM_BYTES
from tensorviz.engine.formats.pytorch.source import Source
from tensorviz.engine.formats.pytorch.values import Table, Value
from tensorviz.engine.formats.pytorch.walk import key_text
from tensorviz.engine.formats.spec import Damaged, FileFormat
from tensorviz.engine.positioned import read_at, size_of

if TYPE_CHECKING:
    from collections.abc import Mapping

MAGIC = 0x1950A86A20F9469CFC6C  # torch/serialization.py
PROTOCOL = 1001
COUNT = struct.Struct("<q")
LATEST = 5  # of pickle's protocols
# Protocols 0 and 1 have no mark at their beginning: a name, a container, a long integer or a text.
OLD_BEGINNINGS = re.compile(
    rb"c[\w.]+\n[\w.]+\n|\((?:[dlt]p?\d*[\n(VSIaq]|i[\w.]+\n|c[\w.]+\n|[VS'])|L-?\d+L?\n|[\]}][q)]"
)


def _recognises(head: bytes, _size: int) -> bool:
    return (head[:1] == b"\x80" and len(head) > 1 and head[1] <= LATEST) or OLD_BEGINNINGS.match(head) is not None


def _read(path: str, file: IO[bytes]) -> Contents:
    size = size_of(file)
    source = Source(lambda start, count: read_at(file, start, count), 0, size)
    told = Described()
    first = told.run(source)
    if type(first) is not int or first != MAGIC:
        return _plain(path, size, told, first, source.left)
    if told.run(source) != PROTOCOL:
        raise Damaged("it is of an unknown version of the format")
    about = _plain_table(told.run(source))
    value = told.run(source)
    keys = told.run(source)
    places = _places(told, keys, source, file)
    if source.left:
        told.notes.append(f"The last {bytes_text(source.left)} of the file belong to nothing.")

    def place(name: str, key: str, nbytes: int) -> StoredStorage:
        return StoredStorage(name, nbytes, path, places[key], device=told.storages[key].device, file_bytes=size)

    return contents(path, "pt-legacy", size, told, value, place, metadata=about)


def _plain(path: str, size: int, told: Described, value: Value, left: int) -> Contents:
    """A pickle that torch.save did not write: names and values are told; tensors have no storages in it."""
    if told.storages:
        raise Damaged("its pickle refers to storages, and it is no file of torch.save")
    told.notes.append("It is a plain pickle, not a file of torch.save.")
    if left:
        told.notes.append(f"{bytes_text(left)} follow the first pickle and were not looked at.")

    def place(_name: str, _key: str, _nbytes: int) -> StoredStorage:
        raise Damaged("its pickle refers to storages, and it is no file of torch.save")

    return contents(path, "pickle", size, told, value, place)


def _places(told: Described, keys: Value, source: Source, file: IO[bytes]) -> Mapping[str, int]:
    """Where the bytes of each storage begin: in the order of the keys, each after its number of elements.

    They are little-endian whatever machine wrote them.
    """
    if not isinstance(keys, list) or not all(isinstance(key, str | int) for key in keys):
        raise Damaged("the list of its storages is damaged")
    places: dict[str, int] = {}
    position, stop = source.position, source.position + source.left
    for key in map(str, keys):
        storage = told.storages.get(key)
        if storage is None or key in places:
            raise Damaged("the list of its storages names one that nothing refers to, or one twice")
        raw = read_at(file, position, COUNT.size)
        count = COUNT.unpack(raw)[0] if len(raw) == COUNT.size else -1
        places[key] = position + COUNT.size
        position = places[key] + max(count, 0) * ITEM_BYTES[storage.dtype]
        if count != storage.count or position > stop:
            raise Damaged(f'the storage "{key[:80]}" is cut short or has another length than the pickle says')
    source.skip(position - source.position)
    if len(places) < len(told.storages):
        raise Damaged("storages that its pickle refers to are missing")
    return places


def _plain_table(value: Value, depth: int = 2) -> dict[str, Any]:
    """What the file says about the machine that wrote it, as plain data."""
    if not isinstance(value, Table) or not depth:
        return {}
    rows = {key_text(key): item for key, item in value.pairs if isinstance(key, str)}
    return {
        key: _plain_table(item, depth - 1) if isinstance(item, Table) else item
        for key, item in rows.items()
        if isinstance(item, bool | int | float | str | Table)
    }


LEGACY = FileFormat("a PyTorch file", _recognises, _read)

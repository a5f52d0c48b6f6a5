"""Writes the tensors of a file as safetensors, and says what that format cannot keep: `inspect --to-safetensors OUT`.

Must not know how the file is read, nor the safetensors library: the format is a length, a table as JSON, and the bytes.
"""

from __future__ import annotations

import json
import struct
from typing import IO, TYPE_CHECKING, Any

from tensorviz.core.checkpoint_layout import names_text
from tensorviz.core.checkpoint_lost import what_is_lost
from tensorviz.core.checkpoint_refusals import RESERVED, SAFETENSORS_NAMES
from tensorviz.core.checkpoint_values import Written
from tensorviz.core.errors import ValueRefused
from tensorviz.core.layout import contiguous
from tensorviz.core.stored import Contents, StoredStorage, StoredTensor
from tensorviz.core.text import path_text
from tensorviz.engine.checkpoints.elements import Read, Source, block_limit, blocks, known_dtype
from tensorviz.engine.checkpoints.read_back import Reopen, check_copy
from tensorviz.engine.writing import check_room, replacing_bytes

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tensorviz.engine.cancel import CancelToken
    from tensorviz.engine.checkpoints.values import ProgressSaid

HEADER_ALIGNED = 8
LONGEST_HEADER = 100_000_000  # bytes; the format's own limit


def to_safetensors(
    contents: Contents, read: Read, out: str, *, reopen: Reopen | None = None, progress: ProgressSaid | None = None,
    cancel: CancelToken | None = None,
) -> Written:  # fmt: skip  # one line a thought
    """Writes all tensors to `out`, beside and renamed, after it was read back and compared.

    Tensors become contiguous, each with bytes of its own. Raises ValueRefused for element types and names that the
    format has no place for; CheckpointUnreadable, OSError, Cancelled.
    """
    tensors = _ordered(contents)
    header, places = _header(contents, tensors)
    storages = {storage.id: storage for storage in contents.storages}
    total, done = 2 * sum(tensor.nbytes for tensor in tensors), 0

    def said(more: int) -> None:
        nonlocal done
        done += more
        if progress is not None:
            progress(done, total)

    check_room(out, total // 2)
    check: Callable[[], None] = cancel.check if cancel is not None else lambda: None
    copy = _copy(out, tensors, places, len(header))
    with replacing_bytes(out, lambda part: check_copy(contents, read, copy, part, reopen, said, check)) as file:
        file.write(header)
        for tensor in tensors:
            _write(file, Source(tensor, storages[tensor.storage], read), said, check)
        nbytes = file.tell()
    return Written(out, nbytes, contents.nbytes - nbytes, tuple(what_is_lost(contents)))


def _ordered(contents: Contents) -> list[StoredTensor]:
    """Widest elements first, so that each tensor lies at a multiple of its element's size. Raises ValueRefused."""
    names = [tensor.name for tensor in contents.tensors]
    twice = sorted({name for name in names if names.count(name) > 1}) if len(set(names)) < len(names) else []
    refused = [tensor for tensor in contents.tensors if tensor.dtype not in SAFETENSORS_NAMES]
    packed = [t.name for t in contents.tensors if t.dtype.startswith("float4") and not t.layout.ndim]
    odd = twice or packed or [name for name in names if name == RESERVED]
    if refused:
        kinds = ", ".join(dict.fromkeys(tensor.dtype for tensor in refused))
        raise ValueRefused(
            f"{names_text([tensor.name for tensor in refused], 4)} cannot be written as safetensors: the format has no "
            f"{kinds}.", "Convert them to another element type, or write a compact copy instead."
        )  # fmt: skip  # one sentence
    if odd or not contents.tensors:
        why = f"the format has no place for {names_text(odd, 4)}" if odd else "there are no tensors in it"
        raise ValueRefused(f"{path_text(contents.path)} cannot be written as safetensors: {why}.", "")
    for tensor in contents.tensors:
        known_dtype(tensor)
    return sorted(contents.tensors, key=lambda tensor: (-tensor.layout.itemsize, tensor.name))


def _header(contents: Contents, tensors: Sequence[StoredTensor]) -> tuple[bytes, dict[str, int]]:
    """The length and the table, and where each tensor begins after them."""
    table: dict[str, Any] = {}
    texts = {key: value for key, value in contents.metadata.items() if isinstance(value, str)}
    table[RESERVED] = {"format": "pt", **texts} if contents.format.startswith("pt") else texts
    places, at = {}, 0
    for tensor in tensors:
        places[tensor.name] = at
        shape = list(tensor.layout.shape)
        if tensor.dtype.startswith("float4"):
            shape[-1] *= 2  # the format counts the numbers, two a byte
        end = at + tensor.nbytes
        table[tensor.name] = {"dtype": SAFETENSORS_NAMES[tensor.dtype], "shape": shape, "data_offsets": [at, end]}
        at = end
    if not table[RESERVED]:
        del table[RESERVED]
    text = json.dumps(table, separators=(",", ":"), ensure_ascii=False).encode("utf-8", "backslashreplace")
    text += b" " * (-len(text) % HEADER_ALIGNED)
    if len(text) > LONGEST_HEADER:
        raise ValueRefused("Their names are too many for one safetensors file.", "Split the checkpoint.")
    return struct.pack("<Q", len(text)) + text, places


def _copy(out: str, tensors: Sequence[StoredTensor], places: dict[str, int], header: int) -> Contents:
    kept, storages = [], []
    for at, tensor in enumerate(tensors):
        layout = contiguous(tensor.layout.shape, tensor.layout.itemsize)
        kept.append(StoredTensor(tensor.name, layout, tensor.dtype, str(at)))
        storages.append(StoredStorage(str(at), tensor.nbytes, out, header + places[tensor.name]))
    return Contents(out, "safetensors", 0, tuple(kept), tuple(storages))


def _write(file: IO[bytes], source: Source, said: Callable[[int], None], check: Callable[[], None]) -> None:
    layout = source.tensor.layout
    for block in blocks(layout, block_limit(layout)):
        check()
        file.write(source.gather(block.layout).tobytes())
        said(block.layout.nbytes)

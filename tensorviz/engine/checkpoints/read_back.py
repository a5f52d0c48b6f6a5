"""A copy of a checkpoint is believed when it was read again: every element compared with the file it was made from.

Must not know formats: it is told where the bytes of the copy lie.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from tensorviz.core.errors import CheckpointUnreadable
from tensorviz.core.layout import Layout
from tensorviz.core.stored import Contents, StoredStorage, StoredTensor
from tensorviz.engine.checkpoints.elements import Read, Source, same_bits

Reopen = Callable[[Path], Contents]


def check_copy(
    contents: Contents, read: Read, copy: Contents, part: Path, reopen: Reopen | None, said: Callable[[int], None],
    check: Callable[[], None],
) -> None:  # fmt: skip  # one line a thought
    """Raises CheckpointUnreadable when a tensor of the copy, written to `part`, is not the one in the file."""
    if reopen is not None:
        _check_names(copy, reopen(part))
    mine, theirs = ({storage.id: storage for storage in side.storages} for side in (contents, copy))
    copied = {tensor.name: tensor for tensor in copy.tensors}
    done: set[tuple[object, ...]] = set()
    with part.open("rb") as file:

        def read_part(storage: StoredStorage, start: int, stop: int) -> bytes:
            file.seek((storage.start or 0) + start)
            return file.read(stop - start)

        for tensor in contents.tensors:
            other = copied[tensor.name]
            key = (tensor.storage, tensor.layout, other.storage, other.layout, tensor.conjugated, tensor.negated)
            if key not in done and tensor.layout.numel:
                done.add(key)
                one, same = _once(tensor, other)
                ours = Source(one, mine[tensor.storage], read)
                _compare(ours, Source(same, theirs[other.storage], read_part), check)
                said(tensor.nbytes)


def _once(tensor: StoredTensor, other: StoredTensor) -> tuple[StoredTensor, StoredTensor]:
    """Both without the dimensions along which both repeat: 10^15 elements may be one number."""
    rows = zip(tensor.layout.shape, tensor.layout.stride, other.layout.stride, strict=True)
    shape = tuple(1 if not (one or same) else size for size, one, same in rows)
    return tuple(  # type: ignore[return-value]  # of two
        replace(side, layout=Layout(shape, side.layout.stride, side.layout.offset, side.layout.itemsize))
        for side in (tensor, other)
    )


def _compare(ours: Source, theirs: Source, check: Callable[[], None]) -> None:
    if not same_bits(ours, theirs, check):
        raise CheckpointUnreadable(
            f'"{ours.tensor.name}" was copied, and the copy is not the same when it is read again.',
            "The file was changed meanwhile, or the disk is faulty. Nothing was kept: try again.",
        )


def _check_names(copy: Contents, met: Contents) -> None:
    wanted, found = (sorted(map(_row, side.tensors)) for side in (copy, met))
    if wanted != found:
        raise CheckpointUnreadable(
            "The copy was read again, and its tensors have other names or layouts than were written.",
            "Nothing was kept. Please report it.",
        )


def _row(tensor: StoredTensor) -> tuple[object, ...]:
    layout = tensor.layout
    steps = [step for size, step in zip(layout.shape, layout.stride, strict=True) if size > 1] if layout.numel else []
    return tensor.name, tensor.dtype, layout.shape, steps

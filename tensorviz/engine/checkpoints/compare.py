"""Two checkpoints side by side: tensors that are missing or extra, of another shape or type, and how far values differ.

Must not know file formats or torch. Values are read block by block, both at once.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from tensorviz.core.checkpoint_values import Comparison, Difference, Index
from tensorviz.core.errors import TensorvizError
from tensorviz.core.family_wrapping import unwrapped_names
from tensorviz.core.stored import Contents, StoredStorage, StoredTensor
from tensorviz.engine.checkpoints.elements import Array, Read, Source, best_order, block_limit, blocks
from tensorviz.engine.checkpoints.ulp import distances_between, doubles, is_nan, parts_of, ulp_between

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tensorviz.core.dtypes import DType
    from tensorviz.engine.cancel import CancelToken
    from tensorviz.engine.checkpoints.values import ProgressSaid


@dataclass(frozen=True)
class Side:
    """One of the two files."""

    contents: Contents
    read: Read

    def source(self, tensor: StoredTensor) -> Source:
        """The elements of one of its tensors."""
        return Source(tensor, self._storages[tensor.storage], self.read)

    @cached_property
    def _storages(self) -> dict[str, StoredStorage]:
        return {storage.id: storage for storage in self.contents.storages}

    def by_name(self, unwrap: bool) -> dict[str, StoredTensor]:
        """The tensors by the names they are compared under."""
        by_name = {tensor.name: tensor for tensor in self.contents.tensors}
        names = unwrapped_names(list(by_name)) if unwrap else {name: name for name in by_name}
        return {name: by_name[own] for name, own in names.items()}


def compare(
    first: Side, second: Side, *, unwrap: bool = True, progress: ProgressSaid | None = None,
    cancel: CancelToken | None = None,
) -> Comparison:  # fmt: skip  # one line a thought
    """Compares by name. Raises Cancelled.

    unwrap: names that all begin with "module." or lie under "state_dict" are compared without it, if the names as they
    are do not agree.
    """
    plain = first.by_name(False), second.by_name(False)
    other_names = unwrap and plain[0].keys() != plain[1].keys()
    mine, theirs = (first.by_name(True), second.by_name(True)) if other_names else plain
    both = [name for name in mine if name in theirs]
    shapes = [name for name in both if mine[name].layout.shape != theirs[name].layout.shape]
    found = _differences(first, second, mine, theirs, [n for n in both if n not in set(shapes)], progress, cancel)
    differing = [row for row in found if row.differing or row.problem]
    return Comparison(
        tuple(name for name in mine if name not in theirs),
        tuple(name for name in theirs if name not in mine),
        tuple((name, mine[name].layout.shape, theirs[name].layout.shape) for name in shapes),
        tuple((n, mine[n].dtype, theirs[n].dtype) for n in both if mine[n].dtype != theirs[n].dtype),
        tuple(sorted(differing, key=_rank)), len(found) - len(differing),
        other_names and (mine.keys() != plain[0].keys() or theirs.keys() != plain[1].keys()),
    )  # fmt: skip  # in the order of the fields


def _rank(row: Difference) -> tuple[object, ...]:
    return (not row.problem, -row.relative, -(row.ulp or 0), -row.nan, -row.differing, row.name)


def _differences(
    first: Side, second: Side, mine: Mapping[str, StoredTensor], theirs: Mapping[str, StoredTensor],
    names: list[str], progress: ProgressSaid | None, cancel: CancelToken | None,
) -> list[Difference]:  # fmt: skip  # one line a thought
    total, done, found = sum(mine[name].nbytes for name in names), 0, []
    for name in names:
        try:
            tell = None if progress is None else lambda more, before=done: progress(before + more, total)
            found.append(difference(name, first.source(mine[name]), second.source(theirs[name]), cancel, tell))
        except (TensorvizError, OSError) as error:
            kinds = (mine[name].dtype, theirs[name].dtype)
            found.append(Difference(name, kinds, problem=str(error)))
        done += mine[name].nbytes
        if progress is not None:
            progress(done, total)
    return found


def difference(
    name: str, one: Source, other: Source, cancel: CancelToken | None = None,
    progress: Callable[[int], None] | None = None,
) -> Difference:  # fmt: skip  # one line a thought
    """Compares two tensors of one shape; progress is told of the bytes of the first that are done.

    Raises CheckpointUnreadable, OSError, Cancelled.
    """
    a, b, order = best_order(one.tensor.layout, other.tensor.layout)
    if not comparable(one.dtype, other.dtype):
        kinds = (one.dtype.name, other.dtype.name)
        return Difference(name, kinds, problem=f"values of {kinds[0]} and {kinds[1]} are not compared")
    limit = max(block_limit(a), block_limit(b))
    seen, done = _Seen(one, other), 0
    for left, right in zip(blocks(a, limit), blocks(b, limit), strict=True):
        if cancel is not None:
            cancel.check()
        seen.take(one.gather(left.layout), other.gather(right.layout), left.first)
        done += left.layout.nbytes
        if progress is not None:
            progress(done)
    found = seen.told(name)
    if found.at is None:
        return found
    return replace(found, at=tuple(at for _, at in sorted(zip(order, found.at, strict=True))))


class _Seen:
    """What is gathered over the blocks of two tensors."""

    def __init__(self, one: Source, other: Source) -> None:
        self.kinds = one.dtype, other.dtype
        self.alike = one.dtype == other.dtype
        self.numbers = self.differing = self.nan = self.ulp = 0
        self.relative = self.absolute = 0.0
        self.at: Index | None = None
        self.values: tuple[float, float] | None = None

    def take(self, one: Array, other: Array, first: Index) -> None:
        """One block of both; `first` is the index of its first element."""
        left, kind = parts_of(one, self.kinds[0])
        right, other_kind = parts_of(other, self.kinds[1])
        self.numbers += left.size
        where = np.flatnonzero(left != right) if self.alike else np.arange(left.size)
        if not where.size:
            return
        left, right = left[where], right[where]
        nan = is_nan(left, kind), is_nan(right, other_kind)
        lone, known = nan[0] ^ nan[1], ~(nan[0] | nan[1])
        self.nan += int(np.count_nonzero(lone))
        a, b = doubles(left, kind), doubles(right, other_kind)
        ulp = ulp_between(left, right, kind) if self.alike else None
        apart = known & (a != b if ulp is None else ulp != 0)
        self.differing += int(np.count_nonzero(apart | lone))
        if apart.any():
            self.ulp = self.ulp if ulp is None else max(self.ulp, int(ulp.max(where=apart, initial=0)))
            place = self._farthest(a, b, apart)
            if place is not None:
                inside = np.unravel_index(int(where[place]) // self._parts, one.shape)
                self.at = tuple(int(start + step) for start, step in zip(first, inside, strict=True))

    @property
    def _parts(self) -> int:
        return 2 if self.kinds[0].kind in ("complex", "packed") else 1

    def _farthest(self, a: Array, b: Array, apart: Array) -> int | None:
        """Notes the largest distances among the numbers that are apart; the place of a new largest one."""
        relative, absolute = distances_between(a, b)
        self.absolute = max(self.absolute, float(absolute.max(where=apart, initial=0)))
        relative[~apart] = -1.0
        place = int(relative.argmax())
        if self.values is not None and relative[place] <= self.relative:
            return None
        self.relative, self.values = float(relative[place]), (float(a[place]), float(b[place]))
        return place

    def told(self, name: str) -> Difference:
        """The result."""
        kinds = (self.kinds[0].name, self.kinds[1].name)
        return Difference(
            name, kinds, self.numbers, self.differing, self.nan, self.ulp if self.alike else None, self.relative,
            self.absolute, self.at, self.values,
        )  # fmt: skip  # in the order of the fields


def comparable(one: DType, other: DType) -> bool:
    """Whether values of two element types can be compared: both are single numbers, or both are of one kind."""
    return one.kind == other.kind or not {"complex", "packed"} & {one.kind, other.kind}

"""The ear at the dispatcher: every operation of torch, its effect, and what it writes, before it does.

Must not know the language or the session: it is told which storages were there before the step.
"""

from __future__ import annotations

import contextlib
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from torch.utils._python_dispatch import TorchDispatchMode

from tensorviz.engine.console.effects import OperationEffect, Origins, classify, tensors_in, written_arguments
from tensorviz.engine.console.hazards import check_hazards
from tensorviz.engine.console.limits import Budget, Limits
from tensorviz.engine.console.values import identity_of
from tensorviz.engine.console.writes import Write

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import numpy as np
    import torch

    from tensorviz.engine.console.cost import Cost
    from tensorviz.engine.console.undo import Journal
    from tensorviz.engine.console.witness import Witness

MOST_KEPT = 10_000  # operations of one step that are listed; a loop may do more of them


@dataclass(frozen=True, slots=True)
class Recorded:
    """What one step did, as heard: operations, whether memory that was there before was written, what was copied."""

    ops: tuple[OperationEffect, ...]
    wrote: bool
    origins: Origins


class Recorder(TorchDispatchMode):
    """Active while a step runs. Refuses an operation that is too large before it allocates.

    memory_lock: held while an operation writes or resizes memory, so that another thread may read it in between.
    """

    @classmethod
    def _should_skip_dynamo(cls) -> bool:
        """No: skipping imports the whole compiler with the first operation, 1.6 s, and nothing is compiled here."""
        return False

    def __init__(self, limits: Limits, cost: Cost) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # torch leaves it untyped
        self.cost = cost
        self.budget = Budget(limits)
        self.memory_lock = threading.RLock()
        self.journal: Journal | None = None
        self.witness: Witness | None = None
        self._known: dict[tuple[str, int], torch.Tensor] = {}
        self._arrays: list[tuple[int, int]] = []
        self._muted = 0
        self._begin_lists()

    def _begin_lists(self) -> None:
        self._ops: list[OperationEffect] = []
        self._wrote = False
        self._origins = Origins()

    def begin(
        self,
        known: dict[tuple[str, int], torch.Tensor],
        arrays: Iterable[np.ndarray[Any, Any]],
        journal: Journal | None,
    ) -> None:
        """A new step. known: a tensor for each storage that is there before it; arrays: those of numpy."""
        self._known, self.journal = known, journal
        self._arrays = [byte_range(array) for array in arrays]
        self._begin_lists()
        self._origins.known = frozenset(known)

    def recorded(self) -> Recorded:
        """What the step did."""
        self._origins.forget_gone()
        done = Recorded(tuple(self._ops), self._wrote, self._origins)
        self._begin_lists()
        return done

    @contextlib.contextmanager
    def muted(self) -> Iterator[None]:
        """Nothing inside is recorded: printing a tensor runs a dozen operations that nobody asked for."""
        self._muted += 1
        try:
            yield
        finally:
            self._muted -= 1

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = kwargs or {}
        if self._muted:
            return func(*args, **kwargs)
        self.budget.spend()
        self.cost.check(func, args, kwargs)
        check_hazards(func, args, kwargs)
        written = written_arguments(func, args, kwargs)
        concerned = [self._about_to_write(tensor) for tensor in written]
        with self.memory_lock if written else contextlib.nullcontext(), self._witnessed(func, args, kwargs, written):
            effect, result = classify(func, args, kwargs, written, self._origins)
        self._wrote = self._wrote or any(concerned)  # not before: what was refused has written nothing
        if len(self._ops) < MOST_KEPT:
            self._ops.append(effect)
        if effect.effect in ("copy", "new"):
            self.cost.made(result)
        return result

    @contextlib.contextmanager
    def _witnessed(self, func: Any, args: Any, kwargs: Any, written: list[torch.Tensor]) -> Iterator[None]:
        """Tells the witness of an operation that writes, done or refused."""
        if not written or self.witness is None:
            yield
            return
        read = [one for one in tensors_in((*args, *kwargs.values())) if not any(one is each for each in written)]
        write = Write(func._schema.name.rpartition("::")[2], tuple(written), tuple(read))
        try:
            yield
        except Exception as error:
            self.witness.refused(error, write)
            raise
        self.witness.wrote(write)

    def _about_to_write(self, tensor: torch.Tensor) -> bool:
        """Keeps what is written over; gives whether that is memory which was there before the step."""
        if identity_of(tensor) not in self._known and not self._on_an_array(tensor):
            return False
        if self.journal is not None:
            self.journal.keep(tensor)
        return True

    def _on_an_array(self, tensor: torch.Tensor) -> bool:
        """Whether a tensor that is new itself looks at the memory of an array that is not: from_numpy(a)[0] = 1."""
        if not self._arrays or tensor.device.type != "cpu":
            return False
        storage = tensor.untyped_storage()
        return _touch(self._arrays, storage.data_ptr(), storage.data_ptr() + storage.nbytes())

    def writing_array(self, array: np.ndarray[Any, Any], part: np.ndarray[Any, Any] | None = None) -> None:
        """Told by the language before numpy writes: no dispatcher sees that.

        part: what of the array gets values that may differ.
        """
        places = [(key[1], key[1] + tensor.untyped_storage().nbytes())
                  for key, tensor in self._known.items() if key[0] == "cpu"]  # fmt: skip
        if self.witness is not None and part is not None:
            low, _ = byte_range(part)
            self.witness.wrote_array(part, next((first for first, end in places if first <= low < end), low))
        if not _touch([*places, *self._arrays], *byte_range(array)):
            return
        self._wrote = True
        if self.journal is not None:
            self.journal.keep_array(array)


def _touch(places: Iterable[tuple[int, int]], low: int, high: int) -> bool:
    """Whether the bytes from `low` to `high` meet one of the places."""
    return any(start < high and low < end for start, end in places)


def byte_range(array: np.ndarray[Any, Any]) -> tuple[int, int]:
    """First byte and the byte after the last that an array can reach (equal when it has no elements)."""
    low = high = int(array.__array_interface__["data"][0])
    if array.size == 0:
        return low, low
    for size, stride in zip(array.shape, array.strides, strict=True):
        if stride < 0:
            low += (size - 1) * stride
        else:
            high += (size - 1) * stride
    return low, high + array.itemsize

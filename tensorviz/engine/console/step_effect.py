"""The effect of a whole step: the session's memory before it compared with the memory after it.

Must not know the language. What no dispatcher sees, a write through numpy, is found by comparing the bytes.
"""

from __future__ import annotations

import ctypes
from bisect import bisect_right
from functools import cached_property
from typing import TYPE_CHECKING, Any

import torch

from tensorviz.engine.console.reachable import reachable
from tensorviz.engine.console.recorder import byte_range
from tensorviz.engine.console.values import identity_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy as np

    from tensorviz.engine.console.effects import Effect, Key
    from tensorviz.engine.console.recorder import Recorded
    from tensorviz.engine.console.undo import Moment

LARGEST_COMPARED = 1 << 20  # bytes of one storage; larger ones are known by the dispatcher and the language alone
MOST_COMPARED = 1 << 24  # bytes of all storages together
STRONGEST_FIRST: tuple[Effect, ...] = ("inplace", "copy", "new", "view", "same")


class Memory:
    """The storages of a session at one time, with the bytes of the small ones as a number to compare."""

    def __init__(self, moment: Moment) -> None:
        self._moment = moment
        self.storages: dict[Key, torch.Tensor] = {}
        for state in moment.tensors.values():
            if not state.tensor.is_meta:
                self.storages.setdefault(state.layout[0], state.shown)
        self._prints = self._fingerprints()

    def effect(self, after: Moment, shown: Any, recorded: Recorded, failed: bool) -> tuple[Effect | None, int]:
        """The effect of the step that led from here to `after`, and the bytes it copied.

        shown: the value of the step, when it was an expression. None: no tensor was made, changed or looked at.
        """
        if self._was_written(after, recorded):
            return "inplace", 0
        if failed:
            return None, 0
        found = {self._of_tensor(tensor, recorded) for tensor in self._results(after, shown)}
        found |= {self._of_array(array) for array in reachable((*self._bound(after), shown)).arrays.values()}
        for effect in STRONGEST_FIRST:
            if effect in found:
                copied = sum(operation.bytes_copied for operation in recorded.ops)
                return effect, copied if effect == "copy" else 0
        return None, 0

    def _fingerprints(self) -> dict[Any, int]:
        """A number for the bytes of each small storage and array; the smallest first, until enough were read."""
        sizes: list[tuple[int, Any]] = [(array.nbytes, key) for key, array in self._moment.arrays.items()]
        sizes += [(tensor.untyped_storage().nbytes(), key) for key, tensor in self.storages.items() if key[0] == "cpu"]
        prints: dict[Any, int] = {}
        left = MOST_COMPARED
        for size, key in sorted(sizes, key=lambda pair: pair[0]):
            left -= size
            if size > LARGEST_COMPARED or left < 0:
                break
            if size:
                held = self.storages[key] if isinstance(key, tuple) else self._moment.arrays[key]
                prints[key] = hash(_bytes(held) if isinstance(held, torch.Tensor) else held.tobytes())
        return prints

    def _was_written(self, after: Moment, recorded: Recorded) -> bool:
        if recorded.wrote:
            return True
        states = [one for key, one in self._moment.tensors.items() if after.tensors.get(key) is not one]
        if any(state.changed_layout or state.tensor._version != state.version for state in states):
            return True
        return self._fingerprints() != self._prints

    def _bound(self, after: Moment) -> list[Any]:
        """The values of the names that the step bound."""
        before = self._moment.variables
        return [one for name, one in after.variables.items() if name not in before or before[name] is not one]

    def _results(self, after: Moment, shown: Any) -> Iterable[torch.Tensor]:
        """What the step bound to names, put into lists or gradients, or gave as its value."""
        fresh = [state.tensor for key, state in after.tensors.items() if key not in self._moment.tensors]
        return (*reachable((*self._bound(after), shown)).tensors.values(), *fresh)

    def _of_tensor(self, tensor: torch.Tensor, recorded: Recorded) -> Effect:
        if id(tensor) in self._moment.tensors:
            return "same"
        key = identity_of(tensor)
        if key in self.storages or self._touches(*_bytes_of(tensor)):
            return "view"
        return "copy" if recorded.origins.copied.get(key, False) else "new"

    def _of_array(self, array: np.ndarray[Any, Any]) -> Effect:
        if id(array) in self._moment.arrays:
            return "same"
        return "view" if self._touches(*byte_range(array)) else "new"

    def _touches(self, low: int, high: int) -> bool:
        """Whether the bytes from `low` to `high` are memory that was there before."""
        starts, stops = self._places
        at = bisect_right(stops, low)
        return at < len(starts) and starts[at] < high

    @cached_property
    def _places(self) -> tuple[list[int], list[int]]:
        """Where the memory begins and ends that was there before, joined where it overlaps, in order."""
        ranges = [_bytes_of(tensor) for tensor in self.storages.values()]
        ranges += [byte_range(array) for array in self._moment.arrays.values()]
        starts: list[int] = []
        stops: list[int] = []
        for start, stop in sorted(one for one in ranges if one[0] < one[1]):
            if stops and start < stops[-1]:
                stops[-1] = max(stops[-1], stop)
            else:
                starts.append(start)
                stops.append(stop)
        return starts, stops


def _bytes_of(tensor: torch.Tensor) -> tuple[int, int]:
    """The bytes of the processor's memory that the storage of `tensor` takes."""
    if tensor.device.type != "cpu":
        return 0, 0
    storage = tensor.untyped_storage()
    return storage.data_ptr(), storage.data_ptr() + storage.nbytes()


def _bytes(tensor: torch.Tensor) -> bytes:
    """Not by way of numpy: a storage that numpy once saw can never be resized again."""
    storage = tensor.untyped_storage()
    return ctypes.string_at(storage.data_ptr(), storage.nbytes())

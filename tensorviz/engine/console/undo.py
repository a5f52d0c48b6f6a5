"""What a step writes over, kept before it does, and put back: elements, layouts, containers, random numbers.

Must not know the language. Both ways are one exchange: what is put back is kept in its place.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import torch

from tensorviz.core.errors import ValueRefused
from tensorviz.core.text import bytes_text
from tensorviz.engine.console.effects import layout_of
from tensorviz.engine.console.reachable import reachable

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np

MOST_BYTES = 1_000_000_000  # that one step may write over and have kept
RANDOM_BYTES = 8_000  # that the state of the random numbers takes

Random = tuple[tuple[torch.Tensor, list[torch.Tensor]], Any]


class Region:
    """Some elements of a storage and what was in them."""

    def __init__(self, place: torch.Tensor) -> None:
        self._place = place
        self._saved = place.clone()

    def exchange(self) -> None:
        """Puts back what was kept, and keeps what was there."""
        now = self._place.clone()
        self._place.copy_(self._saved)
        self._saved = now


class ArrayRegion:
    """Some elements of a numpy array and what was in them."""

    def __init__(self, place: np.ndarray[Any, Any]) -> None:
        self._place = place
        self._saved = place.copy()

    def exchange(self) -> None:
        """Puts back what was kept, and keeps what was there."""
        now = self._place.copy()
        self._place[...] = self._saved
        self._saved = now


class Journal:
    """The regions that one step is about to write, each kept once, in order."""

    def __init__(self) -> None:
        self.regions: list[Region | ArrayRegion] = []
        self.too_much = 0
        self._seen: set[Any] = set()
        self._bytes = 0

    def keep(self, tensor: torch.Tensor) -> None:
        """Keeps the elements that a write to `tensor` can reach."""
        place = writable_region(tensor)
        if self._is_new(layout_of(place), place.numel() * place.itemsize):
            self.regions.append(Region(place))

    def keep_array(self, array: np.ndarray[Any, Any]) -> None:
        """Keeps the elements of a numpy array."""
        place = array.__array_interface__["data"][0], array.shape, array.strides, array.dtype
        if self._is_new(place, array.nbytes):
            self.regions.append(ArrayRegion(array))

    def _is_new(self, mark: Any, size: int) -> bool:
        if mark in self._seen:
            return False
        self._seen.add(mark)
        if self._bytes + size > MOST_BYTES:
            self.too_much += size
            return False
        self._bytes += size
        return True

    @property
    def bytes(self) -> int:
        """What is kept."""
        return self._bytes

    def check(self) -> None:
        """Raises ValueRefused when the step wrote more than is kept."""
        if self.too_much:
            raise ValueRefused(
                f"This step cannot be undone: it wrote over {bytes_text(self.too_much + self._bytes)}.",
                f"Up to {bytes_text(MOST_BYTES)} are kept. clone() before such a step.",
            )


def writable_region(tensor: torch.Tensor) -> torch.Tensor:
    """The elements of `tensor`, as a tensor that can be written; its bytes from first to last when some overlap."""
    plain = tensor.detach()
    if plain.is_conj() or plain.is_neg() or _may_overlap(plain):
        return _span(plain)
    return plain


def _may_overlap(tensor: torch.Tensor) -> bool:
    reach = 0
    for stride, size in sorted(zip(tensor.stride(), tensor.size(), strict=True)):
        if size > 1:
            if stride <= reach:
                return True
            reach += stride * (size - 1)
    return False


def _span(tensor: torch.Tensor) -> torch.Tensor:
    if tensor.numel() == 0:
        return tensor
    last = sum((size - 1) * stride for size, stride in zip(tensor.size(), tensor.stride(), strict=True))
    start, size = tensor.storage_offset() * tensor.itemsize, (last + 1) * tensor.itemsize
    return torch.empty(0, dtype=torch.uint8, device=tensor.device).set_(tensor.untyped_storage(), start, (size,), (1,))


class TensorState:
    """A tensor object and what of it can change without an element being written."""

    def __init__(self, tensor: torch.Tensor) -> None:
        self.tensor = tensor
        self.layout, self._marks = layout_of(tensor), _marks(tensor)
        self.version = tensor._version
        self.shown = tensor.detach()
        self.grad = tensor.grad if tensor.is_leaf else None
        self.requires_grad = tensor.requires_grad
        self.grad_fn = tensor.grad_fn

    @property
    def holds(self) -> bool:
        """Whether the tensor is still as it was noted."""
        tensor = self.tensor
        return (
            tensor._version == self.version
            and not self.changed_layout
            and tensor.requires_grad == self.requires_grad
            and tensor.grad_fn is self.grad_fn
            and (tensor.grad if tensor.is_leaf else None) is self.grad
        )

    @property
    def changed_layout(self) -> bool:
        """Whether the tensor has another layout by now, or reads it otherwise."""
        return layout_of(self.tensor) != self.layout or _marks(self.tensor) != self._marks

    def put_back(self) -> None:
        """Gives the tensor its layout and gradient again."""
        if self.changed_layout:
            self.tensor.data = self.shown
        if self.tensor.is_leaf:
            if self.tensor.requires_grad != self.requires_grad:
                self.tensor.requires_grad_(self.requires_grad)
            if self.tensor.grad is not self.grad:
                self.tensor.grad = self.grad


def _marks(tensor: torch.Tensor) -> tuple[bool, bool]:
    return tensor.is_conj(), tensor.is_neg()


class Moment:
    """A session at one time: what names name, what is in the containers, layouts, and the random generators.

    previous: an earlier one, whose notes on tensors that did not change are used again.
    """

    def __init__(
        self, variables: Mapping[str, Any], drawn: np.random.RandomState, previous: Moment | None = None
    ) -> None:
        self.variables = dict(variables)
        found = reachable(self.variables.values())
        known = previous.tensors if previous is not None else {}
        self.tensors: dict[int, TensorState] = {
            key: _noted(tensor, known.get(key)) for key, tensor in found.tensors.items()
        }
        self.arrays = found.arrays
        self._containers = [(one, one.copy()) for one in found.containers]
        self._drawn = drawn
        self.random = _shared((random_state(), drawn.get_state()), previous)

    @property
    def weight(self) -> int:
        """About how many bytes the notes themselves take."""
        lists = (self.variables, self.tensors, self.arrays, *(content for _, content in self._containers))
        return RANDOM_BYTES + sum(sys.getsizeof(one) for one in lists)

    def put_back(self, variables: dict[str, Any]) -> None:
        """Makes the session what it was then; elements are put back by the journals."""
        variables.clear()
        variables.update(self.variables)
        for container, content in self._containers:
            _refill(container, content)
        for state in self.tensors.values():
            state.put_back()
        set_random_state(self.random[0])
        self._drawn.set_state(self.random[1])


def _shared(random: Random, previous: Moment | None) -> Random:
    """The random numbers' state; the object of the moment before when none was drawn since: it has 10,000 bytes."""
    if previous is None:
        return random
    (torch_now, _), numpy_now = random
    (torch_then, _), numpy_then = previous.random
    same = torch.equal(torch_now, torch_then) and bool((numpy_now[1] == numpy_then[1]).all())
    return previous.random if same and random[0][1] == [] == previous.random[0][1] and (
        numpy_now[2:] == numpy_then[2:]
    ) else random


def _noted(tensor: torch.Tensor, known: TensorState | None) -> TensorState:
    return known if known is not None and known.tensor is tensor and known.holds else TensorState(tensor)


def _refill(container: Any, content: Any) -> None:
    if isinstance(container, list):
        container[:] = content
    else:
        container.clear()
        container.update(content)


def random_state() -> tuple[torch.Tensor, list[torch.Tensor]]:
    """The state of torch's random generators: the processor's, and those of the GPUs that were used."""
    on_gpus = torch.cuda.get_rng_state_all() if torch.cuda.is_available() and torch.cuda.is_initialized() else []
    return torch.get_rng_state(), on_gpus


def set_random_state(state: tuple[torch.Tensor, list[torch.Tensor]]) -> None:
    """Makes torch's random generators go on from `state`."""
    torch.set_rng_state(state[0])
    for index, one in enumerate(state[1]):
        torch.cuda.set_rng_state(one, index)

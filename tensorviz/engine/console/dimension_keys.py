"""Which colour each dimension of each tensor has, kept through views, copies and operations element by element.

Must not know colours: a key is a number that stands for one. Nor the session: it is told of its tensors after a step.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from torch.utils.weak import WeakIdKeyDictionary

from tensorviz.core.colours import keys_like
from tensorviz.engine.console.effects import byte_strides
from tensorviz.engine.console.values import identity_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import torch

    from tensorviz.engine.console.effects import Alike, Key

    Known = dict[tuple[int, int], int]
    Mark = tuple[tuple[int, ...], tuple[int, ...]]


class DimensionKeys:
    """One lives as long as a session; forgets a tensor when it is gone."""

    def __init__(self) -> None:
        self._kept: WeakIdKeyDictionary = WeakIdKeyDictionary()

    def of(self, tensor: torch.Tensor) -> tuple[int, ...]:
        """The keys of its dimensions, by number where the tensor was never told of."""
        kept = self._kept.get(tensor)
        return kept[1] if kept is not None and kept[0] == _mark(tensor) else tuple(range(tensor.dim()))

    def follow(self, tensors: Iterable[torch.Tensor], alike: Mapping[Key, Alike]) -> None:
        """Gives keys to the tensors that are new or have another layout by now.

        alike: how storages of this step came to be.
        """
        listed = list(tensors)
        known: dict[Key, Known] = {}
        for tensor in listed:
            if tensor in self._kept:  # also those whose layout changed: their dimensions are still the same
                self._learn(known, tensor, *self._kept[tensor])
        for tensor in listed:
            mark = _mark(tensor)
            kept = self._kept.get(tensor)
            if kept is None or kept[0] != mark:
                key = identity_of(tensor)
                keys = keys_like(*mark, known.get(key) or keys_from_source(key, alike, known))
                self._kept[tensor] = (mark, keys)
                self._learn(known, tensor, mark, keys)

    @staticmethod
    def _learn(known: dict[Key, Known], tensor: torch.Tensor, mark: Mark, keys: tuple[int, ...]) -> None:
        on_storage = known.setdefault(identity_of(tensor), {})
        for pair, key in zip(zip(*mark, strict=True), keys, strict=True):
            on_storage.setdefault(pair, key)


def _mark(tensor: torch.Tensor) -> Mark:
    return byte_strides(tensor), tuple(tensor.shape)


def keys_from_source(key: Key, alike: Mapping[Key, Alike], known: Mapping[Key, Known]) -> Known:
    """The keys on a new storage by (stride in bytes, size), from those of what it was made of.

    Empty where nothing is known of that.
    """
    made = alike.get(key)
    there = known.get(made.source) if made is not None else None
    if made is None or not there:
        return {}
    keys = keys_like(made.source_strides, made.sizes, there)
    return dict(zip(zip(made.strides, made.sizes, strict=True), keys, strict=True))

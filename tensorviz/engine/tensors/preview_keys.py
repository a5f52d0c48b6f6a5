"""The colour keys that the dimensions of tensors would have which a step has not made yet.

Must not know how the step is worked out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from tensorviz.core.colours import keys_like
from tensorviz.engine.console.dimension_keys import keys_from_source
from tensorviz.engine.console.effects import byte_strides
from tensorviz.engine.console.reachable import reachable
from tensorviz.engine.console.values import identity_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tensorviz.engine.console.effects import Alike, Key
    from tensorviz.engine.session import Session
    from tensorviz.engine.tensors.shadow import Shadow

    Known = dict[tuple[int, int], int]


def keys_of_results(
    session: Session, shadow: Shadow, results: Iterable[torch.Tensor], alike: Mapping[Key, Alike]
) -> dict[int, tuple[int, ...]]:
    """The keys of each result, by its `id`; results are tensors without memory."""
    listed = list(results)
    known = _known(session, shadow)
    found: dict[int, tuple[int, ...]] = {}
    for tensor in listed:
        there = shadow.real.get(id(tensor))
        if there is not None and byte_strides(there) == byte_strides(tensor) and there.shape == tensor.shape:
            found[id(tensor)] = session.dimension_keys.of(there)
        else:
            key = identity_of(tensor)
            on_storage = known.get(key) or keys_from_source(key, alike, known)
            found[id(tensor)] = keys_like(byte_strides(tensor), tuple(tensor.shape), on_storage)
    return found


def _known(session: Session, shadow: Shadow) -> dict[Key, Known]:
    """What the session's tensors say of each storage that is mirrored."""
    real = {identity_of(tensor): key for key, tensor in shadow.storages.items()}
    known: dict[Key, Known] = {}
    for tensor in reachable(session.variables.values()).tensors.values():
        key = real.get(identity_of(tensor)) if tensor.layout is torch.strided else None
        if key is not None:
            pairs = zip(byte_strides(tensor), tensor.shape, strict=True)
            for pair, colour in zip(pairs, session.dimension_keys.of(tensor), strict=True):
                known.setdefault(key, {}).setdefault(pair, colour)
    return known


"""Networks kept warm: the next picture does not wait for weights to be read again.

Must not know pictures or requests.
"""

from __future__ import annotations

import gc
from collections import OrderedDict
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import psutil

from tensorviz.engine.devices import release_memory
from tensorviz.engine.tasks.classify.load import load_classifier
from tensorviz.engine.tasks.classify.recipe import source_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from tensorviz.core.catalogue import ModelChoice
    from tensorviz.engine.cancel import CancelToken
    from tensorviz.engine.tasks.classify.classifier import Classifier

MOST_BYTES = 2_000_000_000
LEAST_FREE = 0.10  # below this share of the computer's memory, networks that nobody uses are dropped
_Key = tuple["ModelChoice", tuple[int, int], tuple[int, int]]


class NetworkCache:
    """Classifiers by choice, the least recently used dropped first; used from one thread.

    most_bytes: what their weights may take together. free_share: gives the share of memory that is available (0 to 1).
    A file of weights or labels that changed on disk is read again.
    """

    def __init__(self, most_bytes: int = MOST_BYTES, free_share: Callable[[], float] | None = None) -> None:
        self._kept: OrderedDict[_Key, Classifier] = OrderedDict()
        self._most_bytes = most_bytes
        self._free_share = free_share or _available_share

    def classifier(self, choice: ModelChoice, token: CancelToken | None = None) -> Classifier:
        """The classifier for `choice`, warm when it was asked for before. Raises what `load_classifier` raises."""
        key = _key(choice)
        found = self._kept.pop(key, None)
        if found is None or found.stepped_down:
            found = None
            self.relieve()
            found = load_classifier(choice, token)
        self._kept[key] = found
        self._shrink(self._most_bytes)
        found.batch = choice.batch
        return found

    def relieve(self) -> None:
        """Drops networks, oldest first, while the computer is short of memory."""
        while self._kept and self._free_share() < LEAST_FREE:
            self._drop_oldest()

    def drop_all(self) -> None:
        """Forgets every network; jobs that are running keep theirs until they end."""
        while self._kept:
            self._drop_oldest()

    @property
    def bytes(self) -> int:
        """What the weights of all kept networks take."""
        return sum(classifier.bytes for classifier in self._kept.values())

    def __len__(self) -> int:
        return len(self._kept)

    def _shrink(self, most: int) -> None:
        while len(self._kept) > 1 and self.bytes > most:
            self._drop_oldest()

    def _drop_oldest(self) -> None:
        _, dropped = self._kept.popitem(last=False)
        device = dropped.forward.device
        del dropped
        gc.collect()  # modules and their hooks form circles
        release_memory(device)


def _key(choice: ModelChoice) -> _Key:
    source = source_of(choice)
    labels = _state(source.labels) if source.labels else (0, 0)
    return replace(choice, batch=0), _state(source.file), labels


def _state(path: str) -> tuple[int, int]:
    try:
        facts = Path(path).stat()
    except OSError:
        return 0, 0
    return facts.st_size, facts.st_mtime_ns


def _available_share() -> float:
    memory = psutil.virtual_memory()
    return float(memory.available) / float(memory.total)

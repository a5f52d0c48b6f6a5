"""Generators kept warm: the next picture does not wait for weights to be read again.

Must not know pictures or requests.
"""

from __future__ import annotations

import gc
from collections import OrderedDict
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import psutil

from tensorviz.engine.devices import choose, release_memory
from tensorviz.engine.tasks.translate.apart import ForwardApart
from tensorviz.engine.tasks.translate.load import load_translator
from tensorviz.engine.tasks.translate.source import source_of
from tensorviz.engine.tasks.translate.translator import Translator
from tensorviz.engine.tasks.translate.workshop import Workshop

if TYPE_CHECKING:
    from collections.abc import Callable

    from tensorviz.core.translation import GeneratorChoice
    from tensorviz.engine.cancel import CancelToken

MOST = 2  # one, and the one of the way back
LEAST_FREE = 0.10  # below this share of the computer's memory, generators that nobody uses are dropped
_Key = tuple[str, str, str, str, str, int, int]


class TranslatorCache:
    """Translators by what they draw with, the least recently used dropped first; used from one thread.

    How a picture is resized and shown to them makes no other generator. free_share: gives the share of memory that is
    available (0 to 1). A file of weights that changed on disk is read again. workshop: where slow layers are computed.
    """

    def __init__(self, workshop: Workshop | None = None, free_share: Callable[[], float] | None = None) -> None:
        self._kept: OrderedDict[_Key, Translator] = OrderedDict()
        self._workshop = workshop or Workshop()
        self._free_share = free_share or _available_share

    def translator(self, choice: GeneratorChoice, token: CancelToken | None = None) -> Translator:
        """The translator for `choice`, warm when it was asked for before. Raises what `load_translator` raises."""
        key = _key(choice)
        found = self._kept.pop(key, None)
        if found is None:
            self.relieve()
            self._shrink(MOST - 1)
            loaded = load_translator(choice, token)
            forward = ForwardApart(loaded.forward.network, loaded.forward.device, self._workshop)
            found = Translator(loaded.identity, forward)
        self._kept[key] = found
        how = replace(found.identity, input_range=choice.input_range, resize=choice.resize)
        return Translator(how, found.forward)

    def has(self, choice: GeneratorChoice) -> bool:
        """Whether the generator is warm. Raises what `source_of` raises."""
        return _key(choice) in self._kept

    def relieve(self) -> None:
        """Drops generators, oldest first, while the computer is short of memory."""
        while self._kept and self._free_share() < LEAST_FREE:
            self._drop_oldest()

    def drop_all(self) -> None:
        """Forgets every generator; jobs that are running keep theirs until they end."""
        while self._kept:
            self._drop_oldest()
        self._workshop.close()

    def __len__(self) -> int:
        return len(self._kept)

    def _shrink(self, most: int) -> None:
        while len(self._kept) > most:
            self._drop_oldest()

    def _drop_oldest(self) -> None:
        _, dropped = self._kept.popitem(last=False)
        device = dropped.forward.device
        del dropped
        gc.collect()  # modules form circles
        release_memory(device)
        if not self._kept:
            self._workshop.close()


def _key(choice: GeneratorChoice) -> _Key:
    source = source_of(choice)
    device = str(choose(choice.device))
    return source.model, source.weights, source.file, source.way_back, device, *_state(source.file)


def _state(path: str) -> tuple[int, int]:
    try:
        facts = Path(path).stat()
    except OSError:
        return 0, 0
    return facts.st_size, facts.st_mtime_ns


def _available_share() -> float:
    memory = psutil.virtual_memory()
    return float(memory.available) / float(memory.total)

"""On what terms something large is brought into the session: asking, cancelling, saying that memory ran out.

Must not know what is brought.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import psutil

from tensorviz.core.errors import MemoryExhausted, TensorvizError, ValueRefused
from tensorviz.core.text import bytes_text
from tensorviz.engine.cancel import CancelToken
from tensorviz.engine.console.limits import TooCostly
from tensorviz.engine.devices import is_out_of_memory, release_memory

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import torch

Brought = tuple[str, "Mapping[str, torch.Tensor]"]
LARGE = 256_000_000  # bytes above which the person is asked first
SPARE = 200_000_000  # bytes of the computer's memory that are left to others


class ChangedFile(TensorvizError):
    """What was opened cannot be opened again as it was."""


def _nobody(_: TooCostly) -> bool:
    return False


def _never() -> None:
    pass


@dataclass(frozen=True, slots=True)
class Terms:
    """allow: asks whether something large may be brought. check: raises Cancelled when that was wished.

    token: the same wish, for what is stopped between two layers.
    """

    allow: Callable[[TooCostly], bool] = _nobody
    check: Callable[[], None] = _never
    token: CancelToken | None = None

    def ask(self, what: str, nbytes: int, hint: str, more: str = "", large: bool = False) -> None:
        """Goes on below the limit, or when the person allows it. what: a sentence with the bytes in it; more: why.

        large: ask in any case. Raises ValueRefused, and MemoryExhausted when there is no such room.
        """
        free = psutil.virtual_memory().available
        if nbytes > free - SPARE and nbytes > LARGE:
            raise MemoryExhausted(f"{what} There are {bytes_text(free)} free.", f"Close other programs. {hint}")
        if (large or nbytes > LARGE) and not self.allow(TooCostly(f"{what} {more}".strip(), hint, nbytes)):
            raise ValueRefused(f"{what} Nothing was opened.", hint)


@contextlib.contextmanager
def enough_memory() -> Iterator[None]:
    """Says in a sentence that the memory was not enough. Raises MemoryExhausted."""
    try:
        yield
    except (RuntimeError, MemoryError) as error:
        if not is_out_of_memory(error):
            raise
        raise MemoryExhausted(
            "The computer's memory is not enough for this tensor.", "Close other programs, or free networks."
        ) from error


def let_go(network: torch.nn.Module, device: torch.device) -> None:
    """Gives the memory of a network back now: modules form circles, and to collect those stops the window too."""
    for value in (*network.parameters(), *network.buffers()):
        value.data = value.new_empty(0)
    release_memory(device)

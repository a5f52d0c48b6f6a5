"""The other side of a workshop: a process that holds generators and computes what it is asked, one thing at a time.

Must not know who asks, Qt, files, or how generators are found.
"""

from __future__ import annotations

import contextlib
import os
import queue
import signal
import sys
import threading
import traceback
from typing import IO, TYPE_CHECKING, Any

from tensorviz.core.errors import MemoryExhausted, TensorvizError
from tensorviz.engine.tasks.translate.frames import read_frame, write_frame

if TYPE_CHECKING:
    from tensorviz.engine.tasks.translate.forward import Forward, Stage, Tell


def main() -> None:
    """Answers requests until nobody can ask any more; then the process ends at once, whatever it computes."""
    with contextlib.suppress(ValueError, OSError):  # Ctrl+C is for the program that asks; it ends this one
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    asked, told = _own_pipes()
    requests: queue.SimpleQueue[Any] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(asked, requests), daemon=True).start()
    work = _Work(told)
    while True:
        work.answer(requests.get())


def _own_pipes() -> tuple[IO[bytes], IO[bytes]]:
    """The pipes to the other process, out of the way of libraries that print."""
    asked, told = os.fdopen(os.dup(0), "rb", buffering=0), os.fdopen(os.dup(1), "wb", buffering=0)
    nowhere = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1):
        os.dup2(nowhere, number)
    os.close(nowhere)
    return asked, told


def _listen(asked: IO[bytes], requests: queue.SimpleQueue[Any]) -> None:
    try:
        while True:
            requests.put(read_frame(asked))
    except BaseException:  # noqa: BLE001 - whatever it is, nothing more can be asked
        os._exit(0)  # the main thread may be in a layer of seconds


class _Work:
    """The generators that are here, and what is done with them."""

    def __init__(self, told: IO[bytes]) -> None:
        self._told = told
        self._forwards: dict[int, Forward] = {}

    def answer(self, request: Any) -> None:
        """Does one thing; the last frame that is written is "done" or "failed"."""
        try:
            answer = "done", self._done(request)
        except TensorvizError as error:
            kind = "memory" if isinstance(error, MemoryExhausted) else "said"
            answer = "failed", (kind, error.message, error.hint)
        except MemoryError:
            answer = "failed", ("memory", "The memory was not enough.", "Close other programs.")
        except Exception as error:  # noqa: BLE001 - the other side reports it
            answer = "failed", ("unknown", f"{type(error).__name__}: {error}", traceback.format_exc())
        try:
            write_frame(self._told, answer)
        except OSError:
            sys.exit(0)

    def _done(self, request: Any) -> Any:
        import torch

        for key in request["forget"]:
            self._forwards.pop(key, None)
        if request["network"] is not None:
            self._forwards[request["key"]] = _built(*request["network"])
        torch.set_num_threads(request["threads"])
        return getattr(self, f"_{request['what']}")(self._forwards[request["key"]], *request["given"])

    def _drawn(self, forward: Forward, pixels: Any, input_range: Any, features: bool) -> Any:
        stage, tell = self._hearing(features)
        return forward.drawn(pixels, input_range, stage=stage, tell=tell).numpy()

    def _hearing(self, features: bool) -> tuple[Stage | None, Tell | None]:
        def tell(index: int) -> None:
            write_frame(self._told, ("told", (index, None)))

        def stage(index: int, values: Any) -> None:
            write_frame(self._told, ("told", (index, values.contiguous().numpy())))

        return (stage, None) if features else (None, tell)

    def _features(self, forward: Forward, pixels: Any, input_range: Any, block: int) -> Any:
        return forward.features(pixels, input_range, block).numpy()

    def _step(self, forward: Forward, features: Any, block: int) -> Any:
        import torch

        step = forward.step(torch.from_numpy(features), block)
        arrays = step.features.contiguous().numpy(), step.drawn.contiguous().numpy()
        return arrays, (step.minimum, step.maximum, step.mean, step.change)


def _built(plan: dict[str, Any], state: dict[str, Any]) -> Forward:
    """The generator of these numbers, as it was on the other side."""
    import torch

    from tensorviz.engine.tasks.translate.forward import Forward
    from tensorviz.engine.tasks.translate.generator import GeneratorPlan, ResNetGenerator

    with torch.device("meta"):
        network = ResNetGenerator(GeneratorPlan(**plan))
    values = {name: torch.from_numpy(value) for name, value in state.items()}
    network.load_state_dict(values, strict=False, assign=True)  # counters of batch norms may be absent
    return Forward(network.eval().requires_grad_(False), torch.device("cpu"))

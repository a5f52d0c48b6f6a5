"""How soon the console answers a small step: from sending the wish to the step's answer, over the real lanes.

    python tests/bench/bench_console.py [--steps 200]

Wanted: 30 ms. Measured with a few tensors open, with 200 over one storage, and while a network-like product runs in
the lane of the networks.
"""

from __future__ import annotations

import argparse
import statistics
import threading
import time
from typing import TYPE_CHECKING

from tensorviz.engine.messages import DropNetworks, JobFinished
from tensorviz.engine.messages.session import RunCode, StepRan
from tensorviz.engine.tensors.handlers import DeskSource, tensor_handlers
from tensorviz.engine.worker import Engine

if TYPE_CHECKING:
    from tensorviz.engine.messages import Event
    from tensorviz.engine.worker import Job

STEPS = ("y = x.t()", "y = x.t().contiguous() + 1", "x[0, 1] = 3", "y = x.reshape(6)", "x", "y = x @ x.t()")


class Bench:
    """An engine, and when the answers of the job at hand came."""

    def __init__(self) -> None:
        self._ended, self._answered = threading.Event(), 0.0
        self._job, self._busy = 0, threading.Event()
        handlers = {**tensor_handlers(DeskSource(None)), DropNetworks: self._work}
        self.engine = Engine(handlers, self._take)

    def _take(self, event: Event) -> None:
        if isinstance(event, StepRan) and event.job == self._job:
            self._answered = time.perf_counter()
        if isinstance(event, JobFinished) and event.job == self._job:
            self._ended.set()

    def _work(self, job: Job) -> None:
        """What a network does to the processor, until it is cancelled."""
        import torch

        left = torch.rand(600, 600)
        self._busy.set()
        while not job.token.cancelled:
            left = (left @ left).tanh()

    def run(self, code: str) -> float:
        """Milliseconds from the wish to the step's answer."""
        self._ended.clear()
        started = time.perf_counter()
        self._job = self.engine.submit(RunCode(code))
        self._ended.wait()
        return (self._answered - started) * 1000

    def measured(self, what: str, count: int) -> None:
        """Runs small steps and prints what they took."""
        taken = sorted(self.run(STEPS[turn % len(STEPS)]) for turn in range(count))
        print(f"{what}: median {statistics.median(taken):.1f} ms, 99 % {taken[int(count * 0.99)]:.1f} ms,"
              f" worst {taken[-1]:.1f} ms")  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--steps", type=int, default=200)
    parser.add_argument("--data", help="not used here; every benchmark takes it")
    count = parser.parse_args().steps
    bench = Bench()
    bench.run("x = torch.arange(6.).reshape(2, 3)")
    for code in STEPS:
        bench.run(code)  # what torch loads on first use is no part of it
    bench.measured("a few tensors", count)
    job = bench.engine.submit(DropNetworks())
    bench._busy.wait()
    bench.measured("a few tensors, a network at work", count)
    bench.engine.cancel(job)
    bench.run("big = torch.zeros(10_000)\nviews = [big.as_strided((50, 20), (100, 2), i) for i in range(200)]")
    bench.measured("200 tensors over one storage", count)
    bench.engine.stop()


if __name__ == "__main__":
    main()

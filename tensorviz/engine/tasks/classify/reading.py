"""Pictures read and prepared for a network, a batch at a time, on as many threads as pay.

Must not know the network, nor torch: paths in, uint8 squares out.
"""

from __future__ import annotations

import os
import time
import traceback
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from itertools import islice
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from tensorviz.core.errors import Cancelled, problem_of
from tensorviz.core.results import Failed
from tensorviz.engine.pictures import open_picture
from tensorviz.engine.prepare import prepare

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from tensorviz.core.recipe import Recipe
    from tensorviz.engine.cancel import CancelToken
    from tensorviz.engine.pictures import Picture

MOST_THREADS = 8
Item = str | Failed  # a picture's path, or a path of which it is already known that it has no answer


@dataclass(frozen=True, slots=True)
class Prepared:
    """One picture as the network will see it: `pixels` uint8 (crop, crop, 3), RGB; decode, preprocess in seconds."""

    path: str
    pixels: npt.NDArray[np.uint8]
    decode: float
    preprocess: float
    notes: tuple[str, ...] = ()


def threads_that_pay() -> int:
    """How many threads decode: one for each core this process may use, eight at most."""
    affinity = getattr(os, "sched_getaffinity", None)  # not on macOS and Windows
    cores = len(affinity(0)) if affinity else os.cpu_count() or 1
    return min(cores, MOST_THREADS)


def batches(items: Iterable[Item], size: int) -> Iterator[list[Item]]:
    """The items in order, up to `size` at a time; no more than one batch is taken ahead of need."""
    iterator = iter(items)
    while batch := list(islice(iterator, size)):
        yield batch


class Reader:
    """Decodes and prepares; holds threads while it is open (a context manager)."""

    def __init__(self, recipe: Recipe, threads: int | None = None) -> None:
        self._recipe = recipe
        self._pool = ThreadPoolExecutor(threads or threads_that_pay(), thread_name_prefix="tensorviz-decode")

    def __enter__(self) -> Reader:
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.shutdown(wait=True, cancel_futures=True)

    def read(self, items: Sequence[Item], token: CancelToken | None = None) -> list[Prepared | Failed]:
        """One answer for each item, in order. The seconds of a batch add up to the time that it took.

        Raises Cancelled; every other failure becomes the row of its picture.
        """
        started = time.perf_counter()
        if sum(isinstance(item, str) for item in items) < 2:
            rows = [self._row(item, token) for item in items]
        else:
            futures = [self._pool.submit(self._row, item, token) for item in items]
            try:
                rows = [future.result() for future in futures]
            finally:
                for future in futures:
                    future.cancel()
        return _shares(rows, time.perf_counter() - started)

    def _row(self, item: Item, token: CancelToken | None) -> Prepared | Failed:
        if token is not None:
            token.check()
        return item if isinstance(item, Failed) else read_one(item, lambda: open_picture(item), self._recipe)


def read_one(path: str, opening: Callable[[], Picture], recipe: Recipe) -> Prepared | Failed:
    """The picture that `opening` gives, prepared; whatever goes wrong with it becomes its row."""
    started = time.perf_counter()
    try:
        picture = opening()
        decoded = time.perf_counter()
        pixels = prepare(picture.image, recipe)
    except Cancelled:
        raise
    except Exception as error:  # noqa: BLE001 - one picture must not end a batch; the unknown keeps its traceback
        return Failed(path, problem_of(error, traceback.format_exc()))
    return Prepared(path, pixels, decoded - started, time.perf_counter() - decoded, tuple(picture.notes))


def _shares(rows: list[Prepared | Failed], took: float) -> list[Prepared | Failed]:
    """Threads overlap: each picture's seconds are scaled so that together they are what really passed."""
    spent = sum(row.decode + row.preprocess for row in rows if isinstance(row, Prepared))
    scale = min(1.0, took / spent) if spent else 1.0
    return [
        replace(row, decode=row.decode * scale, preprocess=row.preprocess * scale) if isinstance(row, Prepared) else row
        for row in rows
    ]

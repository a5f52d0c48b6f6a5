"""Pictures read and prepared a few ahead of need, in order.

Must not know networks or words.
"""

from __future__ import annotations

import time
import traceback
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from torch import Tensor

from tensorviz.core.errors import Cancelled, TensorvizError, problem_of
from tensorviz.core.results import Failed
from tensorviz.engine.pictures import open_picture
from tensorviz.engine.tasks.caption import SPEC

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from PIL import Image

    from tensorviz.engine.cancel import CancelToken
    from tensorviz.engine.pictures import Picture

THREADS = 2


@dataclass(frozen=True, slots=True)
class Prepared:
    """A picture as the network is shown it; decode, preprocess in seconds. pixels: None once it was seen."""

    path: str
    pixels: Tensor | None
    decode: float
    preprocess: float
    notes: tuple[str, ...] = ()


def failed(path: str, error: BaseException) -> Failed:
    """The row of a picture that something went wrong with; the unknown keeps its traceback."""
    details = "" if isinstance(error, TensorvizError) else traceback.format_exc()
    return Failed(path, problem_of(error, details), SPEC.id)


def prepare(path: str, picture: Callable[[], Picture], prepared: Callable[[Image.Image], Tensor]) -> Prepared:
    """The picture that `picture` gives. Raises what it and `prepared` raise."""
    started = time.perf_counter()
    opened = picture()
    decoded = time.perf_counter()
    pixels = prepared(opened.image)
    return Prepared(path, pixels, decoded - started, time.perf_counter() - decoded, tuple(opened.notes))


def read_ahead(
    items: Iterable[str | Failed],
    prepared: Callable[[Image.Image], Tensor],
    ahead: int,
    token: CancelToken | None = None,
) -> Iterator[Prepared | Failed]:
    """A row for each path, in order, `ahead` of them read while the one before is looked at. Raises Cancelled."""

    def read(path: str) -> Prepared | Failed:
        if token is not None:
            token.check()
        try:
            return prepare(path, lambda: open_picture(path), prepared)
        except Cancelled:
            raise
        except Exception as error:  # noqa: BLE001 - one picture must not end a batch
            return failed(path, error)

    pool = ThreadPoolExecutor(THREADS, thread_name_prefix="tensorviz-caption")
    try:
        iterator = iter(items)
        waiting = deque(pool.submit(_row, item, read) for item in islice(iterator, ahead))
        while waiting:
            waiting.extend(pool.submit(_row, item, read) for item in islice(iterator, 1))
            yield waiting.popleft().result()
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _row(item: str | Failed, read: Callable[[str], Prepared | Failed]) -> Prepared | Failed:
    return Failed(item.path, item.problem, SPEC.id) if isinstance(item, Failed) else read(item)

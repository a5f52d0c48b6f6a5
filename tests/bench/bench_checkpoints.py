"""How long a checkpoint is looked at: 10,000 tensors without their values, and a gigabyte of values.

Run: python tests/bench/bench_checkpoints.py. Must not be part of the test run: it prints figures.
"""

from __future__ import annotations

import resource
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np

from tensorviz.core.checkpoint_layout import analyse
from tensorviz.core.families import guess
from tensorviz.core.layout import Layout, contiguous
from tensorviz.core.stored import Contents, StoredStorage, StoredTensor
from tensorviz.engine.checkpoints.compare import Side, compare
from tensorviz.engine.checkpoints.duplicates import find_duplicates
from tensorviz.engine.checkpoints.elements import Read
from tensorviz.engine.checkpoints.known import known_networks
from tensorviz.engine.checkpoints.values import look_at_values

GIGABYTE = 1 << 30


def measured(what: str, work: Callable[[], object], nbytes: int = 0) -> None:
    """Prints the shortest of three runs."""
    times = []
    for _ in range(3):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    speed = f", {nbytes / min(times) / 1e6:,.0f} MB/s" if nbytes else ""
    print(f"{what}: {min(times) * 1000:,.0f} ms{speed}")


def many(count: int, one_storage: bool) -> Contents:
    tensors, storages = [], []
    for at in range(count):
        name = f"model.layers.{at // 10}.part{at % 10}.weight"
        tensors.append(
            StoredTensor(
                name, contiguous((512, 64), offset=at * 32768 * one_storage), "float32", "0" if one_storage else str(at)
            )
        )
        storages.append(StoredStorage(str(at), 32768 * 4, "f", 0))
    whole = (StoredStorage("0", 32768 * 4 * count, "f", 0),)
    return Contents("f", "pt-zip", 0, tuple(tensors), whole if one_storage else tuple(storages))


def on_disk(folder: str) -> tuple[StoredStorage, Read]:
    path = Path(folder) / "values"
    # As bfloat16 and float8 these are plain numbers too, neither NaN nor infinite.
    row = np.random.default_rng(1).standard_normal(1 << 20, dtype="f4")
    row = (row.view("u4") & np.uint32(0x3F3F3F3F)).view("f4")
    with path.open("wb") as file:
        for _ in range(256):
            file.write(row.tobytes())
    stream = path.open("rb", buffering=0)

    def read(storage: StoredStorage, start: int, stop: int) -> bytes:
        stream.seek(start)
        return stream.read(stop - start)

    return StoredStorage("0", GIGABYTE, str(path), 0), read


def of_layout(storage: StoredStorage, *layouts: Layout, dtype: str = "float32") -> Contents:
    tensors = tuple(StoredTensor(f"t{at}", layout, dtype, "0") for at, layout in enumerate(layouts))
    return Contents("f", "pt-zip", 0, tensors, (storage,))


def look(contents: Contents, read: Read) -> None:
    """Looks at all values."""
    for _ in look_at_values(contents, read):
        pass


def main() -> None:
    """Prints all figures."""
    for one_storage in (False, True):
        contents = many(10_000, one_storage)
        where = "of one storage" if one_storage else "with a storage each"
        measured(f"10,000 tensors {where}, analysed", partial(analyse, contents))
        measured(f"10,000 tensors {where}, family guessed", partial(guess, contents, known_networks()))
    with tempfile.TemporaryDirectory() as folder:
        storage, read = on_disk(folder)
        plain = contiguous((4096, 65536), 4)
        cases = {
            "float32": (plain, "float32"), "float32 in rows of 64": (contiguous((1 << 22, 64)), "float32"),
            "bfloat16": (contiguous((8192, 65536), 2), "bfloat16"),
            "float8_e4m3fn": (contiguous((16384, 65536), 1), "float8_e4m3fn"),
            "int64": (contiguous((2048, 65536), 8), "int64"),
            "float32 turned": (Layout((16384, 16384), (1, 16384)), "float32"),
        }  # fmt: skip  # a table
        for what, (layout, dtype) in cases.items():
            contents = of_layout(storage, layout, dtype=dtype)
            measured(
                f"a gigabyte of {what}, looked at",
                partial(look, contents, read),
                GIGABYTE,
            )
        halves = of_layout(storage, contiguous((1 << 27,)), contiguous((1 << 27,), offset=1 << 27))
        measured("two equal halves of a gigabyte, duplicates", lambda: find_duplicates(halves, read), GIGABYTE)
        contents = of_layout(storage, plain)
        other = Side(contents, lambda s, start, stop: (np.frombuffer(read(s, start, stop), "u4") ^ 1).tobytes())
        measured("a gigabyte compared, every value another", lambda: compare(Side(contents, read), other), GIGABYTE)
        turned = of_layout(storage, Layout((16384, 16384), (1, 16384)))
        measured(
            "a gigabyte compared with itself, by columns",
            lambda: compare(Side(turned, read), Side(turned, read)),
            GIGABYTE,
        )
    print(f"most memory at any time: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:,.0f} MB")


if __name__ == "__main__":
    main()

"""How long `tensorviz inspect` takes beyond the interpreter's own start, and the memory it needs, for large files.

    python tests/bench/bench_inspect.py [--runs 5]

Wanted: 10,000 tensors within 1 s; a sparse .safetensors file of 10 GB within 0.3 s; below 300 MB.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
TENSORS, LARGE = 10_000, 10_000_000_000


def write_files(folder: Path) -> None:
    """The files that are looked at; torch is imported for writing only."""
    import numpy as np
    import safetensors.torch
    import torch

    value = {f"layers.{at}.weight": torch.full((3,), float(at)) for at in range(TENSORS)}
    big = torch.zeros(6 * TENSORS)
    torch.save(value, folder / "10,000 tensors, zip.pt")
    torch.save(value, folder / "10,000 tensors, legacy.pt", _use_new_zipfile_serialization=False)
    torch.save(
        [big[6 * at : 6 * at + 6 : 2] for at in range(TENSORS)], folder / "10,000 strided views of one storage.pt"
    )
    torch.save([big[at : at + 6] for at in range(TENSORS)], folder / "10,000 overlapping slices of one storage.pt")
    wide = torch.zeros(6, TENSORS)
    torch.save([wide[:, at] for at in range(TENSORS)], folder / "10,000 columns of one matrix.pt")
    safetensors.torch.save_file(value, folder / "10,000 tensors.safetensors")
    arrays: dict[str, Any] = {name: tensor.numpy() for name, tensor in value.items()}
    np.savez(folder / "10,000 arrays.npz", **arrays)
    write_sparse(folder / "10 GB, sparse.safetensors")


def write_sparse(path: Path) -> None:
    """200 tensors of 50 MB each that take no place on a disk that can do that."""
    each = LARGE // 200
    table = {
        f"layers.{at}.weight": {"dtype": "F16", "shape": [each // 2], "data_offsets": [at * each, (at + 1) * each]}
        for at in range(200)
    }
    raw = json.dumps(table).encode()
    with path.open("wb") as file:
        file.write(struct.pack("<Q", len(raw)) + raw)
        file.truncate(8 + len(raw) + LARGE)


def seconds(run: Callable[[], object], times: int) -> list[float]:
    """How long each of the runs took."""
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        run()
        taken.append(time.perf_counter() - start)
    return taken


def started(*arguments: str) -> tuple[int, float]:
    """Runs the interpreter with the arguments; gives the peak of its memory in kB and its seconds of a processor."""
    process = subprocess.Popen([sys.executable, *arguments], cwd=ROOT, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0
    return usage.ru_maxrss, usage.ru_utime + usage.ru_stime


def main() -> None:
    """Prints a line for each file."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--only", metavar="WORD", default="", help="Only files with the word in their name.")
    parser.add_argument("--write", metavar="FOLDER", help="Only write the files that are looked at.")
    given = parser.parse_args()
    if given.write:
        write_files(Path(given.write))
        return
    runs = given.runs
    idle = min(seconds(lambda: started("-c", "pass"), runs))
    print(f"the interpreter alone: {idle:.3f} s")
    with tempfile.TemporaryDirectory() as name:
        # In a process of its own: what is started later would count the memory of this one as its own.
        subprocess.run([sys.executable, __file__, "--write", name], check=True)
        for path in sorted(path for path in Path(name).iterdir() if given.only in path.name):
            for form in ("json", "text"):
                command = ("-m", "tensorviz", "inspect", str(path), "--format", form)
                taken, (memory, busy) = seconds(partial(started, *command), runs), started(*command)
                best, middle = min(taken) - idle, statistics.median(taken) - idle
                figures = f"best {best:.2f} s, median {middle:.2f} s, busy {busy:.2f} s, {memory / 1000:.0f} MB"
                print(f"{path.name}, {form}: {figures}")


if __name__ == "__main__":
    main()

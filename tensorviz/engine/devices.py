"""Which device computes, and in which precision.

Must not know networks or pictures: names in, torch devices and contexts out.
"""

from __future__ import annotations

import contextlib
import re
from typing import TYPE_CHECKING

import torch

from tensorviz.core.errors import DeviceUnavailable, NameUnknown, ValueRefused
from tensorviz.core.names import did_you_mean
from tensorviz.core.text import plural
from tensorviz.engine.messages import DeviceRow

if TYPE_CHECKING:
    from collections.abc import Iterator

NAMES = ("auto", "cpu", "cuda", "cuda:0", "mps")
PRECISIONS = {"fp32": torch.float32, "bf16": torch.bfloat16, "fp16": torch.float16}


def list_devices() -> tuple[DeviceRow, ...]:
    """The devices that this torch can use here; the processor is always the first."""
    rows = [DeviceRow("cpu", "processor")]
    if torch.cuda.is_available():
        for index in range(torch.cuda.device_count()):
            facts = torch.cuda.get_device_properties(index)
            rows.append(DeviceRow(f"cuda:{index}", facts.name, facts.total_memory))
    if torch.backends.mps.is_available():
        rows.append(DeviceRow("mps", "Apple GPU"))
    return tuple(rows)


def choose(name: str) -> torch.device:
    """The torch device for "auto", "cpu", "cuda", "cuda:N" or "mps".

    Raises NameUnknown for any other name, DeviceUnavailable when this computer or this torch has no such device.
    """
    if name == "auto":
        return _best()
    if name == "cpu":
        return torch.device("cpu")
    if name == "mps":
        return _mps()
    if re.fullmatch(r"cuda(:\d+)?", name):
        return _cuda(int(name.partition(":")[2] or 0))
    raise NameUnknown(
        f"There is no device {name!r}.", did_you_mean(name, NAMES) or "Use auto, cpu, cuda, cuda:N or mps."
    )


def _best() -> torch.device:
    if torch.cuda.is_available():
        return torch.device("cuda", 0)
    return torch.device("mps" if torch.backends.mps.is_available() else "cpu")


def _cuda(index: int) -> torch.device:
    if not torch.cuda.is_available():
        why = "was built without CUDA" if torch.version.cuda is None else "finds no usable NVIDIA GPU on this computer"
        raise DeviceUnavailable(f"cuda:{index} was asked for, and this torch {why}.", "Use --device cpu or auto.")
    count = torch.cuda.device_count()
    if index >= count:
        last = "cuda:0" if count == 1 else f"cuda:0 to cuda:{count - 1}"
        raise DeviceUnavailable(f"cuda:{index} was asked for, and there is {plural(count, 'GPU')}.", f"Use {last}.")
    return torch.device("cuda", index)


def _mps() -> torch.device:
    if not torch.backends.mps.is_available():
        raise DeviceUnavailable(
            "mps was asked for, and this is no Mac with a GPU that torch can use.", "Use --device cpu or auto."
        )
    return torch.device("mps")


def check_precision(name: str, device: torch.device) -> None:
    """Raises NameUnknown for a precision that does not exist, ValueRefused for one that `device` cannot compute in."""
    if name not in PRECISIONS:
        raise NameUnknown(f"There is no precision {name!r}.", f"Use one of {', '.join(PRECISIONS)}.")
    if not can_compute(name, device):
        raise ValueRefused(f"This torch cannot compute in {name} on {device}.", "Use --precision fp32.")


def can_compute(name: str, device: torch.device) -> bool:
    """Whether a tiny convolution in precision `name` succeeds on `device`; tried rather than looked up."""
    if name == "fp32":
        return True
    try:
        with torch.no_grad(), computing_in(name, device):
            layer = torch.nn.Conv2d(3, 4, 3).to(device)
            return bool(layer(torch.zeros(1, 3, 8, 8, device=device)).dtype == PRECISIONS[name])
    except RuntimeError:
        return False


@contextlib.contextmanager
def computing_in(precision: str, device: torch.device) -> Iterator[None]:
    """Computes what is inside in `precision` on `device`.

    fp32 means it: TF32, with its ten bits of mantissa, is off for convolutions and matrix products inside.
    """
    if precision != "fp32":
        with torch.autocast(device.type, PRECISIONS[precision]):
            yield
    elif device.type == "cuda":
        with torch.backends.cudnn.flags(enabled=True, allow_tf32=False), _exact_products():
            yield
    else:
        yield


@contextlib.contextmanager
def _exact_products() -> Iterator[None]:
    before = torch.backends.cuda.matmul.allow_tf32
    torch.backends.cuda.matmul.allow_tf32 = False
    try:
        yield
    finally:
        torch.backends.cuda.matmul.allow_tf32 = before


OUT_OF_MEMORY = re.compile(
    r"out of memory|can't allocate memory|not enough memory|(CUBLAS|CUDNN)_STATUS_ALLOC_FAILED", re.IGNORECASE
)


def is_out_of_memory(error: BaseException) -> bool:
    """Whether `error` says that memory of a device ran out, in any of the ways torch and its libraries say it."""
    if isinstance(error, torch.OutOfMemoryError | MemoryError):
        return True
    return isinstance(error, RuntimeError) and OUT_OF_MEMORY.search(str(error)) is not None


def release_memory(device: torch.device) -> None:
    """Gives cached memory of `device` back, after the tensors on it were dropped."""
    if device.type == "cuda" and torch.cuda.is_available():
        torch.cuda.empty_cache()
    elif device.type == "mps" and torch.backends.mps.is_available():
        torch.mps.empty_cache()

"""Devices by name, precision by trying, and the many ways of saying that memory ran out.

Must not know networks.
"""

from __future__ import annotations

import pytest
import torch

from tensorviz.core.errors import DeviceUnavailable, NameUnknown
from tensorviz.engine.devices import check_precision, choose, computing_in, is_out_of_memory, list_devices

CPU = torch.device("cpu")


def pretend_gpus(monkeypatch: pytest.MonkeyPatch, count: int) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: count > 0)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: count)


def test_auto_takes_the_gpu_where_there_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)
    pretend_gpus(monkeypatch, 0)
    assert choose("auto") == CPU
    pretend_gpus(monkeypatch, 2)
    assert choose("auto") == torch.device("cuda", 0)
    assert choose("cuda") == torch.device("cuda", 0)
    assert choose("cuda:1") == torch.device("cuda", 1)


def test_a_gpu_beyond_the_last_is_refused_with_those_there_are(monkeypatch: pytest.MonkeyPatch) -> None:
    pretend_gpus(monkeypatch, 2)
    with pytest.raises(DeviceUnavailable, match=r"cuda:2.*2 GPUs.*cuda:0 to cuda:1"):
        choose("cuda:2")


def test_devices_that_are_not_here_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    pretend_gpus(monkeypatch, 0)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)
    for name in ("cuda", "cuda:0", "mps"):
        with pytest.raises(DeviceUnavailable, match="--device cpu"):
            choose(name)
    assert [row.name for row in list_devices()] == ["cpu"]


def test_an_unknown_device_or_precision_is_a_name() -> None:
    with pytest.raises(NameUnknown, match="cuda"):
        choose("cuda:x")
    with pytest.raises(NameUnknown, match="bf16"):
        check_precision("fp8", CPU)


def test_fp32_on_a_gpu_means_it_and_the_settings_come_back() -> None:
    def settings() -> tuple[bool, bool]:
        return torch.backends.cudnn.allow_tf32, torch.backends.cuda.matmul.allow_tf32

    before = settings()
    with computing_in("fp32", torch.device("cuda", 0)):
        assert settings() == (False, False)
    assert settings() == before


@pytest.mark.parametrize(
    "words",
    [
        "CUDA out of memory. Tried to allocate 20.00 MiB",
        "MPS backend out of memory (MPS allocated: 8.00 GB)",
        "CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`",
        "[enforce fail at alloc_cpu.cpp:117] err == 0. DefaultCPUAllocator: can't allocate memory",
    ],
)
def test_memory_that_ran_out_is_recognised_in_all_its_words(words: str) -> None:
    assert is_out_of_memory(RuntimeError(words))
    assert not is_out_of_memory(ValueError(words))


def test_other_errors_are_not_memory() -> None:
    assert is_out_of_memory(torch.OutOfMemoryError("any words"))
    assert not is_out_of_memory(RuntimeError("CUDA error: an illegal memory access was encountered"))

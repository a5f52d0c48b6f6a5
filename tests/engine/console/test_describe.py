"""`tensorviz.describe`: one line with everything that is promised, for tensors of every kind.

Must not know how it is made up.
"""

from __future__ import annotations

from typing import Any

import pytest
import torch

import tensorviz

KINDS: dict[str, torch.Tensor] = {
    "matrix": torch.arange(6.0).reshape(3, 2),
    "transposed": torch.arange(6.0).reshape(3, 2).t(),
    "sliced": torch.arange(100)[10:20:3],
    "scalar": torch.tensor(3.5),
    "empty": torch.zeros(2, 0, 3),
    "expanded": torch.zeros(1).expand(1_000_000_000_000),
    "bool": torch.tensor([True]),
    "complex": torch.tensor([1j]).conj(),
    "bfloat16": torch.zeros(2, dtype=torch.bfloat16),
    "float8": torch.zeros(2).to(torch.float8_e4m3fn),
    "channels_last": torch.zeros(2, 3, 4, 5).to(memory_format=torch.channels_last),
    "meta": torch.zeros(3, device="meta"),
    "twelve dimensions": torch.zeros([1] * 12),
    "grad": torch.ones(2, requires_grad=True),
}


@pytest.mark.parametrize("tensor", KINDS.values(), ids=KINDS.keys())
def test_one_line_with_shape_stride_offset_dtype_device_and_contiguity(tensor: torch.Tensor) -> None:
    text = tensorviz.describe(tensor)
    assert "\n" not in text
    assert ("x".join(map(str, tensor.shape)) or "scalar") in text
    assert f"stride ({', '.join(map(str, tensor.stride()))})" in text
    assert f"offset {tensor.storage_offset()}" in text
    assert str(tensor.dtype).removeprefix("torch.") in text
    assert str(tensor.device) in text
    assert "storage" in text
    assert ("not contiguous" in text or "contiguous as" in text) == (not tensor.is_contiguous())


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("matrix", "the whole storage of 24 bytes, contiguous, a view"),
        ("sliced", "4 elements on a storage of 100 (800 bytes), not contiguous"),
        ("channels_last", "contiguous as channels_last"),
        ("complex", "conjugated when read"),
        ("meta", "no storage"),
        ("grad", "requires grad"),
        ("expanded", "1,000,000,000,000 elements on a storage of 1 (4 bytes)"),
    ],
)
def test_what_is_special_is_said(name: str, words: str) -> None:
    assert words in tensorviz.describe(KINDS[name])


def test_sparse_tensors_have_a_line_too() -> None:
    assert "sparse_coo" in tensorviz.describe(torch.eye(2).to_sparse())


@pytest.mark.parametrize("value", [[1, 2], None, "tensor", 3])
def test_anything_else_is_refused(value: Any) -> None:
    with pytest.raises(TypeError, match=r"takes a torch\.Tensor"):
        tensorviz.describe(value)

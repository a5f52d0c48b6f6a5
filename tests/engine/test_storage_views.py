"""Cells of a storage say what torch holds there, for every element type; a large storage is read in a window only.

Must not know how cells are drawn.
"""

from __future__ import annotations

import time

import pytest
import torch

from tensorviz.core.dtypes import DTYPES, dtype_named
from tensorviz.core.storage_picture import draw_storages
from tensorviz.engine.storage_views import cells, storage_views


def name_of(tensor: torch.Tensor) -> str:
    return f"S{tensor.untyped_storage().data_ptr():x}"


def test_tensors_are_grouped_by_storage() -> None:
    points = torch.tensor([[4.0, 1.0], [5.0, 3.0], [2.0, 1.0]])
    copy = points.clone()
    tensors = {"points": points, "t": points.t(), "copy": copy, "meta": torch.empty(2, device="meta"),
               "sparse": torch.eye(2).to_sparse()}  # fmt: skip
    names = {points.data_ptr(): "A", copy.data_ptr(): "B"}
    first, second = storage_views(tensors, lambda tensor: names[tensor.untyped_storage().data_ptr()])
    assert [(view.id, view.nbytes, [t.name for t in view.tensors]) for view in (first, second)] == [
        ("A", 24, ["points", "t"]),
        ("B", 24, ["copy"]),
    ]
    assert [text.text for text in first.values] == ["4.", "1.", "5.", "3.", "2.", "1."]
    assert first.tensors[1].layout.stride == (1, 2)
    assert [tensor.keys for tensor in first.tensors] == [(0, 1), (1, 0)]


@pytest.mark.parametrize("name", sorted(set(DTYPES) - {"complex32", "float4_e2m1fn_x2"}))
def test_cells_hold_what_torch_reads(name: str) -> None:
    dtype = getattr(torch, name)
    # A scale has no zero: torch rounds it up to the smallest power.
    tensor = torch.tensor([1, 1] if "e8m0" in name else [0, 1, 0, 1, 1]).to(dtype)
    found = [text.text for text in cells(tensor, dtype_named(name))]
    expected = tensor.to(torch.complex128 if dtype.is_complex else torch.float64).tolist()
    truth = {"True": 1.0, "False": 0.0}
    assert [truth[text] if text in truth else complex(text) for text in found] == expected


def test_the_most_common_type_gives_the_cells() -> None:
    base = torch.arange(4, dtype=torch.int32)
    [view] = storage_views({"bytes": base.view(torch.uint8), "base": base, "half": base[:2]}, name_of)
    assert (view.dtype, view.cells) == ("int32", 4)


def test_a_storage_shows_its_memory_not_the_mark_of_a_view() -> None:
    base = torch.tensor([1 + 2j])
    [view] = storage_views({"c": base.conj()}, name_of)
    assert view.values[0].text == "1.+2.j"


def test_a_gigabyte_is_read_in_a_window() -> None:
    large = torch.empty(1 << 28)  # untouched pages take no memory
    large[:3] = torch.tensor([1.0, 2.0, 3.0])
    began = time.process_time()
    [view] = storage_views({"large": large, "columns": large.view(1 << 14, 1 << 14).t()}, name_of)
    assert [text.text for text in view.values[:3]] == ["1.", "2.", "3."]
    assert "Not drawn: cells 512 to 268,435,455" in draw_storages((view,)).description
    assert time.process_time() - began < 2


def test_to_look_at_a_storage_leaves_it_resizable() -> None:
    tensor = torch.arange(6.0)
    cells(tensor, dtype_named("float32"))
    tensor.resize_(12)
    assert tensor.untyped_storage().nbytes() == 48

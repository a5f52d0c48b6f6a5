"""What safetensors would refuse, told in time that grows with the number of tensors and no faster.

Must not know files or values; the rule of who shares is written down here once more, plainly.
"""

from __future__ import annotations

import random
import time

import pytest
import safetensors.torch
import torch

from tensorviz.core.checkpoint_bytes import used_bytes
from tensorviz.core.checkpoint_layout import analyse
from tensorviz.core.checkpoint_refusals import groups_sharing, refusals
from tensorviz.core.layout import Layout
from tensorviz.core.stored import Contents, StoredStorage, StoredTensor


def contents_of(layouts: list[Layout], nbytes: int) -> Contents:
    tensors = tuple(StoredTensor(f"t{at}", layout, "float32", "A") for at, layout in enumerate(layouts))
    return Contents("x.pt", "pt-zip", 0, tensors, (StoredStorage("A", nbytes, "x.pt", 0),))


def test_a_few_others_are_named_and_the_rest_counted() -> None:
    found = refusals(contents_of([Layout((4,), (1,), 0)] * 7 + [Layout((2,), (1,), 50)], 400))
    assert [row.name for row in found] == [f"t{at}" for at in range(7)]
    assert found[0].reason == 'it shares memory with "t1", "t2", "t3", "t4" and 2 more'
    assert found[6].reason == 'it shares memory with "t0", "t1", "t2", "t3" and 2 more'
    assert {row.kind for row in found} == {"shared"}


def test_a_name_met_twice_is_not_another() -> None:
    tensors = tuple(StoredTensor(name, Layout((4,), (1,)), "float32", "A") for name in ("a", "a", "b"))
    found = refusals(Contents("x", "pt-zip", 0, tensors, (StoredStorage("A", 16, "x", 0),)))
    assert [row.reason for row in found] == [
        'it shares memory with "b"', 'it shares memory with "b"', 'it shares memory with "a"',
    ]  # fmt: skip  # a table


@pytest.mark.parametrize("seed", range(20))
def test_refused_as_the_library_refuses(seed: int) -> None:
    chance = random.Random(seed)
    big = torch.arange(60.0)
    value = {}
    for at in range(chance.randint(1, 5)):
        first = chance.randrange(50)
        value[f"t{at}"] = big[first : first + chance.randint(1, 10)]
    layouts = [Layout(tuple(one.shape), one.stride(), int(one.storage_offset())) for one in value.values()]
    ours = contents_of(layouts, 240)
    groups = groups_sharing(ours)
    if groups:
        with pytest.raises(RuntimeError) as met:
            safetensors.torch.save(value)
        assert all(name in str(met.value) for group in groups for name in group)
    else:
        safetensors.torch.save(value)


@pytest.mark.parametrize("kind", ["strided", "overlapping", "columns"])
def test_ten_thousand_views_of_one_storage(kind: str) -> None:
    shape, stride, step = {
        "strided": ((3,), (2,), 6), "overlapping": ((6,), (1,), 1), "columns": ((6,), (10_000,), 1),
    }[kind]  # fmt: skip  # a table
    ours = contents_of([Layout(shape, stride, step * at) for at in range(10_000)], 240_000)
    taken = []
    for _ in range(3):
        start = time.process_time()
        found = analyse(ours)
        taken.append(time.process_time() - start)
    assert min(taken) < 1.5  # 0.5 wanted, on a computer that does nothing else
    assert found.wasted == {"strided": 120_000, "overlapping": 240_000 - 4 * 10_005, "columns": 0}[kind]
    assert len(found.refused) == {"strided": 10_000, "overlapping": 10_000, "columns": 20_000}[kind]


def test_pieces_that_step_over_one_another_are_counted_without_looking() -> None:
    assert used_bytes(1 << 50, [Layout((1000, 3, 1 << 20), (1 << 30, 1 << 27, 5), 0)]) == 4 * 3000 * (1 << 20)
    assert used_bytes(10_000, [Layout((5, 7), (3, 2), 0)]) == 4 * len(
        {3 * i + 2 * j for i in range(5) for j in range(7)}
    )

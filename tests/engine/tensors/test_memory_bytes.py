"""Bytes of storages copied in and out: what torch sees in the same memory, and nothing beyond its end.

Must not know how they are copied.
"""

from __future__ import annotations

import pytest
import torch

from tensorviz.engine.tensors.memory_bytes import read_memory, write_memory


def test_bytes_go_in_and_come_out() -> None:
    x = torch.zeros(4, dtype=torch.int16)
    write_memory(x.untyped_storage(), 2, b"\x01\x02\x03\x04")
    assert x.tolist() == [0, 0x0201, 0x0403, 0]
    assert read_memory(x.untyped_storage(), 1, 7) == b"\0\x01\x02\x03\x04\0"
    assert read_memory(x.untyped_storage(), 8, 8) == b""
    write_memory(torch.UntypedStorage(0), 0, b"")
    x.resize_(9)


@pytest.mark.parametrize(("start", "count"), [(-1, 1), (7, 2), (9, 0)])
def test_nothing_is_touched_beyond_the_end(start: int, count: int) -> None:
    memory = torch.zeros(8, dtype=torch.uint8).untyped_storage()
    with pytest.raises(IndexError):
        write_memory(memory, start, bytes(count))
    with pytest.raises(IndexError):
        read_memory(memory, start, start + count)

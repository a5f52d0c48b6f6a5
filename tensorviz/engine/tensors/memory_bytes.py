"""Bytes into a storage of torch and out of it, by copying memory.

Must not know tensors or files. Not through NumPy: a storage that was an array can never be resized. Not through torch's
own copy: it wakes a thread for each core, and where these are busy that takes ten times as long as the copy.
"""

from __future__ import annotations

import ctypes

import torch


def write_memory(memory: torch.UntypedStorage, start: int, raw: bytes) -> None:
    """Puts bytes into a storage of the processor, from byte `start` on. Raises IndexError beyond its end."""
    if not 0 <= start <= start + len(raw) <= memory.nbytes():
        raise IndexError(f"{len(raw)} bytes at {start} do not fit into a storage of {memory.nbytes()}")
    if raw:
        ctypes.memmove(memory.data_ptr() + start, raw, len(raw))


def read_memory(memory: torch.UntypedStorage, start: int, stop: int) -> bytes:
    """Bytes start..stop-1 of a storage on any device. Raises IndexError beyond its end."""
    if not 0 <= start <= stop <= memory.nbytes():
        raise IndexError(f"bytes {start} to {stop} are not in a storage of {memory.nbytes()}")
    if start == stop:
        return b""
    if memory.device.type == "cpu":
        return ctypes.string_at(memory.data_ptr() + start, stop - start)
    cells = torch.empty(0, dtype=torch.uint8, device=memory.device).set_(memory)
    return cells[start:stop].cpu().numpy().tobytes()

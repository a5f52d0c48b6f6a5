"""The files that bench_files_window opens: many tensors, messy ones, large ones.

Must not know what is measured.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

PARTS = ("self_attn.q_proj.weight", "self_attn.k_proj.weight", "self_attn.v_proj.weight", "mlp.up.weight", "norm.bias")
MB = 1 << 20


def names(count: int) -> list[str]:
    """Like those of a network of layers."""
    return [f"model.layers.{number // len(PARTS)}.{PARTS[number % len(PARTS)]}" for number in range(count)]


def write_safetensors(path: Path, count: int, elements: int = 64) -> None:
    """So many tensors of float32, all zeros, in a file without blocks."""
    each = 4 * elements
    shape = [elements // 8, 8]
    header = {
        name: {"dtype": "F32", "shape": shape, "data_offsets": [at * each, (at + 1) * each]}
        for at, name in enumerate(names(count))
    }
    text = json.dumps(header).encode()
    with path.open("wb") as out:
        out.write(len(text).to_bytes(8, "little") + text)
        out.truncate(8 + len(text) + count * each)


def write_messy(path: Path, count: int) -> None:
    """Slices, tied and transposed tensors: every one is told about."""
    import torch

    base = torch.randn(count, 16)
    found = {}
    for number, name in enumerate(names(count)):
        match number % 4:
            case 0:
                found[name] = base[number]
            case 1:
                found[name] = torch.randn(4, 4).t()
            case 2:
                found[name] = torch.randn(64)[:8]
            case _:
                found[name] = found[names(count)[number - 1]] if number < 400 else torch.zeros(0)
    torch.save(found, path)


def write_deflated(path: Path, nbytes: int) -> None:
    """An .npz of one array of zeros and ones that is deflated, made block by block."""
    import zipfile

    import numpy as np

    block = np.random.default_rng(0).integers(0, 2, MB // 4).astype("float32").tobytes()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive, archive.open(
        "a.npy", "w", force_zip64=True
    ) as member:
        shape = {"descr": "<f4", "fortran_order": False, "shape": (nbytes // 4096, 1024)}
        np.lib.format.write_array_header_1_0(member, shape)
        for _ in range(nbytes // MB):
            member.write(block)


def prepare(folder: Path, counts: list[int], messy: int, large: bool) -> None:
    """Writes all files."""
    import torch
    import torchvision

    for count in (10, *counts):
        write_safetensors(folder / f"n{count}.safetensors", count)
        write_safetensors(folder / f"n{count}b.safetensors", count)
    for number in range(20):
        write_safetensors(folder / f"many{number}.safetensors", 50)
    for name in ("mobilenet", "other"):
        torch.save(torchvision.models.mobilenet_v2().state_dict(), folder / f"{name}.pt")
    write_messy(folder / "messy.pt", messy)
    if large:
        write_safetensors(folder / "large.safetensors", 10, 1 << 28)
        write_deflated(folder / "deflated.npz", 1 << 30)

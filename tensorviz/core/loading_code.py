"""Plain code that loads a file of tensors: as short as can be, with torch, numpy and safetensors alone.

Must not know files: what was read of them is given.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tensorviz.core.dtypes import DTYPES
from tensorviz.core.text import plural, printable

if TYPE_CHECKING:
    from tensorviz.core.stored import Contents

MOST_NAMES = 4


def loading_code(contents: Contents) -> str:
    """A script that loads all of the file, a line break at its end."""
    if contents.format == "raw":
        lines = _raw(contents)
    elif contents.format == "safetensors-sharded":
        lines = _sharded(contents.path)
    elif contents.format == "safetensors":
        lines = ["from safetensors.torch import load_file", "", f"tensors = load_file({contents.path!r})"]
    elif contents.format == "npy":
        lines = _array(contents)
    elif contents.format == "npz":
        lines = _arrays(contents)
    else:
        lines = _torch(contents)
    return "\n".join(lines) + "\n"


def _torch(contents: Contents) -> list[str]:
    lines = ["import torch", ""]
    needed = contents.unsafe_globals
    if needed:
        names = ", ".join(printable(name) for name in needed[:MOST_NAMES])
        more = f" and {plural(len(needed) - MOST_NAMES, 'more name')}" if len(needed) > MOST_NAMES else ""
        lines += [
            f"# It names what torch does not load by itself: {names}{more}.",
            "# torch will say how to allow these names; do so only for a file that you trust.",
        ]
    return [*lines, f'checkpoint = torch.load({contents.path!r}, map_location="cpu", weights_only=True)']


def _sharded(index: str) -> list[str]:
    return [
        "import json",
        "from pathlib import Path",
        "",
        "from safetensors.torch import load_file",
        "",
        f"index = Path({index!r})",
        'files = sorted(set(json.loads(index.read_text())["weight_map"].values()))',
        "tensors = {}",
        "for file in files:",
        "    tensors.update(load_file(index.parent / file))",
    ]


def _array(contents: Contents) -> list[str]:
    load = f"array = np.load({contents.path!r})"
    return ["import numpy as np", "import torch", "", load, f"tensor = torch.from_numpy(array{_native(contents)})"]


def _arrays(contents: Contents) -> list[str]:
    made = f"torch.from_numpy(array{_native(contents)})"
    return [
        "import numpy as np",
        "import torch",
        "",
        f"with np.load({contents.path!r}) as arrays:",
        f"    tensors = {{name: {made} for name, array in arrays.items()}}",
    ]


def _native(contents: Contents) -> str:
    """Torch takes numbers in the order of this computer only."""
    turned = any(storage.big_endian for storage in contents.storages)
    return '.astype(array.dtype.newbyteorder("="))' if turned else ""


def _raw(contents: Contents) -> list[str]:
    """The bytes of the one tensor, from where they lie."""
    tensor, storage = contents.tensors[0], contents.storages[0]
    kind = DTYPES[tensor.dtype]
    size = kind.itemsize // 2 if kind.kind == "complex" else kind.itemsize
    turned = f".view(-1, {size}).flip(1).flatten()" if storage.big_endian and size > 1 else ""
    shape = tuple(tensor.layout.shape)
    return [
        "import numpy as np",
        "import torch",
        "",
        f"raw = np.fromfile({contents.path!r}, np.uint8, {tensor.nbytes}, offset={storage.start})",
        f"tensor = torch.from_numpy(raw){turned}.view(torch.{tensor.dtype}).view({shape})",
    ]

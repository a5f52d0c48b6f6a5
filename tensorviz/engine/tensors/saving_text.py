"""Elements as texts that read back to the same elements.

Must not know files or tensors: bits and an element type in, texts out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from tensorviz.core.dtypes import DType, decode

if TYPE_CHECKING:
    from collections.abc import Iterable

Array = np.ndarray[Any, np.dtype[Any]]


def texts_of(bits: Array, kind: DType, met: set[str]) -> list[str]:
    """A text for each of the bits (one dimension). met: "nan" and "inf" are added where there are such."""
    if kind.kind in ("bool", "int", "uint"):
        return list(map(str, _whole(bits, kind).tolist()))
    if kind.kind == "complex":
        parts = _float_texts(bits.view(f"<u{kind.itemsize // 2}"), kind, met)
        return [_complex(*pair) for pair in zip(parts[::2], parts[1::2], strict=True)]
    return _float_texts(bits, kind, met)


def _whole(bits: Array, kind: DType) -> Array:
    return (bits != 0).view(np.uint8) if kind.kind == "bool" else bits.view(kind.numpy or "u1")


def _float_texts(bits: Array, kind: DType, met: set[str]) -> list[str]:
    """Shortest texts that tell the numbers of NumPy's own types apart; all digits of those that NumPy has not."""
    size = bits.itemsize
    if kind.numpy is None:
        codes = {code: _exact(int(code), kind) for code in np.unique(bits).tolist()}
        texts = [codes[code] for code in bits.tolist()]
    else:
        numbers = bits.view(f"<f{size}")
        texts = list(map(repr, numbers.tolist())) if size == 8 else list(map(str, numbers))
    _note(met, set(texts) if kind.numpy is None else _odd(bits.view(f"<f{size}")))
    return texts


def _exact(code: int, kind: DType) -> str:
    """complex32 is two float16, which NumPy has."""
    if kind.kind == "complex":
        return str(np.uint16(code).view(np.float16))
    return repr(decode(code.to_bytes(kind.itemsize, "little"), kind))


def _odd(numbers: Array) -> set[str]:
    found = {"nan"} if bool(np.isnan(numbers).any()) else set[str]()
    return found | ({"inf"} if bool(np.isinf(numbers).any()) else set())


def _note(met: set[str], texts: Iterable[str]) -> None:
    met.update({text.removeprefix("-") for text in texts} & {"nan", "inf"})


def _complex(real: str, imaginary: str) -> str:
    return f"{real}{imaginary}j" if imaginary.startswith("-") else f"{real}+{imaginary}j"

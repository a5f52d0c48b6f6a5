"""What must hold of a tensor for an operation to make sense, and the sentence when it does not.

Must not know forms, or which operations there are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tensorviz.core.why import why_not_in_place

if TYPE_CHECKING:
    from collections.abc import Callable

    from tensorviz.core.operation_data import Operation, Subject

# torch computes with these on every device; the others it stores, views and converts.
ARITHMETIC = frozenset((
    "float64", "float32", "float16", "bfloat16", "int8", "int16", "int32", "int64", "uint8", "bool", "complex64",
    "complex128",
))  # fmt: skip


def why_not(operation: Operation, subject: Subject) -> str:
    """Why an operation cannot be done to the tensor now; empty when it can."""
    for need in operation.needs:
        said = NEEDS[need](subject)
        if said:
            return said
    return ""


def _some_dims(subject: Subject) -> str:
    return "" if subject.layout.ndim else "A single number has no dimensions."


def _two_dims(subject: Subject) -> str:
    return "" if subject.layout.ndim >= 2 else f"It needs two dimensions; the tensor has {subject.layout.ndim}."


def _flat_enough(subject: Subject) -> str:
    return "" if subject.layout.ndim <= 2 else f"It is for at most 2 dimensions; the tensor has {subject.layout.ndim}."


def _a_dim_with_elements(subject: Subject) -> str:
    return _some_dims(subject) or ("" if any(subject.layout.shape) else "Every dimension is empty.")


def _a_dim_of_one(subject: Subject) -> str:
    return "" if 1 in subject.layout.shape else "No dimension has size 1."


def _elements(subject: Subject) -> str:
    return "" if subject.layout.numel else "The tensor has no elements."


def _channels(subject: Subject) -> str:
    ndim = subject.layout.ndim
    return "" if ndim in (4, 5) else f"It is for 4 or 5 dimensions; the tensor has {ndim}."


def _part(subject: Subject) -> str:
    return "" if subject.is_part else "Nothing is selected: select cells of the tensor first."


def _arithmetic(subject: Subject) -> str:
    return "" if subject.dtype in ARITHMETIC else f"torch does not compute with {subject.dtype}: convert it first."


def _fraction(subject: Subject) -> str:
    good = subject.kind.kind in ("float", "complex")
    return _arithmetic(subject) or ("" if good else f"{subject.dtype} holds no fractions: convert it first.")


def _real_fraction(subject: Subject) -> str:
    return _fraction(subject) or _real_numbers(subject)


def _complex(subject: Subject) -> str:
    return "" if subject.kind.kind == "complex" else f"{subject.dtype} has no imaginary part."


def _real_numbers(subject: Subject) -> str:
    return "" if subject.kind.kind != "complex" else "Complex numbers have no order, and no nearest whole number."


def _not_bool(subject: Subject) -> str:
    return "" if subject.dtype != "bool" else "torch does not compute this with bool: convert it first."


def _not_narrow(subject: Subject) -> str:
    narrow = (subject.kind.is_float and subject.kind.itemsize == 1) or subject.dtype == "complex32"
    return f"torch does not do this with {subject.dtype}: convert it first." if narrow else ""


def _own_cells(subject: Subject) -> str:
    pairs = zip(subject.layout.shape, subject.layout.stride, strict=True)
    if not any(size > 1 and stride == 0 for size, stride in pairs):
        return ""  # torch looks for nothing else, and looking for more can take long
    shared = why_not_in_place(subject.layout)
    return "" if shared is None else shared.sentence


def _elsewhere(device: str) -> Callable[[Subject], str]:
    def said(subject: Subject) -> str:
        if subject.device.partition(":")[0] == device:
            return f"The tensor is on {device} already."
        there = {one.partition(":")[0] for one in subject.devices}
        return "" if device in there or device == "cpu" else f"There is no {device} device on this computer."

    return said


NEEDS: dict[str, Callable[[Subject], str]] = {
    "dims": _some_dims, "two dims": _two_dims, "flat": _flat_enough, "a dim with elements": _a_dim_with_elements,
    "a dim of one": _a_dim_of_one, "elements": _elements, "channels": _channels, "part": _part,
    "arithmetic": _arithmetic, "fraction": _fraction, "real fraction": _real_fraction, "complex": _complex,
    "real": _real_numbers, "not bool": _not_bool, "own cells": _own_cells, "not narrow": _not_narrow,
    "to cpu": _elsewhere("cpu"), "to cuda": _elsewhere("cuda"),
}  # fmt: skip

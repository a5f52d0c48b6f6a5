"""A session and its steps in the form of the contract: what `tensorviz tensor` prints as JSON.

Must not know the command line.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tensorviz.engine.console.history import StepDone
    from tensorviz.engine.session import Session

MOST_VALUES = 1000


def report(session: Session, steps: Sequence[StepDone]) -> dict[str, Any]:
    """Steps, tensors and storages; `arrays` has the variables that are numpy's, `warnings` what was said beside."""
    tensors = session.tensors()
    document: dict[str, Any] = {
        "steps": [step_row(step) for step in steps],
        "tensors": [tensor_row(session, name, tensor) for name, tensor in tensors.items()],
        "storages": storage_rows(session, tensors),
    }
    arrays = [array_row(name, value) for name, value in session.variables.items() if isinstance(value, np.ndarray)]
    return document | ({"arrays": arrays} if arrays else {})


def step_row(step: StepDone) -> dict[str, Any]:
    """One step."""
    row: dict[str, Any] = {
        "code": step.code,
        "output": step.output,
        "error": None if step.problem is None else step.problem.as_dict(),
        "effect": step.effect,
        "bytes_copied": step.bytes_copied,
        "ops": [{"name": one.name, "effect": one.effect, "bytes_copied": one.bytes_copied} for one in step.ops],
    }
    said = {"warnings": list(step.warnings), "remarks": list(step.remarks)}
    return row | {kind: texts for kind, texts in said.items() if texts}


def tensor_row(session: Session, name: str, tensor: torch.Tensor) -> dict[str, Any]:
    """One tensor; `values` up to MOST_VALUES elements, where it has some that can be read."""
    row: dict[str, Any] = {
        "name": name,
        "shape": list(tensor.shape),
        "stride": list(tensor.stride()),
        "storage_offset": tensor.storage_offset(),
        "dtype": dtype_name(tensor.dtype),
        "device": str(tensor.device),
        "names": [None] * tensor.dim(),
        "numel": tensor.numel(),
        "storage": None if tensor.is_meta else session.storage_names.name_of(tensor),
        "is_contiguous": tensor.is_contiguous(),
        "is_view": tensor._is_view(),
    }
    if tensor.numel() <= MOST_VALUES and not tensor.is_meta:
        values = values_of(tensor)
        if values is not None:
            row["values"] = values
    return row


def storage_rows(session: Session, tensors: dict[str, torch.Tensor]) -> list[dict[str, Any]]:
    """One row for each storage that a variable looks at, in the order of their letters."""
    rows: dict[str, dict[str, Any]] = {}
    for name, tensor in tensors.items():
        if tensor.is_meta:
            continue
        letter = session.storage_names.name_of(tensor)
        row = rows.setdefault(letter, {"id": letter, "nbytes": 0, "tensors": []})
        row["nbytes"] = max(row["nbytes"], tensor.untyped_storage().nbytes())
        row["tensors"].append(name)
    return [rows[letter] for letter in sorted(rows, key=lambda letter: (len(letter), letter))]


def array_row(name: str, array: np.ndarray[Any, Any]) -> dict[str, Any]:
    """One numpy array; its strides are bytes and may be negative."""
    return {"name": name, "shape": list(array.shape), "strides": list(array.strides), "dtype": str(array.dtype)}


def dtype_name(dtype: torch.dtype) -> str:
    """ "float32" of torch.float32."""
    return str(dtype).removeprefix("torch.")


def values_of(tensor: torch.Tensor) -> Any:
    """Elements nested as `tolist()` gives; NaN and infinities as texts, complex as [re, im]; None if unreadable."""
    with torch.no_grad():
        try:
            return plain_values(tensor.tolist())
        except (RuntimeError, NotImplementedError, TypeError):
            pass
        try:
            return plain_values(tensor.float().tolist())  # the narrow floats, which convert but do not list
        except (RuntimeError, NotImplementedError, TypeError):
            return None


def plain_values(value: Any) -> Any:
    """Nested lists of numbers as JSON can hold them."""
    if isinstance(value, list):
        return [plain_values(item) for item in value]
    if isinstance(value, complex):
        return [plain_values(value.real), plain_values(value.imag)]
    if isinstance(value, float) and not math.isfinite(value):
        return "nan" if math.isnan(value) else ("inf" if value > 0 else "-inf")
    return value

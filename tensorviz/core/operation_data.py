"""Operations as data: what they are called, what they take, and the tensor that they are done to.

Must not know torch, forms, or which operations there are.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from tensorviz.core.dtypes import dtype_named
from tensorviz.core.layout import Layout
from tensorviz.core.session_data import TensorFacts

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tensorviz.core.dtypes import DType
    from tensorviz.core.session_data import SessionFacts

Kind = Literal["choice", "whole", "order", "shape", "number", "flag"]
Value = None | bool | int | str | tuple[int, ...]
Values = dict[str, Value]


@dataclass(frozen=True, slots=True)
class Parameter:
    """One thing that an operation takes. kind: how it is asked for; rule: what it may be (see operation_ranges).

    Values: "choice" one of those offered, "whole" an int, "order" and "shape" tuples of ints, "number" its text, "flag"
    a bool. initial: where a form begins, None for the rule's own.
    """

    id: str
    label: str
    kind: Kind
    rule: str
    initial: Value = None


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation. template: its code with {x} for the tensor and {id} for each parameter.

    suffix: what a new name ends in; empty for what is done in place, which gets no name. needs: what must hold of the
    tensor (see operation_needs). copies: it always makes a new storage.
    """

    id: str
    group: str
    title: str
    tip: str
    template: str
    parameters: tuple[Parameter, ...] = ()
    suffix: str = ""
    needs: tuple[str, ...] = ()

    @property
    def in_place(self) -> bool:
        """Whether it writes to the tensor, and makes none."""
        return not self.suffix

    def parameter(self, key: str) -> Parameter:
        """The parameter of that id."""
        return next(one for one in self.parameters if one.id == key)


@dataclass(frozen=True, slots=True)
class Offer:
    """What a parameter may be now: low..high of a whole number, or the choices with their texts."""

    initial: Value
    low: int = 0
    high: int = 0
    choices: tuple[tuple[Value, str], ...] = ()

    def fitting(self, value: Value) -> Value:
        """The value, or what is offered nearest to it."""
        if self.choices:
            # 0 and False, 1 and True are equal to Python and different choices
            same = any(value == one and isinstance(value, bool) == isinstance(one, bool) for one, _ in self.choices)
            return value if same else self.initial
        if isinstance(value, int) and not isinstance(value, bool):
            return min(max(value, self.low), self.high)
        return self.initial


@dataclass(frozen=True, slots=True)
class Subject:
    """What an operation is done to: a tensor, or a part of one as `code` writes it ("points[1:, 0]").

    base: the name of the tensor. others: all tensors, for what takes a second one. taken: names that are in use.
    devices: where tensors can be ("cpu", "cuda").
    """

    code: str
    base: str
    layout: Layout
    dtype: str
    device: str = "cpu"
    others: tuple[TensorFacts, ...] = ()
    taken: frozenset[str] = frozenset()
    devices: tuple[str, ...] = ("cpu",)

    @property
    def kind(self) -> DType:
        """Its element type."""
        return dtype_named(self.dtype)

    @property
    def is_part(self) -> bool:
        """Whether it is a part of a tensor."""
        return self.code != self.base


def subject_of(
    facts: SessionFacts, name: str, devices: Sequence[str] = ("cpu",), part: tuple[str, Layout] | None = None
) -> Subject | None:
    """The tensor of that name, or a part of it, given as its code and layout; None when there is no such tensor."""
    tensor = facts.tensor(name)
    if tensor is None:
        return None
    code, layout = part or (name, tensor.layout)
    taken = {one.name for one in facts.tensors} | {other for other, _ in facts.other}
    return Subject(
        code, name, layout, tensor.dtype, tensor.device, facts.tensors, frozenset(taken), tuple(devices) or ("cpu",)
    )


def indexed(layout: Layout, ranges: Sequence[tuple[int, int]]) -> Layout:
    """The layout of `x[1, 0:2]`: a dimension of which one index is taken goes away, unless it has only that one."""
    offset = layout.offset + sum(first * step for (first, _), step in zip(ranges, layout.stride, strict=True))
    kept = [dim for dim, (a, b) in enumerate(ranges) if b != a + 1 or layout.shape[dim] == 1]
    shape = tuple(ranges[dim][1] - ranges[dim][0] for dim in kept)
    return Layout(shape, tuple(layout.stride[dim] for dim in kept), offset, layout.itemsize)


def suggested_name(operation: Operation, subject: Subject) -> str:
    """A name for what comes out that is free and can be read: "points_t", then "points_t2"."""
    if operation.in_place:
        return ""
    base = re.sub(r"\W+", "_", subject.base).strip("_") or "x"
    base = base if not base[0].isdigit() else f"x{base}"
    return free_name(f"{base}_{operation.suffix}", subject.taken)


def free_name(wanted: str, taken: frozenset[str]) -> str:
    """The name, with the smallest number from 2 on behind it that makes it free."""
    name, number = wanted, 1
    while name in taken:
        number += 1
        name = f"{wanted}{'' if not wanted[-1].isdigit() else '_'}{number}"
    return name


def whole_numbers(values: Mapping[str, Value], *keys: str) -> tuple[int, ...]:
    """The values of some parameters that are whole numbers."""
    found = (values[key] for key in keys)
    return tuple(value for value in found if isinstance(value, int))

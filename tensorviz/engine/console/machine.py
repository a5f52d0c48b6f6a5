"""What evaluates a call, an attribute, an index, a printed value, with every value checked on its way.

Must not know the syntax tree, nor which names there are (they are handed in).
"""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from tensorviz.engine.console import bounded
from tensorviz.engine.console.arrays import check_argument, check_call, check_result
from tensorviz.engine.console.limits import Budget, Limits, weigh
from tensorviz.engine.console.printing import Printer
from tensorviz.engine.console.problems import Refused
from tensorviz.engine.console.torch_calls import checked_arguments, guarded
from tensorviz.engine.console.values import Function, GradSwitch, Namespace, StorageHandle, TypeName
from tensorviz.engine.console.witness import Witness

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tensorviz.engine.cancel import CancelToken
    from tensorviz.engine.console.recorder import Recorder

OWN_KINDS = {
    Function: "function", TypeName: "type", Namespace: "module", StorageHandle: "storage", GradSwitch: "grad mode",
}  # fmt: skip


class Machine:
    """The operations of the language. One lives as long as a session; `begin` gives each step a fresh budget."""

    def __init__(
        self,
        limits: Limits,
        recorder: Recorder,
        attribute: Callable[[Machine, Any, str], Any],
        assign_attribute: Callable[[Machine, Any, str, Any], None],
        types: dict[type, TypeName],
    ) -> None:
        self.limits = limits
        self.recorder = recorder
        self.printer = Printer()
        self.witness = recorder.witness = Witness()
        self.budget = Budget(limits)
        self._attribute, self._assign_attribute = attribute, assign_attribute
        self._types = types

    def begin(self, cancel: CancelToken | None) -> None:
        """A new step: budget and output start anew."""
        self.budget = Budget(self.limits, cancel)
        self.recorder.budget = self.budget
        self.printer.begin(self.limits.output)
        self.witness.begin()

    def allowed_bytes(self) -> int:
        """How large one new array may be."""
        return self.recorder.cost.allowed()

    def call(self, function: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """`function(*args, **kwargs)`; only what the language has as a function or type can be called."""
        self.budget.spend()
        if isinstance(function, TypeName):
            if function.make is None:
                raise Refused(f"{function.name} cannot be called here.")
            function = function.make
        if not isinstance(function, Function):
            raise TypeError(f"{self.type_text(function)!r} object is not callable")
        if function.kind == "python":
            return function.call(self, *function.bound, *args, **kwargs)
        return self._call_torch(function, args, kwargs) if function.kind == "torch" else self._numpy(
            function, args, kwargs
        )

    def _call_torch(self, function: Function, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        args, kwargs = checked_arguments(self, function.name, (*function.bound, *args), kwargs)
        return guarded(function.call(*args, **kwargs))

    def _numpy(self, function: Function, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        args = (*function.bound, *(check_argument(self, value) for value in args))
        kwargs = {name: check_argument(self, value) for name, value in kwargs.items()}
        check_call(self, function.name.partition(".")[2], args, kwargs)
        if isinstance(kwargs.get("out"), np.ndarray):
            self.recorder.writing_array(kwargs["out"], kwargs["out"])
        return check_result(function.call(*args, **kwargs))

    def attribute(self, value: Any, name: str) -> Any:
        """`value.name`, when it is offered."""
        return self._attribute(self, value, name)

    def assign_attribute(self, value: Any, name: str, new: Any) -> None:
        """`value.name = new`, when it may be set."""
        self._assign_attribute(self, value, name, new)

    def subscript(self, value: Any, index: Any) -> Any:
        """`value[index]`."""
        return bounded.subscript(self, value, index)

    def store(self, value: Any, index: Any, item: Any) -> None:
        """`value[index] = item`."""
        if isinstance(value, torch.Tensor):
            (item,), _ = checked_arguments(self, "indexing", (item,), {})
            value[self.index(index)] = item
        elif isinstance(value, np.ndarray):
            place = self._array_index(index)
            part = value[place] if np.size(check_argument(self, item)) > 1 else None
            self.recorder.writing_array(value, part if isinstance(part, np.ndarray) and part.base is not None else None)
            value[place] = check_argument(self, item)
        elif isinstance(value, list) and isinstance(index, slice):
            items = list(self.budget.counted(self.iterate(item), "A list"))
            self.budget.fit(len(value) + len(items), "A list")
            value[index] = items
        elif isinstance(value, list):
            value[operator.index(index)] = item
        elif isinstance(value, dict):
            self.budget.fit(len(value) + 1, "A dict")
            value[bounded.hashable(self, index)] = item
        elif isinstance(value, StorageHandle):
            value[index] = item
        else:
            raise TypeError(f"{self.type_text(value)!r} object does not support item assignment")

    def remove(self, value: Any, index: Any) -> None:
        """`del value[index]`."""
        if not isinstance(value, list | dict):
            raise TypeError(f"{self.type_text(value)!r} object does not support item deletion")
        del value[index if isinstance(value, list) else bounded.hashable(self, index)]

    def index(self, index: Any) -> Any:
        """An index of a tensor, checked."""
        (checked,), _ = checked_arguments(self, "indexing", (index,), {})
        return checked

    def array_item(self, array: Any, index: Any) -> Any:
        """`array[index]` of numpy."""
        return check_result(array[self._array_index(index)])

    def _array_index(self, index: Any) -> Any:
        if isinstance(index, tuple):
            return tuple(check_argument(self, part) for part in index)
        return check_argument(self, index)

    def iterate(self, value: Any) -> Iterator[Any]:
        """The elements of `value` one after the other; each spends from the budget."""
        if isinstance(value, torch.Tensor) and value.dim():
            self.budget.fit(value.size(0), "A loop over a tensor")
        elif not isinstance(value, str | list | tuple | dict | set | range | np.ndarray) and not hasattr(
            type(value), "__iter__"
        ):
            raise TypeError(f"{self.type_text(value)!r} object is not iterable")
        if isinstance(value, Function | TypeName):
            raise TypeError(f"{self.type_text(value)!r} object is not iterable")
        for item in value:
            self.budget.spend()
            yield item

    def text(self, value: Any) -> str:
        """`repr(value)`."""
        self.check_printable(value)
        with self.recorder.muted():
            return self.printer.text(value)

    def words(self, value: Any) -> str:
        """`str(value)`."""
        if isinstance(value, str):
            return value
        self.check_printable(value)
        with self.recorder.muted():
            return self.printer.words(value)

    def check_printable(self, value: Any) -> None:
        """Raises Refused for a nest of lists that would print without end, or thousands of tensors in a list."""
        weigh(self.budget, value, "What is printed")
        if isinstance(value, list | tuple | dict | set):
            inner = value.values() if isinstance(value, dict) else value
            if sum(isinstance(item, torch.Tensor | list | tuple) for item in inner) > 2000:
                raise Refused("More than 2,000 tensors or lists in one list are not printed.", "Print a part of it.")

    def show(self, value: Any) -> None:
        """What a Python prompt does with the value of a line: prints it, unless it is None."""
        if value is not None:
            self.printer.write(self.text(value) + "\n")

    def plain(self, value: Any) -> Any:
        """The value for `%`: numbers and texts as they are, anything else as its text."""
        return value if isinstance(value, bool | int | float | complex | str | dict) else self.words(value)

    def type_of(self, value: Any) -> TypeName:
        """`type(value)`."""
        kind = type(value)
        return self._types.get(kind) or TypeName(kind, OWN_KINDS.get(kind, kind.__qualname__))

    def type_text(self, value: Any) -> str:
        """The name of the type of `value`, for messages."""
        return self.type_of(value).name.rpartition(".")[2]

    def a_type_text(self, value: Any) -> str:
        """The same with its article, to open a sentence."""
        name = self.type_text(value)
        return f"{'An' if name[0].lower() in 'aeiou' or name == 'ndarray' else 'A'} {name}"

    def truth(self, value: Any) -> bool:
        """Whether `value` counts as true; torch and numpy refuse more than one element themselves."""
        return bool(value)

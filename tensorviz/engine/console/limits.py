"""How much one step may do: sizes that are bounded before anything is computed, and a budget for what repeats.

Must not know the syntax tree or torch.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tensorviz.core.errors import TensorvizError
from tensorviz.core.text import bytes_text, count_text
from tensorviz.engine.console.problems import Refused
from tensorviz.engine.console.reachable import ATOMS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tensorviz.engine.cancel import CancelToken


@dataclass(frozen=True, slots=True)
class Limits:
    """bits: of a Python integer. length: elements of a text, list, tuple, dict or set, the nested ones counted.

    operations: parts of the syntax tree that one step may evaluate. output: characters that one step may print.
    bytes: of one new tensor or array. work: elements that one operation may read and write. depth: of nesting.
    """

    bits: int = 4096
    length: int = 1_000_000
    operations: int = 2_000_000
    output: int = 1_000_000
    bytes: int = 2_000_000_000
    work: int = 20_000_000_000
    depth: int = 60


class Halted(TensorvizError):
    """A step was ended from outside the language: `except` of the language does not catch it."""


class TooCostly(Halted):
    """A step would take much memory or time. `bytes` is what it would allocate, 0 when the time is the trouble."""

    def __init__(self, message: str, hint: str, size: int = 0) -> None:
        super().__init__(message, hint)
        self.bytes = size


class Budget:
    """What is left for one step. Every part of the syntax tree and every operation of torch spends from it."""

    def __init__(self, limits: Limits, cancel: CancelToken | None = None) -> None:
        self.limits = limits
        self._cancel = cancel
        self._left = limits.operations
        self._made = 0

    def spend(self) -> None:
        """One small piece of work. Raises Cancelled when the person asked, Halted when the budget is used up."""
        if self._cancel is not None:
            self._cancel.check()
        self._left -= 1
        if self._left < 0:
            raise Halted(
                f"The step did not end within {count_text(self.limits.operations)} operations and was stopped.",
                "Is there a loop without end? An operation on a whole tensor counts as one.",
            )

    def fit(self, length: int, what: str = "A sequence") -> int:
        """`length`, when a text or sequence may have it; raises Refused otherwise, and Halted for too many of them."""
        if length > self.limits.length:
            raise Refused(
                f"{what} of {count_text(length) if length < 10**15 else 'more than 10^15'} elements was asked for; "
                f"the console makes them up to {count_text(self.limits.length)}.",
                "Tensors may be larger: torch.arange(n), torch.zeros(n).",
            )
        self._made += length
        if self._made > 50 * self.limits.length:
            raise Halted("The step made too many long Python sequences and was stopped.", "Use tensors for them.")
        return length

    def counted(self, items: Iterable[Any], what: str = "A sequence") -> Iterator[Any]:
        """The items one by one; raises Refused at the first that is too many."""
        for count, item in enumerate(items, 1):
            if count > self.limits.length:
                self.fit(count, what)
            if count % 1024 == 0:
                self.spend()
            yield item

    def whole(self, number: int) -> int:
        """`number`, when it has no more bits than an integer may have."""
        self.bits(number.bit_length())
        return number

    def bits(self, count: float) -> None:
        """Raises Refused when an integer of `count` bits is more than one may have."""
        if count > self.limits.bits:
            raise Refused(
                f"An integer of more than {count_text(self.limits.bits)} bits was asked for.",
                "Use float, or a tensor of float64.",
            )


def weigh(budget: Budget, value: object, what: str = "A value") -> None:
    """Raises Refused when a nest of lists, tuples, dicts and sets holds too much, or holds itself.

    A list within a list counts each time it is met, as printing and comparing meet it: [[x] * 1000] * 1000 is a
    million elements although it is two short lists.
    """
    if isinstance(value, (list, tuple, dict, set, str)):
        _weight(budget, value, {}, 0, what)


def _weight(budget: Budget, value: Any, known: dict[int, int], depth: int, what: str) -> int:
    if not isinstance(value, (list, tuple, dict, set)):
        return 1
    if id(value) in known:
        return known[id(value)]
    if depth > budget.limits.depth:
        raise Refused(f"{what} is nested deeper than {budget.limits.depth} levels, or holds itself.")
    inner = [*value, *value.values()] if isinstance(value, dict) else value
    nested = [item for item in inner if type(item) not in ATOMS]
    total = 1 + len(inner) - len(nested)
    for item in nested:
        total += _weight(budget, item, known, depth + 1, what)
        if total > 2 * budget.limits.length:
            budget.fit(total, f"{what} with nested parts")
    known[id(value)] = total
    return total


def costly(what: str, size: int) -> TooCostly:
    """The refusal of `size` bytes for `what`."""
    return TooCostly(
        f"{what} would take {bytes_text(size)} of memory.", "Ask for less, or allow it: --allow-bytes N.", size
    )

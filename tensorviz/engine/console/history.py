"""The tree of steps, what each needs to be taken back and done again, and how much of that is kept.

Must not know how a step is run, nor the variables themselves.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypeVar

from tensorviz.core.errors import ValueRefused
from tensorviz.core.reasons import Reason
from tensorviz.core.text import bytes_text, count_text
from tensorviz.engine.console.effects import Effect, OperationEffect
from tensorviz.engine.console.problems import StepProblem
from tensorviz.engine.console.reachable import reachable
from tensorviz.engine.console.undo import Journal
from tensorviz.engine.console.values import identity_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tensorviz.engine.console.effects import Key
    from tensorviz.engine.console.undo import Moment

T = TypeVar("T")
MOST_HELD = 2_000_000_000  # bytes that the history alone keeps alive
MOST_STEPS = 10_000  # that can be taken back
LESS = 0.9  # of either is left when it was too much, so that the tree is not looked through at every step
SHORT = 10_000  # characters of output that are kept of a step that cannot be taken back any more


@dataclass(frozen=True, slots=True)
class StepDone:
    """One step after it ran. effect: None when it neither made, changed nor showed a tensor.

    output: what a Python prompt would have printed. warnings: what torch or Python had to say beside it. remarks: what
    is worth knowing although nothing went wrong. surprise: the numbers behind one of these.
    """

    code: str
    output: str
    problem: StepProblem | None
    effect: Effect | None
    bytes_copied: int
    ops: tuple[OperationEffect, ...]
    warnings: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    surprise: Reason | None = None


class HistoryNode:
    """A step in the tree of steps. `forgotten`: what it needs to be taken back is no longer kept.

    last: what `_` is after it.
    """

    def __init__(self, number: int, parent: HistoryNode | None, step: StepDone | None) -> None:
        self.number = number
        self.parent = parent
        self.step = step
        self.children: list[HistoryNode] = []
        self.before: Moment | None = None
        self.after: Moment | None = None
        self.journal = Journal()
        self.followed = False  # whether autograd's own record was changed, which nothing takes back
        self.forgotten = False
        self.last: Any = None
        self.held = 0

    def path(self) -> list[HistoryNode]:
        """From the first to this one."""
        node: HistoryNode | None = self
        found = []
        while node is not None:
            found.append(node)
            node = node.parent
        return found[::-1]

    def all(self) -> Iterator[HistoryNode]:
        """The node and all below it."""
        waiting = [self]
        while waiting:
            node = waiting.pop()
            yield node
            waiting.extend(node.children)

    def keep(self, before: Moment, after: Moment, last: Any) -> None:
        """What the step led from and to; storages that it dropped, or only showed, are alive because of this alone."""
        self.before, self.after, self.last = before, after, last
        self.held = self.journal.bytes + _dropped(before, after) + after.weight
        if self.parent is None or last is not self.parent.last:
            self.held += _unnamed(last, after)

    def forget(self) -> None:
        """Lets go of what is needed to take the step back, and of what nobody looks at then."""
        self.before = None
        self.journal = Journal()
        self.forgotten, self.held = True, 0
        if self.step is not None:
            self.step = replace(self.step, output=self.step.output[:SHORT], ops=())

    def check(self) -> None:
        """Raises ValueRefused when the step cannot be taken back."""
        if self.forgotten:
            raise ValueRefused("This step cannot be undone: what it wrote over is no longer kept.", _kept())
        self.journal.check()
        if self.followed:
            raise ValueRefused("This step cannot be undone: autograd recorded it.", "Go back further, or run again.")

    def check_again(self) -> None:
        """Raises ValueRefused when the step cannot be done again after it was taken back."""
        if self.after is None or self.forgotten:
            raise ValueRefused("This step cannot be done again: what it led to is no longer kept.", _kept())


def _kept() -> str:
    return (
        f"The history keeps up to {count_text(MOST_STEPS)} steps, and up to {bytes_text(MOST_HELD)} "
        "that nothing else needs."
    )


def _dropped(before: Moment, after: Moment) -> int:
    """Bytes of the storages that a step let go of; counted once for each storage."""
    gone = {state.layout[0]: state for key, state in before.tensors.items() if after.tensors.get(key) is not state}
    return sum(one.shown.untyped_storage().nbytes() for one in _without(gone, after).values())


def _unnamed(value: Any, after: Moment) -> int:
    """Bytes of the storages in a value that no variable has."""
    shown = {identity_of(one): one for one in reachable((value,)).tensors.values()}
    return sum(one.untyped_storage().nbytes() for one in _without(shown, after).values())


def _without(places: dict[Key, T], after: Moment) -> dict[Key, T]:
    """Those of the storages that no tensor of the session is on; meta tensors have none."""
    if not places:
        return {}
    alive = {state.layout[0] for state in after.tensors.values()}
    return {key: one for key, one in places.items() if key not in alive and key[0] != "meta"}


class Kept:
    """The steps that can be taken back or done again, oldest first, and what they hold."""

    def __init__(self, most_bytes: int = MOST_HELD, most_steps: int = MOST_STEPS) -> None:
        self._most_bytes, self._most_steps = most_bytes, most_steps
        self._nodes: deque[HistoryNode] = deque()
        self.bytes = self.count = 0

    def add(self, node: HistoryNode) -> None:
        """A step was run, after which the session stands now; the oldest are let go when they are too much."""
        self._nodes.append(node)
        self.bytes += node.held
        self.count += 1
        if self.bytes <= self._most_bytes and self.count <= self._most_steps:
            return
        way = set(map(id, node.path()))
        while self._nodes and (self.bytes > LESS * self._most_bytes or self.count > LESS * self._most_steps):
            self._forget(self._nodes.popleft(), way)

    def _forget(self, node: HistoryNode, way: set[int]) -> None:
        """One step, and all that can be reached no more without it."""
        if node.forgotten:
            return
        assert node.parent is not None, "the beginning is never kept"
        if id(node) not in way:
            self._let_go(node)
            return
        node.parent.after = node.parent.last = None
        self._release(node)
        for other in node.parent.children:
            if other is not node:
                self._let_go(other)

    def _let_go(self, branch: HistoryNode) -> None:
        for node in branch.all():
            node.after = node.last = None
            if not node.forgotten:
                self._release(node)

    def _release(self, node: HistoryNode) -> None:
        self.bytes -= node.held
        self.count -= 1
        node.forget()


def shared_operations(ops: tuple[OperationEffect, ...]) -> tuple[OperationEffect, ...]:
    """The same list with equal ones as one object: a loop does the same few thousands of times."""
    same: dict[OperationEffect, OperationEffect] = {}
    return tuple(same.setdefault(one, one) for one in ops)

"""The tree of steps, what each needs to be taken back and done again, and how much of that is kept.

Must not know how a step is run, nor the variables themselves.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tensorviz.core.errors import ValueRefused
from tensorviz.core.text import bytes_text
from tensorviz.engine.console.effects import Effect, OperationEffect
from tensorviz.engine.console.problems import StepProblem
from tensorviz.engine.console.undo import Journal
from tensorviz.engine.console.values import identity_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tensorviz.engine.console.undo import Moment

MOST_HELD = 2_000_000_000  # bytes that the history alone keeps alive


@dataclass(frozen=True, slots=True)
class StepDone:
    """One step after it ran. effect: None when it neither made, changed nor showed a tensor.

    output: what a Python prompt would have printed. warnings: what torch or Python had to say beside it. remarks: what
    is worth knowing although nothing went wrong.
    """

    code: str
    output: str
    problem: StepProblem | None
    effect: Effect | None
    bytes_copied: int
    ops: tuple[OperationEffect, ...]
    warnings: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()


class HistoryNode:
    """A step in the tree of steps. `forgotten`: what it needs to be taken back is no longer kept."""

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

    def keep(self, before: Moment, after: Moment) -> None:
        """What the step led from and to; storages that it dropped are alive because of this alone."""
        self.before, self.after = before, after
        self.held = self.journal.bytes + _dropped(before, after)

    def forget(self) -> None:
        """Lets go of what is needed to take the step back."""
        self.before = None
        self.journal = Journal()
        self.forgotten, self.held = True, 0

    def check(self) -> None:
        """Raises ValueRefused when the step cannot be taken back."""
        if self.forgotten:
            raise ValueRefused(
                "This step cannot be undone: what it wrote over is no longer kept.",
                f"The history keeps up to {bytes_text(MOST_HELD)} that nothing else needs.",
            )
        self.journal.check()
        if self.followed:
            raise ValueRefused("This step cannot be undone: autograd recorded it.", "Go back further, or run again.")


def _dropped(before: Moment, after: Moment) -> int:
    """Bytes of the storages that a step let go of; counted once for each storage."""
    alive = {identity_of(state.tensor) for state in after.tensors.values() if not state.tensor.is_meta}
    gone = {identity_of(s.tensor): s.tensor for s in before.tensors.values() if not s.tensor.is_meta}
    return sum(tensor.untyped_storage().nbytes() for key, tensor in gone.items() if key not in alive)


def forget_oldest(here: HistoryNode, most: int = MOST_HELD) -> None:
    """Lets the oldest steps on the way to `here` go while the whole tree holds more than `most` bytes."""
    way = here.path()[1:]
    root = here.path()[0]
    total = sum(node.held for node in root.all())
    for node in way:
        if total <= most:
            return
        if not node.forgotten:
            total -= node.held
            node.forget()

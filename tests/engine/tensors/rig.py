"""A desk of its own for a test, what it holds as plain data, and an engine that runs until something was reported.

Must not know what any test expects.
"""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import torch

from tensorviz.engine.messages import Event, JobCancelled, JobFailed, JobFinished, Request
from tensorviz.engine.tensors.board import Board
from tensorviz.engine.tensors.desk import Desk, Questions
from tensorviz.engine.tensors.facts import named_tensors, step_row
from tensorviz.engine.tensors.handlers import DeskSource, tensor_handlers
from tensorviz.engine.worker import Engine

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tensorviz.core.session_data import StepRow

E = TypeVar("E", bound=Event)
SECONDS = 30.0


def brought(action: dict[str, Any], _terms: object = None) -> tuple[str, Mapping[str, Any]]:
    """Values from outside, for tests: `{"made": n}` is a tensor of n ones; anything else is refused."""
    return f"# brought {action['made']}", {"given": torch.ones(action["made"])}


def new_desk(folder: Path | None = None) -> Desk:
    """A desk with nothing on it."""
    return Desk(folder, Board(), Questions(), brought)


def run(desk: Desk, *codes: str) -> list[StepRow]:
    """Runs steps; none may be refused for what it costs."""
    return [row for code in codes for row in desk.run(code, None, None)]


def restored(folder: Path) -> tuple[Desk, list[StepRow], list[str]]:
    """A new desk with what the folder holds, its steps, and what could not be brought back."""
    desk = new_desk(folder)
    saved = desk.saved()
    if saved is None:
        return desk, [], []
    done = list(desk.restore(saved, None))
    return desk, [one for one in done if not isinstance(one, str)], [one for one in done if isinstance(one, str)]


def holds(desk: Desk) -> dict[str, Any]:
    """What a desk holds, so that two can be compared: tensors with bytes and layouts, values, steps, random numbers."""
    tensors, _ = named_tensors(desk.session.variables)
    facts = desk.facts()
    nodes = [node for node in desk.session.root.all() if node.parent is not None]
    return {
        "tensors": {name: _plain(one) for name, one in tensors.items()},
        "letters": {one.name: one.storage for one in facts.tensors},
        "other": facts.other,
        "steps": sorted(_step(step_row(node)) for node in nodes),
        "here": facts.here,
        "undo": (facts.can_undo, facts.can_redo),
        "random": (desk.session._random[0].tolist(), desk.session._drawn.get_state()[1].tolist()),  # type: ignore[index]
    }


def _step(row: StepRow) -> tuple[Any, ...]:
    return row.number, row.parent, row.code, row.output, str(row.effect), row.bytes_copied


def _plain(tensor: torch.Tensor) -> tuple[Any, ...]:
    layout = (tuple(tensor.shape), tensor.stride(), tensor.storage_offset(), str(tensor.dtype))
    whole = torch.empty(0, dtype=torch.uint8).set_(tensor.untyped_storage()) if not tensor.is_meta else None
    raw = None if whole is None else bytes(whole.tolist())
    return layout, raw, tensor.requires_grad, tensor.is_conj(), tensor.is_neg()


class Running:
    """The real engine with the session's handlers. `ask` gives the events of a request after it ended."""

    def __init__(self, folder: Path | None = None) -> None:
        self.source = DeskSource(folder)
        self.events: list[Event] = []
        self._changed = threading.Condition()
        self.engine = Engine(tensor_handlers(self.source), self._report)

    def __enter__(self) -> Running:
        return self

    def __exit__(self, *_: object) -> None:
        assert self.engine.stop(SECONDS)

    def _report(self, event: Event) -> None:
        with self._changed:
            self.events.append(event)
            self._changed.notify_all()

    def wait(self, holds: Callable[[], bool]) -> None:
        """Waits until something holds; looked at after each event."""
        with self._changed:
            assert self._changed.wait_for(holds, SECONDS), self.events[-5:]

    def send(self, request: Request) -> int:
        """Sends without waiting."""
        return self.engine.submit(request)

    def of(self, job: int) -> list[Event]:
        """The events of a job so far."""
        return [event for event in self.events if event.job == job]

    def ended(self, job: int) -> list[Event]:
        """The events of a job after it ended."""
        last = JobFinished | JobCancelled | JobFailed
        self.wait(lambda: any(isinstance(event, last) for event in self.of(job)))
        return self.of(job)

    def ask(self, request: Request) -> list[Event]:
        """Sends and waits for the end."""
        return self.ended(self.send(request))

    def find(self, events: list[Event], kind: type[E]) -> list[E]:
        """The events of one kind."""
        return [event for event in events if isinstance(event, kind)]

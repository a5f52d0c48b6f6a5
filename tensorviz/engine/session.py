"""The open tensors and storages of one person at work: steps run, their effects, history, undo and redo.

Must not know the window or the command line, nor how the language is evaluated.
"""

from __future__ import annotations

import contextlib
import warnings
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from tensorviz.core.errors import Cancelled, ValueRefused
from tensorviz.engine.console.attributes import assign_attribute, attribute, starting_names, types_by_class
from tensorviz.engine.console.cost import Cost
from tensorviz.engine.console.dimension_keys import DimensionKeys
from tensorviz.engine.console.evaluate import Evaluator
from tensorviz.engine.console.execute import Executor
from tensorviz.engine.console.history import HistoryNode, StepDone, forget_oldest
from tensorviz.engine.console.limits import Halted, Limits
from tensorviz.engine.console.machine import Machine
from tensorviz.engine.console.problems import StepProblem, explained_problem, problem_from
from tensorviz.engine.console.reachable import reachable
from tensorviz.engine.console.recorder import Recorder
from tensorviz.engine.console.step_effect import Memory
from tensorviz.engine.console.steps import ParsedStep, split_steps
from tensorviz.engine.console.storage_names import StorageNames
from tensorviz.engine.console.undo import Moment, random_state, set_random_state
from tensorviz.engine.console.values import Function, GradSwitch, Namespace, TypeName

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Iterator, Mapping

    from tensorviz.engine.cancel import CancelToken
    from tensorviz.engine.console.limits import TooCostly


class Session:
    """Variables, storages and history. Use from one thread at a time.

    limits: of one step. allow_bytes: how large one new tensor may be, None for the limit's. ask: called with a
    TooCostly before a costly operation, gives whether it may run. device: where new tensors are made, "" for torch's
    own choice. history: whether steps can be undone (what they write over is then kept in memory). seed: of the random
    numbers; None lets them go on from torch's own.
    """

    def __init__(
        self,
        limits: Limits | None = None,
        *,
        allow_bytes: int | None = None,
        ask: Callable[[TooCostly], bool] | None = None,
        device: str = "",
        history: bool = True,
        seed: int | None = None,
    ) -> None:
        limits = limits or Limits()
        self.storage_names = StorageNames()
        self.dimension_keys = DimensionKeys()
        self._names: dict[str, Any] = {}
        self._drawn = np.random.RandomState(None if seed is None else seed % 2**32)
        self._random = random_state() if seed is None else _seeded(seed)
        self._device = device
        self._keeps_history = history
        self._recorder = Recorder(limits, Cost(limits, allow_bytes, ask))
        self._machine = Machine(limits, self._recorder, attribute, assign_attribute, types_by_class())
        self._evaluator = Evaluator(self._machine, self._names, starting_names(self._drawn))
        self._executor = Executor(self._evaluator)
        self._root = self._here = HistoryNode(0, None, None)
        self._latest: Moment | None = None
        self._count = 0

    @property
    def variables(self) -> dict[str, Any]:
        """What the person named, in the order of naming; functions and modules are left out."""
        hidden = Function | Namespace | TypeName | GradSwitch
        return {name: value for name, value in self._names.items() if not isinstance(value, hidden)}

    @property
    def known_names(self) -> dict[str, Any]:
        """Everything that can be said without a dot, and what it stands for."""
        return {**self._evaluator.starting, **self._names}

    def tensors(self) -> dict[str, torch.Tensor]:
        """The variables that are tensors."""
        return {name: value for name, value in self._names.items() if isinstance(value, torch.Tensor)}

    def run(self, source: str, cancel: CancelToken | None = None) -> Iterator[StepDone]:
        """Runs the steps of `source` one after the other; one that fails does not stop the next.

        Raises Refused for a text that is too long, Cancelled when the token says so (earlier steps stay).
        """
        for parsed in split_steps(source):
            yield self.run_step(parsed, cancel)

    def run_step(self, parsed: ParsedStep, cancel: CancelToken | None = None) -> StepDone:
        """Runs one step and adds it to the history."""
        with self._own_random():
            before = self._moment()
            memory = Memory(before)
            node = HistoryNode(self._count + 1, self._here, None)
            self._machine.begin(cancel)
            journal = node.journal if self._keeps_history else None
            self._recorder.begin(memory.storages, before.arrays.values(), journal)
            try:
                problem, said = self._attempt(parsed)
            except Cancelled:
                self._finish(node, memory, before, parsed, StepProblem("The step was cancelled."), ())
                raise
            return self._finish(node, memory, before, parsed, problem, said)

    def _moment(self) -> Moment:
        """The session as it is: what the last step left, when nothing was undone or done again since."""
        return self._latest or Moment(self._names, self._drawn)

    def put(self, code: str, values: Mapping[str, Any]) -> StepDone:
        """Adds a step that binds values from outside to names; `code` tells what they are."""
        with self._own_random():
            before = self._moment()
            memory = Memory(before)
            node = HistoryNode(self._count + 1, self._here, None)
            self._machine.begin(None)
            self._recorder.begin(memory.storages, before.arrays.values(), node.journal)
            self._executor.shown = None
            self._names.update(values)
            return self._finish(node, memory, before, ParsedStep(code, None), None, ())

    def _attempt(self, parsed: ParsedStep) -> tuple[StepProblem | None, tuple[str, ...]]:
        """Runs the statement; gives what went wrong, and what was said beside it."""
        self._executor.shown = None
        if parsed.node is None or parsed.error is not None:
            return problem_from(parsed.error or ValueError("not a statement"), parsed.code), ()
        problem = None
        with _hearing_warnings() as heard, self._making_on_device():
            try:
                with self._recorder:
                    self._executor.run_step(parsed.node)
            except Cancelled:
                raise
            except (Exception, Halted) as error:  # noqa: BLE001 - whatever the person's code raised is theirs to read
                problem = explained_problem(error, parsed.code, *self._machine.witness.explained(error))
        return problem, tuple(dict.fromkeys(str(one.message).splitlines()[0] for one in heard))

    def _finish(
        self, node: HistoryNode, memory: Memory, before: Moment, parsed: ParsedStep,
        problem: StepProblem | None, said: tuple[str, ...],
    ) -> StepDone:  # fmt: skip
        recorded = self._recorder.recorded()
        effect, copied = memory.effect(self._names, self._executor.shown, recorded, problem is not None)
        output, remarks = self._machine.printer.output(), tuple(self._machine.witness.remarks)
        step = StepDone(parsed.code, output, problem, effect, copied, recorded.ops, said, remarks)
        for tensor in self.tensors().values():
            if not tensor.is_meta:
                self.storage_names.name_of(tensor)
        self.dimension_keys.follow(reachable(self._names.values()).tensors.values(), recorded.origins.alike)
        if self._keeps_history:
            self._count += 1
            node.step = step
            self._latest = Moment(self._names, self._drawn, before)
            node.keep(before, self._latest)
            states = before.tensors.values()
            node.followed = any(state.tensor.grad_fn is not state.grad_fn for state in states)
            self._here.children.append(node)
            self._here = node
            forget_oldest(node)
        return step

    @contextlib.contextmanager
    def _own_random(self) -> Iterator[None]:
        """The random generators go on where this session left them; the program's own are not disturbed."""
        outside = random_state()
        set_random_state(self._random)
        try:
            yield
        finally:
            self._random = random_state()
            set_random_state(outside)

    def _making_on_device(self) -> contextlib.AbstractContextManager[Any]:
        return torch.device(self._device) if self._device else contextlib.nullcontext()

    @property
    def memory_lock(self) -> threading.RLock:
        """Held while memory is written: another thread that reads it holds it too."""
        return self._recorder.memory_lock

    @property
    def here(self) -> HistoryNode:
        """The step after which the session stands now."""
        return self._here

    @property
    def root(self) -> HistoryNode:
        """Where the session began; the steps hang under it as a tree."""
        return self._root

    def undo(self) -> StepDone:
        """Takes back the last step: names, elements, layouts, random numbers. Raises ValueRefused when it cannot."""
        node = self._here
        if node.parent is None or node.step is None:
            raise ValueRefused("There is no step to undo.")
        node.check()
        assert node.before is not None, "checked"
        with self._own_random(), torch.no_grad(), self._recorder.memory_lock:
            for region in reversed(node.journal.regions):
                region.exchange()
            self._restore(node.before)
        self._here = node.parent
        return node.step

    def redo(self, branch: int = -1) -> StepDone:
        """Does an undone step again, the newest branch first, to the same elements and random numbers."""
        if not self._here.children:
            raise ValueRefused("There is no step to do again.")
        node = self._here.children[branch]
        if node.after is None or node.step is None:
            raise ValueRefused("There is no step to do again.")
        with self._own_random(), torch.no_grad(), self._recorder.memory_lock:
            for region in node.journal.regions:
                region.exchange()
            self._restore(node.after)
        self._here = node
        return node.step

    def _restore(self, moment: Moment) -> None:
        moment.put_back(self._names)
        self._latest = None  # what was written over again has other versions by now

    def jump(self, number: int) -> None:
        """Goes to the state after step `number` (0: the beginning), back and forth along the branches."""
        target = self._find(number)
        way = target.path()
        for node in self._here.path():  # nothing is undone when not all of it can be
            if node not in way:
                node.check()
        while self._here not in way:
            self.undo()
        for node in way[way.index(self._here) + 1 :]:
            self.redo(self._here.children.index(node))

    def _find(self, number: int) -> HistoryNode:
        for node in self._root.all():
            if node.number == number:
                return node
        raise ValueRefused(f"There is no step {number}.", f"Steps run from 0 to {self._count}.")


def _seeded(seed: int) -> Any:
    """The state of torch's random generators after `manual_seed(seed)`; the program's own are not disturbed."""
    outside = random_state()
    torch.manual_seed(seed)
    try:
        return random_state()
    finally:
        set_random_state(outside)


@contextlib.contextmanager
def _hearing_warnings() -> Iterator[list[warnings.WarningMessage]]:
    """Collects every warning of what runs inside; torch says most of its own once in a process otherwise."""
    often = torch.is_warn_always_enabled()
    torch.set_warn_always(True)
    try:
        with warnings.catch_warnings(record=True) as heard:
            warnings.simplefilter("always")
            yield heard
    finally:
        torch.set_warn_always(often)

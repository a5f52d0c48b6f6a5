"""The open tensors and storages of one person at work: steps run, their effects, history, undo and redo.

Must not know the window or the command line, nor how the language is evaluated.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from tensorviz.core.errors import Cancelled, ValueRefused
from tensorviz.engine.console.attributes import assign_attribute, attribute, starting_names, types_by_class
from tensorviz.engine.console.cost import Cost
from tensorviz.engine.console.dimension_keys import DimensionKeys
from tensorviz.engine.console.evaluate import Evaluator
from tensorviz.engine.console.execute import Executor
from tensorviz.engine.console.history import HistoryNode, Kept, StepDone, shared_operations
from tensorviz.engine.console.limits import Halted, Limits
from tensorviz.engine.console.machine import Machine
from tensorviz.engine.console.problems import StepProblem, explained_problem, problem_from
from tensorviz.engine.console.recorder import Recorder
from tensorviz.engine.console.step_effect import Memory
from tensorviz.engine.console.steps import ParsedStep, split_steps
from tensorviz.engine.console.storage_names import StorageNames
from tensorviz.engine.console.undo import Moment, random_state, set_random_state
from tensorviz.engine.console.values import Function, GradSwitch, Namespace, TypeName
from tensorviz.engine.hearing import Heard, hearing

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Iterator, Mapping

    from tensorviz.engine.cancel import CancelToken
    from tensorviz.engine.console.effects import Alike, Key
    from tensorviz.engine.console.limits import TooCostly
    from tensorviz.engine.console.undo import TensorState


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
        self._kept = Kept()
        self._latest: Moment | None = None
        self.fresh: frozenset[int] = frozenset()  # the tensors, by `id`, that the last step made or laid out otherwise
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
        latest, self._latest = self._latest, None
        return latest or Moment(self._names, self._drawn)

    @property
    def noted(self) -> Mapping[int, TensorState]:
        """What was noted of each tensor when the last step ended, by `id`; a state that did not change is the same
        object. Empty while a step runs, and after something was undone or done again.
        """
        return {} if self._latest is None else self._latest.tensors

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
        recorded, after = self._recorder.recorded(), Moment(self._names, self._drawn, before)
        effect, copied = memory.effect(after, self._executor.shown, recorded, problem is not None)
        output, remarks = self._machine.printer.output(), tuple(self._machine.witness.remarks)
        ops, surprise = shared_operations(recorded.ops), self._machine.witness.surprise
        step = StepDone(parsed.code, output, problem, effect, copied, ops, said, remarks, surprise)
        self._take_note(before, after, recorded.origins.alike)
        if self._keeps_history:
            self._count += 1
            node.step, self._latest = step, after
            node.keep(before, after, self._evaluator.last)
            others = (state for key, state in before.tensors.items() if after.tensors.get(key) is not state)
            node.followed = any(state.tensor.grad_fn is not state.grad_fn for state in others)
            self._here.children.append(node)
            self._here = node
            self._kept.add(node)
        return step

    def _take_note(self, before: Moment, after: Moment, alike: Mapping[Key, Alike]) -> None:
        """Letters for the storages and keys for the dimensions of what is new, or lies otherwise than before."""
        fresh = {key: state for key, state in after.tensors.items() if before.tensors.get(key) is not state}
        self.fresh = frozenset(fresh)
        for tensor in self.tensors().values():
            if id(tensor) in fresh and not tensor.is_meta:
                self.storage_names.name_of(tensor)
        places = {state.layout[0] for state in fresh.values()}
        places |= {alike[place].source for place in places if place in alike}
        self.dimension_keys.follow(
            [state.tensor for state in after.tensors.values() if state.layout[0] in places], alike
        )  # what lies on other storages says nothing about these

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
        self._here, self._evaluator.last = node.parent, node.parent.last
        return node.step

    def redo(self, branch: int = -1) -> StepDone:
        """Does an undone step again, the newest branch first, to the same elements and random numbers."""
        if not self._here.children:
            raise ValueRefused("There is no step to do again.")
        node = self._here.children[branch]
        node.check_again()
        assert node.after is not None, "checked"
        assert node.step is not None, "only the beginning has none"
        with self._own_random(), torch.no_grad(), self._recorder.memory_lock:
            for region in node.journal.regions:
                region.exchange()
            self._restore(node.after)
        self._here, self._evaluator.last = node, node.last
        return node.step

    def _restore(self, moment: Moment) -> None:
        moment.put_back(self._names)
        self._latest = None  # what was written over again has other versions by now

    def jump(self, number: int) -> None:
        """Goes to the state after step `number` (0: the beginning), back and forth along the branches."""
        target = self._find(number)
        way, here = target.path(), self._here.path()
        shared = sum(one is other for one, other in zip(way, here, strict=False))
        for node in here[shared:]:  # nothing is undone when not all of it can be
            node.check()
        for node in way[shared:]:
            node.check_again()
        for _ in here[shared:]:
            self.undo()
        for node in way[shared:]:
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
def _hearing_warnings() -> Iterator[Heard]:
    """Collects every warning of what runs inside; torch says most of its own once in a process otherwise."""
    often = torch.is_warn_always_enabled()
    torch.set_warn_always(True)
    try:
        with hearing() as heard:
            yield heard
    finally:
        torch.set_warn_always(often)

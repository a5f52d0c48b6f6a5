"""What a step would do, worked out on tensors without memory.

Must not change the session: variables are mirrored, random numbers are not drawn, nothing is printed.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

import torch

from tensorviz.core.errors import TensorvizError
from tensorviz.core.session_data import Preview, TensorFacts
from tensorviz.engine.console.effects import layout_of
from tensorviz.engine.console.evaluate import Evaluator
from tensorviz.engine.console.execute import Executor
from tensorviz.engine.console.history import StepDone
from tensorviz.engine.console.limits import Halted
from tensorviz.engine.console.problems import explained_problem, problem_from
from tensorviz.engine.console.reachable import reachable
from tensorviz.engine.console.step_effect import STRONGEST_FIRST
from tensorviz.engine.console.steps import split_steps
from tensorviz.engine.console.undo import random_state, set_random_state
from tensorviz.engine.console.values import Function, GradSwitch, Namespace, TypeName, identity_of
from tensorviz.engine.hearing import quiet
from tensorviz.engine.storage_views import layout_of as plain_layout
from tensorviz.engine.tensors.dry_run import DryMachine, Untold
from tensorviz.engine.tensors.facts import named_tensors, row_of
from tensorviz.engine.tensors.preview_keys import keys_of_results
from tensorviz.engine.tensors.shadow import Shadow, Unmirrored

if TYPE_CHECKING:
    from tensorviz.core.session_data import Trouble
    from tensorviz.engine.console.effects import Effect
    from tensorviz.engine.console.problems import StepProblem
    from tensorviz.engine.console.recorder import Recorded
    from tensorviz.engine.console.steps import ParsedStep
    from tensorviz.engine.session import Session

MOST_RESULTS = 64
FIXED = Function | Namespace | TypeName | GradSwitch


def preview(session: Session, code: str) -> Preview:
    """What running `code` in the session would do."""
    try:
        steps = split_steps(code)
    except TensorvizError as error:
        return Preview(trouble=_trouble(problem_from(error, code)))
    if not steps:
        return Preview()
    random, watching = random_state(), torch.is_grad_enabled()
    try:
        return _Attempt(session, steps).told()
    except Untold as error:
        return Preview(unknown=error.message)
    except Unmirrored as error:
        return Preview(unknown=f"It depends on {error}.")
    finally:
        set_random_state(random)
        torch.set_grad_enabled(watching)


def _trouble(problem: StepProblem) -> Trouble | None:
    return row_of(StepDone("", "", problem, None, 0, (), (), ()), 0, 0, 0.0, False).trouble


class _Attempt:
    """One try on mirrors of what the code names."""

    def __init__(self, session: Session, steps: list[ParsedStep]) -> None:
        self._session, self._steps = session, steps
        self._shadow = Shadow()
        self._before, self._starting = self._mirrored()
        self._names = dict(self._before)
        self._layouts = {key: (layout_of(one), one._version) for key, one in self._known().items()}
        self._machine = DryMachine()
        for mirror in self._known().values():
            self._machine.places.put([mirror], self._shadow.real[id(mirror)].device)

    def _mirrored(self) -> tuple[dict[str, Any], dict[str, Any]]:
        """What the steps name, mirrored, and no more: the rest of the session cannot be reached by them.

        And what is there from the start; other variables are in it by name only, for "did you mean".
        """
        said = {node.id for step in self._steps if step.node is not None
                for node in ast.walk(step.node) if isinstance(node, ast.Name)}  # fmt: skip
        known, variables = self._session.known_names, self._session.variables
        if "_" in said and "_" not in known:
            raise Untold("It depends on the value that was shown last.")
        mirrored = {name: self._shadow.of(value) for name, value in variables.items() if name in said}
        starting = {name: value if isinstance(value, FIXED) else None for name, value in known.items()}
        return mirrored, {name: value for name, value in starting.items() if name not in mirrored}

    def _known(self) -> dict[int, torch.Tensor]:
        return {id(mirror): mirror for mirror in self._shadow.mirrors.values()}

    def told(self) -> Preview:
        """Runs the steps, and tells."""
        machine = self._machine
        machine.begin(None)
        machine.recorder.begin(dict.fromkeys(self._shadow.storages, torch.empty(0)), (), None)
        executor = Executor(Evaluator(machine, self._names, self._starting))
        trouble = None
        with quiet(), torch.device("meta"), machine.recorder:
            for step in self._steps:
                trouble = self._run(executor, step)
                if trouble is not None:
                    break
        return self._answer(executor.shown, machine.recorder.recorded(), trouble)

    def _run(self, executor: Executor, step: ParsedStep) -> Trouble | None:
        if step.node is None or step.error is not None:
            return _trouble(problem_from(step.error or ValueError("not a statement"), step.code))
        try:
            executor.run_step(step.node)
        except Untold:
            raise
        except (Exception, Halted) as error:  # noqa: BLE001 - whatever the person's code would raise is theirs to read
            if "meta" in str(error) and not isinstance(error, TensorvizError):
                raise Untold("torch cannot work this out without memory.") from None
            found = self._machine.witness.explained(error)
            return _trouble(explained_problem(error, step.code, *found))
        return None

    # ------------------------------------------------------------------------------------------------- telling

    def _answer(self, shown: Any, recorded: Recorded, trouble: Trouble | None) -> Preview:
        wrote = self._wrote(recorded)
        if trouble is not None:
            return Preview("inplace" if wrote else None, trouble=trouble)
        results = self._results(shown)
        effects = {self._effect(tensor, recorded) for tensor in results}
        effect = "inplace" if wrote else next((one for one in STRONGEST_FIRST if one in effects), None)
        copied = sum(operation.bytes_copied for operation in recorded.ops) if effect == "copy" else 0
        said = tuple(self._machine.witness.remarks)
        return Preview(effect, copied, self._allocated(results), self._facts(shown, recorded), remarks=said)

    def _allocated(self, results: list[torch.Tensor]) -> int:
        """Bytes of the storages that are new, or would have to grow."""
        sizes = {identity_of(one): one.untyped_storage().nbytes() for one in (*results, *self._known().values())}
        before = {key: one.untyped_storage().nbytes() for key, one in self._shadow.storages.items()}
        return sum(size for key, size in sizes.items() if size > before.get(key, 0))

    def _wrote(self, recorded: Recorded) -> bool:
        known = self._known()
        return recorded.wrote or any(
            (layout_of(known[key]), known[key]._version) != before for key, before in self._layouts.items()
        )

    def _bound(self) -> dict[str, Any]:
        before = self._before
        return {name: value for name, value in self._names.items() if name not in before or before[name] is not value}

    def _results(self, shown: Any) -> list[torch.Tensor]:
        found = reachable((*self._bound().values(), shown)).tensors
        after = reachable(self._names.values()).tensors
        return list({**found, **{key: one for key, one in after.items() if key not in self._layouts}}.values())

    def _effect(self, tensor: torch.Tensor, recorded: Recorded) -> Effect:
        if id(tensor) in self._layouts:
            return "same"
        key = identity_of(tensor)
        if key in self._shadow.storages:
            return "view"
        return "copy" if recorded.origins.copied.get(key, False) else "new"

    def _facts(self, shown: Any, recorded: Recorded) -> tuple[TensorFacts, ...]:
        """The tensors that names would get, or the value that would be shown."""
        bound = self._bound() or ({} if shown is None else {self._name_of(shown): shown})
        tensors = dict(list(named_tensors(bound)[0].items())[:MOST_RESULTS])
        keys = keys_of_results(self._session, self._shadow, tensors.values(), recorded.origins.alike)
        return tuple(self._row(name, one, keys[id(one)]) for name, one in tensors.items())

    def _name_of(self, shown: Any) -> str:
        return next((name for name, value in self._names.items() if value is shown), "_")

    def _row(self, name: str, mirror: torch.Tensor, keys: tuple[int, ...]) -> TensorFacts:
        real = self._shadow.storages.get(identity_of(mirror))
        known = self._shadow.real.get(id(mirror))
        letter = "" if real is None else None if real.is_meta else self._session.storage_names.name_of(real)
        return TensorFacts(
            name=name,
            layout=plain_layout(mirror),
            dtype=str(mirror.dtype).removeprefix("torch."),
            device=str(self._machine.places.of(mirror)),
            storage=letter,
            keys=keys,
            identity=id(mirror if known is None else known),
            variable=name.isidentifier(),
            is_view=(mirror if known is None else known)._is_view(),
            requires_grad=mirror.requires_grad,
            conjugated=mirror.is_conj(),
            negated=mirror.is_neg(),
        )

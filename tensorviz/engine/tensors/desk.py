"""The one session of the window, and everything that lies around it: what may be looked at, the log, open questions.

Must not know requests or lanes: its methods are called by the handlers, on the lane of the session.
"""

from __future__ import annotations

import itertools
import secrets
import threading
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from tensorviz.core.errors import Cancelled, TensorvizError, ValueRefused
from tensorviz.core.session_script import LOST
from tensorviz.engine.console.steps import split_steps
from tensorviz.engine.session import Session
from tensorviz.engine.storage_views import has_memory
from tensorviz.engine.tensors.facts import named_tensors, session_facts, step_row
from tensorviz.engine.tensors.log import SessionLog
from tensorviz.engine.tensors.opening_terms import Terms

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from tensorviz.core.session_data import SessionFacts, StepRow
    from tensorviz.engine.cancel import CancelToken
    from tensorviz.engine.console.limits import TooCostly
    from tensorviz.engine.console.steps import ParsedStep
    from tensorviz.engine.tensors.board import Board
    from tensorviz.engine.tensors.facts import Rows
    from tensorviz.engine.tensors.log import Recorded

    Brought = tuple[str, Mapping[str, Any]]
    Bring = Callable[[dict[str, Any], Terms], Brought]
    Asked = Callable[[int, TooCostly], None]

LOOK_AT_TOKEN = 0.05  # seconds between two looks at the wish to cancel, while a question is open


class Questions:
    """Questions to the person, waited for on the session's lane and answered from another."""

    def __init__(self) -> None:
        self._numbers = itertools.count(1)
        self._open: dict[int, tuple[threading.Event, list[bool]]] = {}

    def ask(self, tell: Callable[[int], None], token: CancelToken | None) -> bool:
        """Tells of a question by its number and waits for the answer. Raises Cancelled."""
        number, answered, answer = next(self._numbers), threading.Event(), [False]
        self._open[number] = (answered, answer)
        try:
            tell(number)
            while not answered.wait(LOOK_AT_TOKEN):
                if token is not None:
                    token.check()
            return answer[0]
        finally:
            del self._open[number]

    def answer(self, number: int, allowed: bool) -> None:
        """Answers a question; one that nobody waits for any more is passed over."""
        found = self._open.get(number)
        if found is not None:
            found[1][0] = allowed
            found[0].set()


class Desk:
    """One lives as long as the window. Except for `board` and `questions`, used from one thread.

    folder: where the session is saved, None for nowhere. bring: makes the values of an action that came from outside
    ("picture", "parameter", "stored", "pixels", "translation"), for a session that is brought back.
    """

    def __init__(self, folder: Path | None, board: Board, questions: Questions, bring: Bring) -> None:
        self.board, self.questions, self._bring = board, questions, bring
        self._log = SessionLog(folder)
        self._asked: Asked | None = None
        self._token: CancelToken | None = None
        self._allowed = self._always = False
        self._logged = self._told = False
        self._open(secrets.randbits(62))

    @property
    def session(self) -> Session:
        """The session as it is."""
        return self._session

    @property
    def problem(self) -> str:
        """Why the session is not being saved; empty when it is."""
        return self._log.problem

    def _open(self, seed: int) -> None:
        self._seed = seed
        self._session = Session(ask=self._ask, seed=seed)
        self._rows: Rows = {}
        self._left_out = 0
        self.board.memory += 1

    def begin_anew(self) -> None:
        """An empty session. What was saved so far is kept aside."""
        self._open(secrets.randbits(62))
        self._log.begin(self._seed)
        self._logged = True

    def facts(self) -> SessionFacts:
        """The session as data; from now on its memory may be looked at."""
        tensors, _ = named_tensors(self._session.variables)
        facts = session_facts(self._session, self.board.memory, self._rows)
        storages = {one.id: tensors[one.tensors[0]].untyped_storage() for one in facts.storages}
        self.board.publish(storages, tensors, self._session.memory_lock)
        return replace(facts, seed=self._seed)

    # ------------------------------------------------------------------------------------------------- doing

    def run(self, code: str, token: CancelToken | None, asked: Asked | None) -> Iterator[StepRow]:
        """Runs steps one after the other. asked: is told of a question by its number.

        Raises Refused; and Cancelled, after it gave the step that was cancelled half-way, which stays in the history.
        """
        for parsed in split_steps(code):
            try:
                yield self._step(parsed, token, asked)
            except Cancelled:
                yield step_row(self._session.here)
                raise

    def _step(self, parsed: ParsedStep, token: CancelToken | None, asked: Asked | None) -> StepRow:
        self._token, self._asked, self._allowed = token, asked, False
        self._start({"code": parsed.code})
        started = time.perf_counter()
        try:
            step = self._session.run_step(parsed, token)
        except Cancelled:
            self.board.memory += 1
            self._log.end(lost=True)
            raise
        seconds = time.perf_counter() - started
        self._log.end(allowed=self._allowed)
        self._name_storages()
        self.board.memory += step.effect == "inplace"
        return self._with_problem(step_row(self._session.here, seconds))

    def _with_problem(self, row: StepRow) -> StepRow:
        """The step, and once beside it that the session is not being saved."""
        if not self.problem or self._told:
            return row
        self._told = True
        return replace(row, remarks=(*row.remarks, self.problem))

    def put(self, action: dict[str, Any]) -> StepRow:
        """Adds values from outside as a step; `action` says what they are, so that they can be brought back."""
        return self.take(lambda terms: (action, self._bring(action, terms)))

    def take(
        self, make: Callable[[Terms], tuple[dict[str, Any], Brought]], token: CancelToken | None = None,
        asked: Asked | None = None,
    ) -> StepRow:  # fmt: skip  # one line a thought
        """The same for values that are made on terms: asked, as in `run`, is told of a question before much is read.

        Nothing is done, and no step is added, when `make` raises.
        """
        self._token, self._asked, self._allowed = token, asked, False
        started = time.perf_counter()
        action, (code, values) = make(self._terms())
        self._start(action)
        self._session.put(code, values)
        self._log.end(allowed=self._allowed)
        self._name_storages()
        return step_row(self._session.here, time.perf_counter() - started)

    def _terms(self) -> Terms:
        token = self._token
        return Terms(self._ask_or_end, token.check, token) if token is not None else Terms(self._ask_or_end)

    def _ask_or_end(self, error: TooCostly) -> bool:
        """A person who says no wishes that nothing is done; where nobody can be asked it is refused."""
        allowed = self._ask(error)
        if not allowed and self._asked is not None:
            raise Cancelled
        return allowed

    def _name_storages(self, all_of_them: bool = False) -> None:
        """Each storage has its letter from the step that made it, so that it has the same when it is brought back.

        all_of_them: also those that the last step did not touch; some may have been left out of the list before.
        """
        tensors, left_out = named_tensors(self._session.variables)
        all_of_them = all_of_them or bool(left_out or self._left_out)
        self._left_out = left_out
        for tensor in tensors.values():
            if (all_of_them or id(tensor) in self._session.fresh) and has_memory(tensor):
                self._session.storage_names.name_of(tensor)

    def undo(self) -> None:
        """Takes the last step back. Raises ValueRefused, as the two below."""
        self._move({"undo": True}, self._session.undo)

    def redo(self, branch: int) -> None:
        """Does an undone step again."""
        self._move({"redo": branch}, lambda: self._session.redo(branch))

    def jump(self, number: int) -> None:
        """Goes to the state after a step."""
        self._move({"jump": number}, lambda: self._session.jump(number))

    def _move(self, action: dict[str, Any], move: Callable[[], object]) -> None:
        self._start(action)
        try:
            move()
        except ValueRefused:
            self._log.end(refused=True)
            raise
        finally:
            self.board.memory += 1
        self._log.end()

    def _start(self, action: dict[str, Any]) -> None:
        if not self._logged:
            self._log.begin(self._seed)
            self._logged = True
        self._log.start(action)

    def _ask(self, error: TooCostly) -> bool:
        if self._always:
            return True
        asked = self._asked
        if asked is None:
            return False
        allowed = self.questions.ask(lambda number: asked(number, error), self._token)
        self._allowed = self._allowed or allowed
        return allowed

    # --------------------------------------------------------------------------------------------- bringing back

    def saved(self) -> Recorded | None:
        """What can be brought back; None when nothing can, and when something was done here already."""
        return None if self._logged else self._log.read()

    def restore(self, saved: Recorded, token: CancelToken | None) -> Iterator[StepRow | str]:
        """Does again what was done, in order; gives each step, and a sentence for what could not be done.

        Raises Cancelled, with what was brought back so far kept.
        """
        self._log.restoring()
        self._open(saved.seed)
        self._logged = True
        done: list[dict[str, Any]] = []
        note = ""
        try:
            for action in saved.actions:
                if token is not None:
                    token.check()
                try:
                    row = self._again(action, token)
                except Cancelled:
                    raise
                except Exception as error:  # noqa: BLE001 - a file holds whatever somebody or something wrote into it
                    note = f"The last session could be brought back in part only. {_sentence(error)}".strip()
                    break
                done.append(action)
                if row is not None:
                    yield row
        finally:  # also when whoever takes the steps stops taking them
            if len(done) < len(saved.actions):
                self._log.rewrite(saved.seed, done)
            else:
                self._log.restored()
        if note:
            yield note

    def _again(self, action: dict[str, Any], token: CancelToken | None) -> StepRow | None:
        """One action of the log, without writing it to the log."""
        self._always, self._asked, self._token = bool(action.get("allowed")), None, token
        try:
            if "code" in action:
                return self._code_again(action, token)
            if "undo" in action:
                self._session.undo()
            elif "redo" in action:
                self._session.redo(int(action["redo"]))
            elif "jump" in action:
                self._session.jump(int(action["jump"]))
            else:
                self._session.put(*self._bring(action, self._terms()))
                return step_row(self._session.here, replayed=True)
        finally:
            self._always = False
            self.board.memory += 1
            self._name_storages(all_of_them="code" not in action)
        return None

    def _code_again(self, action: dict[str, Any], token: CancelToken | None) -> StepRow:
        code = str(action["code"])
        if action.get("lost"):
            self._session.put(f"{LOST}\n{code}", {})
        else:
            parsed = split_steps(code)
            self._session.run_step(parsed[0], token)
        return step_row(self._session.here, replayed=True)


def _sentence(error: Exception) -> str:
    """What went wrong, for a person; of what nobody expected, its kind."""
    return str(error) if isinstance(error, TensorvizError) else f"({type(error).__name__})"

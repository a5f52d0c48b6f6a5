"""Notes of one step which call failed, and what is worth saying of those that were done.

Must not know how calls are evaluated; what is said is the business of `explain`.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from tensorviz.engine.console.explain import Call, Explained, explain, remark
from tensorviz.engine.console.values import Function
from tensorviz.engine.console.writes import REFUSED, surprise, surprise_of_array

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np

    from tensorviz.core.reasons import Reason
    from tensorviz.engine.console.writes import Write

MOST_LOOKED_AT = 50  # calls of one step: a loop says nothing new after that
LONGEST_SUBJECT = 200
REMARKABLE = frozenset({"squeeze", "contiguous", "to"})


class Witness:
    """One lives as long as a session; `begin` starts a step."""

    def __init__(self) -> None:
        self.begin()

    def begin(self) -> None:
        """Forgets the step before."""
        self.remarks: dict[str, None] = {}
        self.surprise: Reason | None = None  # the numbers behind the first remark that has some
        self._failed: tuple[BaseException, Call] | None = None
        self._refused: tuple[str, Write] | None = None
        self._looked = 0

    def call(
        self, node: ast.Call, function: Any, args: tuple[Any, ...], run: Callable[[], Any], kwargs: dict[str, Any]
    ) -> Any:
        """Runs a call of the language; `node` is its syntax."""
        try:
            result = run()
        except Exception as error:
            if isinstance(function, Function):
                self._fail(error, Call(function.name, (*function.bound, *args), kwargs, _subject(node, function)))
            raise
        if isinstance(function, Function) and self._looked < MOST_LOOKED_AT:
            self._look(node, function, args, kwargs, result)
        return result

    def operator(self, node: ast.expr, name: str, left: Any, right: Any, run: Callable[[], Any]) -> Any:
        """Runs an operator of the language; `node` is the syntax of its left side."""
        try:
            return run()
        except Exception as error:
            self._fail(error, Call(name, (left, right), {}, _code(node)))
            raise

    def store(self, node: ast.Subscript, holder: Any, run: Callable[[], None]) -> None:
        """Runs `holder[...] = value`; `node` is the syntax of its left side."""
        try:
            run()
        except Exception as error:
            self._fail(error, Call("store", (holder,), {}, _code(node.value)))
            raise

    def wrote(self, write: Write) -> None:
        """Told of every operation of torch that wrote."""
        if self._looked < MOST_LOOKED_AT:
            self._looked += 1
            self._say_reason(surprise(write))

    def wrote_array(self, array: np.ndarray[Any, Any], begins: int) -> None:
        """Told of every array that NumPy writes to, and where its memory begins."""
        if self._looked < MOST_LOOKED_AT:
            self._looked += 1
            self._say_reason(surprise_of_array(array, begins))

    def _say_reason(self, found: Reason | None) -> None:
        self._say(None if found is None else Explained(found.sentence, found))

    def _say(self, found: Explained | None) -> None:
        if found is not None:
            self.remarks[found.sentence] = None
            self.surprise = self.surprise or found.reason

    def refused(self, error: BaseException, write: Write) -> None:
        """Told of every operation that would have written, and was not done."""
        if REFUSED in str(error):
            self._refused = (str(error), write)

    def _fail(self, error: BaseException, call: Call) -> None:
        if self._failed is None or self._failed[0] is not error:
            self._failed = (error, call)

    def _look(self, node: ast.Call, function: Function, args: tuple[Any, ...], kwargs: Any, result: Any) -> None:
        name = function.name.rpartition(".")[2]
        if name not in REMARKABLE:
            return
        self._looked += 1
        self._say(remark(Call(function.name, (*function.bound, *args), kwargs, _subject(node, function)), result))

    def explained(self, error: BaseException) -> tuple[Explained | None, str]:
        """What is known of why the step failed with `error`, and the code of what the failed call was made on."""
        if self._failed is None or self._failed[0] is not error:
            return None, ""
        call = self._failed[1]
        refused = self._refused[1] if self._refused is not None and self._refused[0] in str(error) else None
        return explain(call, refused), call.subject


def _subject(node: ast.Call, function: Function) -> str:
    """The code of the tensor that a call is about: what has the method, what is written, or the first argument."""
    if function.bound:
        return _code(node.func.value if isinstance(node.func, ast.Attribute) else None)
    written = [one.value for one in node.keywords if one.arg == "out"]
    return _code(next(iter((*written, *node.args)), None))


def _code(node: ast.expr | None) -> str:
    if node is None:
        return ""
    text = ast.unparse(node)
    return text if len(text) <= LONGEST_SUBJECT else ""

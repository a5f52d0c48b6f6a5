"""Notes of one step which call failed, and what is worth saying of those that were done.

Must not know how calls are evaluated; what is said is the business of `explain`.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from tensorviz.engine.console.explain import Call, Explained, explain, remark
from tensorviz.engine.console.values import Function

if TYPE_CHECKING:
    from collections.abc import Callable

MOST_LOOKED_AT = 50  # calls of one step: a loop says nothing new after that
LONGEST_SUBJECT = 200
REMARKABLE = frozenset({"squeeze", "contiguous", "to", "copy_"})


class Witness:
    """One lives as long as a session; `begin` starts a step."""

    def __init__(self) -> None:
        self.begin()

    def begin(self) -> None:
        """Forgets the step before."""
        self.remarks: dict[str, None] = {}
        self._failed: tuple[BaseException, Call] | None = None
        self._looked = 0

    def call(
        self, node: ast.expr, function: Any, args: tuple[Any, ...], run: Callable[[], Any], kwargs: dict[str, Any]
    ) -> Any:
        """Runs a call of the language; `node` is the syntax of what is called."""
        try:
            result = run()
        except Exception as error:
            if isinstance(function, Function):
                subject = node.value if isinstance(node, ast.Attribute) else None
                self._fail(error, Call(function.name, (*function.bound, *args), kwargs, _code(subject)))
            raise
        if isinstance(function, Function) and function.bound and self._looked < MOST_LOOKED_AT:
            self._look(node, function, args, kwargs, result)
        return result

    def operator(self, node: ast.expr, name: str, left: Any, right: Any, run: Callable[[], Any]) -> Any:
        """Runs an operator of the language; `node` is the syntax of its left side."""
        try:
            return run()
        except Exception as error:
            self._fail(error, Call(name, (left, right), {}, _code(node)))
            raise

    def _fail(self, error: BaseException, call: Call) -> None:
        if self._failed is None or self._failed[0] is not error:
            self._failed = (error, call)

    def _look(self, node: ast.expr, function: Function, args: tuple[Any, ...], kwargs: Any, result: Any) -> None:
        name = function.name.rpartition(".")[2]
        if name not in REMARKABLE and not name.endswith("_"):
            return
        self._looked += 1
        subject = _code(node.value) if isinstance(node, ast.Attribute) else ""
        said = remark(Call(function.name, (*function.bound, *args), kwargs, subject), result)
        if said:
            self.remarks[said] = None

    def explained(self, error: BaseException) -> tuple[Explained | None, str]:
        """What is known of why the step failed with `error`, and the code of what the failed call was made on."""
        if self._failed is None or self._failed[0] is not error:
            return None, ""
        call = self._failed[1]
        return explain(call), call.subject


def _code(node: ast.expr | None) -> str:
    if node is None:
        return ""
    text = ast.unparse(node)
    return text if len(text) <= LONGEST_SUBJECT else ""

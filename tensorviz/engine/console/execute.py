"""Statements: what is done with the values of expressions. Functions and classes are not defined here.

Must not know which names there are, nor what an effect is.
"""

from __future__ import annotations

import ast
import contextlib
from typing import TYPE_CHECKING, Any

import torch

from tensorviz.core.errors import Cancelled
from tensorviz.core.names import did_you_mean
from tensorviz.engine.console import bounded
from tensorviz.engine.console.evaluate import checked_name
from tensorviz.engine.console.limits import Halted
from tensorviz.engine.console.problems import Refused, file_refusal
from tensorviz.engine.console.python_names import classes_of
from tensorviz.engine.console.values import GradSwitch, Namespace
from tensorviz.engine.console.word_list import words

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tensorviz.engine.console.evaluate import Evaluator

REFUSED = {
    "FunctionDef": "Functions are not defined in the console: it runs steps, one after the other.",
    "AsyncFunctionDef": "Functions are not defined in the console: it runs steps, one after the other.",
    "ClassDef": "Classes are not defined in the console: it runs steps, one after the other.",
    "Return": "There is no function to return from.",
    "Global": "All names are global here.",
    "Nonlocal": "All names are global here.",
    "Match": "match is not part of the console's language; use if and elif.",
    "TryStar": "except* is not part of the console's language; use except.",
}
FOR_FILES = frozenset(words(
    "os io sys pathlib csv h5py imageio PIL json pickle shutil glob torchvision safetensors pandas"
))


class _Break(Exception):
    """`break`, on its way to its loop."""


class _Continue(Exception):
    """`continue`, on its way to its loop."""


class Executor:
    """Runs statements with an evaluator; `shown` is called with the value of a line that is an expression."""

    def __init__(self, evaluator: Evaluator) -> None:
        self.evaluator = evaluator
        self.machine = evaluator.machine
        self.shown: Any = None
        self._handling: list[BaseException] = []
        self._kinds: dict[type[ast.stmt], Callable[[Any], None]] = {
            ast.Expr: self._expression, ast.Assign: self._assign, ast.AugAssign: self._augmented,
            ast.AnnAssign: self._annotated, ast.Delete: self._delete, ast.If: self._if, ast.For: self._for,
            ast.While: self._while, ast.Try: self._try, ast.With: self._with, ast.Assert: self._assert,
            ast.Raise: self._raise, ast.Pass: self._pass, ast.Break: self._break, ast.Continue: self._continue,
            ast.Import: self._import, ast.ImportFrom: self._import_from,
        }  # fmt: skip

    def run(self, node: ast.stmt) -> None:
        """Runs one statement."""
        self.machine.budget.spend()
        kind = self._kinds.get(type(node))
        if kind is None:
            name = type(node).__name__
            raise Refused(REFUSED.get(name, f"{name} is not part of the console's language."))
        try:
            kind(node)
        except RecursionError as error:
            raise Refused("The code is nested too deeply.", "Give parts of it names of their own.") from error

    def run_step(self, node: ast.stmt) -> None:
        """Runs one statement that stands in no loop; a `break` there has no loop to end."""
        self.shown = None
        try:
            self.run(node)
        except (_Break, _Continue):
            raise Refused("break and continue stand inside a loop.") from None

    def _all(self, nodes: Sequence[ast.stmt]) -> None:
        for node in nodes:
            self.run(node)

    def _expression(self, node: ast.Expr) -> None:
        value = self.evaluator.value(node.value)
        if value is not None:
            self.shown = self.evaluator.last = value
            self.machine.show(value)

    def _assign(self, node: ast.Assign) -> None:
        value = self.evaluator.value(node.value)
        for target in node.targets:
            self.evaluator.assign(target, value)

    def _annotated(self, node: ast.AnnAssign) -> None:
        if node.value is not None:
            self.evaluator.assign(node.target, self.evaluator.value(node.value))

    def _augmented(self, node: ast.AugAssign) -> None:
        """`target op= value`: an indexed target is evaluated once."""
        target, evaluator = node.target, self.evaluator
        if isinstance(target, ast.Subscript):
            holder, index = evaluator.value(target.value), evaluator.value(target.slice)
            old = self.machine.subscript(holder, index)
            self.machine.store(holder, index, self._combined(node, old))
        elif isinstance(target, ast.Attribute):
            holder = evaluator.value(target.value)
            old = self.machine.attribute(holder, target.attr)
            new = self._combined(node, old)
            self.machine.assign_attribute(holder, target.attr, new)
        else:
            old = evaluator.lookup(target.id)
            evaluator.assign(target, self._combined(node, old))

    def _combined(self, node: ast.AugAssign, old: Any) -> Any:
        """What `old op= value` gives."""
        name, value = type(node.op).__name__, self.evaluator.value(node.value)
        return self.machine.witness.operator(
            node.target, name, old, value, lambda: bounded.in_place(self.machine, name, old, value)
        )

    def _delete(self, node: ast.Delete) -> None:
        for target in node.targets:
            if isinstance(target, ast.Name):
                self.evaluator.lookup(target.id)
                if target.id not in self.evaluator.names:
                    raise Refused(f"{target.id!r} is there from the start and cannot be deleted.")
                del self.evaluator.names[target.id]
            elif isinstance(target, ast.Subscript):
                self.machine.remove(self.evaluator.value(target.value), self.evaluator.value(target.slice))
            else:
                raise Refused("Only names, and elements of lists and dicts, can be deleted.")

    def _if(self, node: ast.If) -> None:
        self._all(node.body if self.machine.truth(self.evaluator.value(node.test)) else node.orelse)

    def _for(self, node: ast.For) -> None:
        for item in self.machine.iterate(self.evaluator.value(node.iter)):
            self.evaluator.assign(node.target, item)
            if not self._round(node.body):
                return
        self._all(node.orelse)

    def _while(self, node: ast.While) -> None:
        while self.machine.truth(self.evaluator.value(node.test)):
            if not self._round(node.body):
                return
        self._all(node.orelse)

    def _round(self, body: Sequence[ast.stmt]) -> bool:
        """One round of a loop; gives whether it goes on."""
        self.machine.budget.spend()
        try:
            self._all(body)
        except _Continue:
            return True
        except _Break:
            return False
        return True

    def _try(self, node: ast.Try) -> None:
        try:
            self._attempt(node)
        finally:
            self._all(node.finalbody)

    def _attempt(self, node: ast.Try) -> None:
        try:
            self._all(node.body)
        except (Halted, Cancelled, _Break, _Continue):
            raise  # what ends a step from outside is not the program's to catch
        except Exception as error:
            handler = self._handler_for(node, error)
            if handler is None:
                raise
            self._handle(handler, error)
        else:
            self._all(node.orelse)

    def _handler_for(self, node: ast.Try, error: Exception) -> ast.ExceptHandler | None:
        for handler in node.handlers:
            if handler.type is None or isinstance(error, classes_of(self.evaluator.value(handler.type))):
                return handler
        return None

    def _handle(self, handler: ast.ExceptHandler, error: Exception) -> None:
        if handler.name is not None:
            self.evaluator.names[checked_name(handler.name)] = error
        self._handling.append(error)
        try:
            self._all(handler.body)
        finally:
            self._handling.pop()
            if handler.name is not None:
                self.evaluator.names.pop(handler.name, None)

    def _with(self, node: ast.With) -> None:
        with contextlib.ExitStack() as stack:
            for item in node.items:
                switch = self.evaluator.value(item.context_expr)
                if not isinstance(switch, GradSwitch) or item.optional_vars is not None:
                    raise Refused("`with` takes torch.no_grad() and torch.enable_grad() here.")
                stack.enter_context(torch.enable_grad() if switch.enabled else torch.no_grad())
            self._all(node.body)

    def _assert(self, node: ast.Assert) -> None:
        if not self.machine.truth(self.evaluator.value(node.test)):
            raise AssertionError("" if node.msg is None else self.machine.words(self.evaluator.value(node.msg)))

    def _raise(self, node: ast.Raise) -> None:
        if node.exc is None:
            if not self._handling:
                raise RuntimeError("No active exception to reraise")
            raise self._handling[-1]
        error = self.evaluator.value(node.exc)
        if not isinstance(error, Exception):
            error = self.machine.call(error, (), {})
        if not isinstance(error, Exception):
            raise TypeError("exceptions must derive from BaseException")
        raise error

    def _pass(self, node: ast.Pass) -> None:
        """Nothing."""

    def _break(self, node: ast.Break) -> None:
        raise _Break

    def _continue(self, node: ast.Continue) -> None:
        raise _Continue

    def _import(self, node: ast.Import) -> None:
        for alias in node.names:
            space = self._module(alias.name)
            if alias.asname is not None:
                self._bind(alias.asname, space)
            else:
                first = alias.name.partition(".")[0]
                self._bind(first, self.evaluator.starting[first])

    def _import_from(self, node: ast.ImportFrom) -> None:
        if node.module == "__future__":
            return
        space = self._module(node.module or "")
        for alias in node.names:
            if alias.name == "*":
                raise Refused("`import *` is not part of the console's language.", "Name what is to be imported.")
            self._bind(alias.asname or alias.name, self.machine.attribute(space, alias.name))

    def _bind(self, name: str, value: Any) -> None:
        """A name that means the same from the start stays as it is, so that it is no variable of the session."""
        if self.evaluator.starting.get(name) is value:
            self.evaluator.names.pop(name, None)
        else:
            self.evaluator.names[checked_name(name)] = value

    def _module(self, dotted: str) -> Namespace:
        first, *rest = dotted.split(".")
        value = self.evaluator.starting.get("numpy" if first == "np" else first)
        if not isinstance(value, Namespace) or value.name.partition(".")[0] != first:
            if first in FOR_FILES:
                raise file_refusal(f"import {dotted}")
            hint = did_you_mean(first, ("torch", "numpy", "math")) or "torch, numpy and math are here."
            raise Refused(f"{dotted!r} cannot be imported into the console.", hint)
        for name in rest:
            value = self.machine.attribute(value, name)
        if not isinstance(value, Namespace):
            raise Refused(f"{dotted!r} is not a module.", f"from {dotted.rpartition('.')[0]} import {rest[-1]}")
        return value

"""The value of an expression, part by part of its syntax tree. Nothing is compiled; a part that is not here is refused.

Must not know statements, nor which names there are.
"""

from __future__ import annotations

import ast
from collections import ChainMap
from typing import TYPE_CHECKING, Any

from tensorviz.engine.console import bounded
from tensorviz.engine.console.formatting import converted, formatted
from tensorviz.engine.console.problems import Refused, unknown_name

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, MutableMapping

    from tensorviz.engine.console.machine import Machine

REFUSED = {
    ast.Lambda: "Functions are not defined here: no lambda.",
    ast.Await: "There is nothing to wait for here.",
    ast.Yield: "Functions are not defined here: no yield.",
    ast.YieldFrom: "Functions are not defined here: no yield.",
}


class Evaluator:
    """Evaluates expressions over `names` (what was assigned) and `starting` (what is there from the start)."""

    def __init__(self, machine: Machine, names: MutableMapping[str, Any], starting: dict[str, Any]) -> None:
        self.machine = machine
        self.names = names
        self.starting = starting
        self.last: Any = None  # what `_` is, as at a prompt
        self._kinds: dict[type[ast.expr], Callable[[Any], Any]] = {
            ast.Constant: self._constant, ast.Name: self._name, ast.Attribute: self._attribute, ast.Call: self._call,
            ast.BinOp: self._binary, ast.UnaryOp: self._unary, ast.BoolOp: self._logic, ast.Compare: self._compare,
            ast.IfExp: self._choice, ast.Subscript: self._subscript, ast.Slice: self._slice, ast.List: self._list,
            ast.Tuple: self._tuple, ast.Set: self._set, ast.Dict: self._dict, ast.JoinedStr: self._text,
            ast.FormattedValue: self._field, ast.ListComp: self._list_comprehension,
            ast.SetComp: self._set_comprehension,
            ast.DictComp: self._dict_comprehension, ast.GeneratorExp: self._generator, ast.NamedExpr: self._named,
        }  # fmt: skip

    def value(self, node: ast.expr) -> Any:
        """The value of an expression."""
        self.machine.budget.spend()
        kind = self._kinds.get(type(node))
        if kind is None:
            raise Refused(REFUSED.get(type(node), f"{type(node).__name__} is not part of the console's language."))
        return kind(node)

    def _constant(self, node: ast.Constant) -> Any:
        if isinstance(node.value, bytes):
            raise Refused("Bytes are not part of the language here.", "Use torch.tensor([...], dtype=torch.uint8).")
        if isinstance(node.value, int):
            return self.machine.budget.whole(node.value)
        return node.value

    def _name(self, node: ast.Name) -> Any:
        return self.lookup(node.id)

    def lookup(self, name: str) -> Any:
        """What a name names. Raises UnknownName."""
        if name in self.names:
            return self.names[name]
        if name == "_" and self.last is not None:
            return self.last
        if name.startswith("__"):
            raise Refused(f"Names that begin with two underscores are not offered, and {name!r} does.")
        if name in self.starting:
            return self.starting[name]
        if name in REFUSED_NAMES:
            raise Refused(f"{name}() is not part of the console's language.", REFUSED_NAMES[name])
        raise unknown_name(name, [*self.names, *self.starting])

    def _attribute(self, node: ast.Attribute) -> Any:
        return self.machine.attribute(self.value(node.value), node.attr)

    def _call(self, node: ast.Call) -> Any:
        function = self.value(node.func)
        args = self._items(node.args)
        kwargs: dict[str, Any] = {}
        for keyword in node.keywords:
            value = self.value(keyword.value)
            if keyword.arg is not None:
                kwargs[keyword.arg] = value
            elif isinstance(value, dict):
                kwargs |= {str(key): item for key, item in value.items()}
            else:
                raise TypeError("what stands after ** must be a dict")
        given = tuple(args)
        return self.machine.witness.call(
            node, function, given, lambda: self.machine.call(function, given, kwargs), kwargs
        )

    def _items(self, nodes: list[ast.expr]) -> list[Any]:
        """The values of a list of expressions, starred ones laid out."""
        items: list[Any] = []
        for node in nodes:
            if isinstance(node, ast.Starred):
                more = self.machine.iterate(self.value(node.value))
                items.extend(self.machine.budget.counted(more))
                self.machine.budget.fit(len(items))
            else:
                items.append(self.value(node))
        return items

    def _binary(self, node: ast.BinOp) -> Any:
        left, right = self.value(node.left), self.value(node.right)
        name = type(node.op).__name__
        return self.machine.witness.operator(
            node.left, name, left, right, lambda: bounded.binary(self.machine, name, left, right)
        )

    def _unary(self, node: ast.UnaryOp) -> Any:
        return bounded.unary(self.machine, type(node.op).__name__, self.value(node.operand))

    def _logic(self, node: ast.BoolOp) -> Any:
        stop = isinstance(node.op, ast.Or)
        value: Any = None
        for part in node.values:
            value = self.value(part)
            if self.machine.truth(value) is stop:
                return value
        return value

    def _compare(self, node: ast.Compare) -> Any:
        left = self.value(node.left)
        result: Any = True
        for position, (operation, part) in enumerate(zip(node.ops, node.comparators, strict=True)):
            right = self.value(part)
            result = bounded.compare(self.machine, type(operation).__name__, left, right)
            if position < len(node.ops) - 1 and not self.machine.truth(result):
                return result
            left = right
        return result

    def _choice(self, node: ast.IfExp) -> Any:
        return self.value(node.body if self.machine.truth(self.value(node.test)) else node.orelse)

    def _subscript(self, node: ast.Subscript) -> Any:
        value = self.value(node.value)
        return self.machine.subscript(value, self.value(node.slice))

    def _slice(self, node: ast.Slice) -> slice:
        parts = (node.lower, node.upper, node.step)
        return slice(*(None if part is None else self.value(part) for part in parts))

    def _list(self, node: ast.List) -> list[Any]:
        return self._items(node.elts)

    def _tuple(self, node: ast.Tuple) -> tuple[Any, ...]:
        return tuple(self._items(node.elts))

    def _set(self, node: ast.Set) -> set[Any]:
        return {bounded.hashable(self.machine, item) for item in self._items(node.elts)}

    def _dict(self, node: ast.Dict) -> dict[Any, Any]:
        made: dict[Any, Any] = {}
        for key, part in zip(node.keys, node.values, strict=True):
            value = self.value(part)
            if key is not None:
                made[bounded.hashable(self.machine, self.value(key))] = value
            elif isinstance(value, dict):
                made |= value
            else:
                raise TypeError("what stands after ** must be a dict")
        self.machine.budget.fit(len(made), "A dict")
        return made

    def _text(self, node: ast.JoinedStr) -> str:
        text = "".join(str(self.value(part)) for part in node.values)
        self.machine.budget.fit(len(text), "A text")
        return text

    def _field(self, node: ast.FormattedValue) -> str:
        letter = None if node.conversion < 0 else chr(node.conversion)
        value = converted(self.machine, self.value(node.value), letter)
        spec = "" if node.format_spec is None else str(self.value(node.format_spec))
        return formatted(self.machine, value, spec)

    def _named(self, node: ast.NamedExpr) -> Any:
        value = self.value(node.value)
        self.names[checked_name(node.target.id)] = value
        return value

    def _list_comprehension(self, node: ast.ListComp) -> list[Any]:
        return list(self.machine.budget.counted(self._each(node, lambda inner: inner.value(node.elt)), "A list"))

    def _set_comprehension(self, node: ast.SetComp) -> set[Any]:
        each = self._each(node, lambda inner: bounded.hashable(self.machine, inner.value(node.elt)))
        return set(self.machine.budget.counted(each, "A set"))

    def _dict_comprehension(self, node: ast.DictComp) -> dict[Any, Any]:
        def pair(inner: Evaluator) -> tuple[Any, Any]:
            return bounded.hashable(self.machine, inner.value(node.key)), inner.value(node.value)

        return dict(self.machine.budget.counted(self._each(node, pair), "A dict"))

    def _generator(self, node: ast.GeneratorExp) -> Iterator[Any]:
        return self._each(node, lambda inner: inner.value(node.elt))

    def _each(self, node: Any, made: Callable[[Evaluator], Any]) -> Iterator[Any]:
        """What a comprehension makes, one by one; its names live in a scope of their own."""
        inner = Evaluator(self.machine, ChainMap({}, self.names), self.starting)
        inner.last = self.last

        def walk(depth: int) -> Iterator[Any]:
            if depth == len(node.generators):
                yield made(inner)
                return
            part = node.generators[depth]
            for item in self.machine.iterate(inner.value(part.iter)):
                inner.assign(part.target, item)
                if all(self.machine.truth(inner.value(test)) for test in part.ifs):
                    yield from walk(depth + 1)

        return walk(0)

    def assign(self, target: ast.expr, value: Any) -> None:
        """`target = value` for a name, an index, an attribute, or several in a list."""
        self.machine.budget.spend()
        if isinstance(target, ast.Name):
            self.names[checked_name(target.id)] = value
        elif isinstance(target, ast.Subscript):
            holder, index = self.value(target.value), self.value(target.slice)
            self.machine.witness.store(target, holder, lambda: self.machine.store(holder, index, value))
        elif isinstance(target, ast.Attribute):
            self.machine.assign_attribute(self.value(target.value), target.attr, value)
        elif isinstance(target, ast.Tuple | ast.List):
            self._unpack(target.elts, value)
        else:
            raise Refused(f"{type(target).__name__} cannot be assigned to.")

    def _unpack(self, targets: list[ast.expr], value: Any) -> None:
        items = list(self.machine.budget.counted(self.machine.iterate(value)))
        starred = [position for position, target in enumerate(targets) if isinstance(target, ast.Starred)]
        if len(starred) > 1:
            raise Refused("Two starred names in one assignment leave open which gets what.")
        least = len(targets) - len(starred)
        if len(items) < least or (not starred and len(items) > least):
            raise ValueError(f"{len(items)} values cannot be unpacked into {len(targets)} names")
        if starred:
            first, extra = starred[0], len(items) - least
            items[first : first + extra] = [items[first : first + extra]]
        for target, item in zip(targets, items, strict=True):
            self.assign(target.value if isinstance(target, ast.Starred) else target, item)


REFUSED_NAMES = dict.fromkeys(
    ("exec", "eval", "compile", "getattr", "setattr", "delattr", "hasattr", "vars", "dir", "globals", "locals",
     "input", "help", "breakpoint", "memoryview", "bytes", "bytearray", "object", "super", "frozenset", "staticmethod"),
    "Operations on tensors, and loops over them, are.",
)  # fmt: skip


def checked_name(name: str) -> str:
    """`name`, when it may be assigned to."""
    if name.startswith("__"):
        raise Refused(f"Names that begin with two underscores are not offered, and {name!r} does.")
    return name

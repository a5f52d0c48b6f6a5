"""How code may go on: names, attributes behind a dot, arguments of a call.

Must not know widgets. Nothing is called or computed to find out: names and members are looked up, no more.
"""

from __future__ import annotations

import keyword
import re
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from tensorviz.core.code_colours import is_code, open_bracket
from tensorviz.core.layout import shape_text
from tensorviz.core.session_data import Completion
from tensorviz.core.text import plural
from tensorviz.engine.console.attributes import TENSOR_PROPERTIES, offered
from tensorviz.engine.console.values import Function, GradSwitch, Namespace, StorageHandle, TypeName
from tensorviz.engine.tensors.arguments import argument_names
from tensorviz.engine.tensors.resolve import NOTHING, Known

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tensorviz.engine.session import Session

MOST = 200
LONGEST = 20_000  # characters before the position that are looked at
KEYWORDS = tuple(word for word in keyword.kwlist if word not in
                 ("async", "await", "class", "def", "global", "lambda", "nonlocal", "return", "yield"))  # fmt: skip
_WORD = re.compile(r"[^\W\d]\w*\Z")
_DOT = re.compile(r"\.\s*\Z")
_CALLED = re.compile(r"[\w\])'\"]\s*\Z")

Found = tuple[int, tuple[Completion, ...]]


def completions(session: Session, code: str, position: int) -> Found:
    """Where the word that is being typed begins, and what it may become: the likeliest first, up to MOST.

    position: 0 to the length of `code`; others are taken as the nearest. Nothing is run, and nothing raised.
    """
    position = max(0, min(position, len(code)))
    before = code[max(0, position - LONGEST) : position]
    if not is_code(before, len(before)):
        return position, ()
    met = _WORD.search(before)
    word = met.group() if met is not None else ""
    head = before[: len(before) - len(word)]
    if not word and head[-1:].isdigit():
        return position, ()  # a number is being typed
    known = Known(session.known_names)
    if _DOT.search(head):
        found = _attributes(known, head, word)
    else:
        found = [*_arguments(known, head), *_names(session.variables, known.names)]
    return position - len(word), tuple(_chosen(found, word))


def _attributes(known: Known, head: str, word: str) -> list[Completion]:
    value = known.before(_DOT.sub("", head))
    if value is NOTHING:
        return []
    words = (name for name in offered(value) if word.startswith("_") or not name.startswith("_"))
    return [Completion(name, _about_attribute(value, name)) for name in words]


def _about_attribute(value: Any, name: str) -> str:
    if isinstance(value, Namespace):
        return about(value.members[name])
    if isinstance(value, torch.Tensor):
        if name in TENSOR_PROPERTIES:
            return "property"
        return "method, in place" if name.endswith("_") else "method"
    return "method" if isinstance(value, str | list | dict | set) else "attribute"


def _names(variables: Mapping[str, Any], names: Mapping[str, Any]) -> list[Completion]:
    """The person's own names, the newest first; then what was there from the start; then keywords."""
    own = [Completion(name, about(variables[name])) for name in reversed(list(variables))]
    rest = sorted(name for name in names if name not in variables)
    return own + [Completion(name, about(names[name])) for name in rest] + [Completion(w, "keyword") for w in KEYWORDS]


def _arguments(known: Known, head: str) -> list[Completion]:
    """What may stand before "=" where an argument of a call begins."""
    bracket = open_bracket(head)
    if bracket is None or head[bracket] != "(" or not re.search(r"[(,]\s*\Z", head):
        return []
    called = head[:bracket]
    if not _CALLED.search(called):
        return []
    function = known.before(called)
    return [] if function is NOTHING else [Completion(f"{name}=", "argument") for name in argument_names(function)]


def _chosen(found: Iterable[Completion], word: str) -> list[Completion]:
    """Those that fit, the best first: beginnings, beginnings in another case, parts, letters in order."""
    ranked = []
    seen: set[str] = set()
    for place, one in enumerate(found):
        rank = _rank(one.word, word)
        if rank is not None and one.word not in seen:
            seen.add(one.word)
            ranked.append((rank, place, one))
    ranked.sort(key=lambda item: item[:2])
    return [one for _, _, one in ranked[:MOST]]


def _rank(name: str, word: str) -> int | None:
    if name.startswith(word):
        return 0
    low, typed = name.lower(), word.lower()
    if low.startswith(typed):
        return 1
    if len(word) < 2:
        return None  # one letter is somewhere in nearly every name
    if typed in low:
        return 2
    rest = iter(low)
    return 3 if low[0] == typed[0] and all(letter in rest for letter in typed) else None


def about(value: Any) -> str:
    """What a value is, in a few words: "tensor 3x2 float32", "list of 3", "function"."""
    if isinstance(value, torch.Tensor):
        return f"tensor {shape_text(tuple(value.shape))} {str(value.dtype).removeprefix('torch.')}"
    if isinstance(value, np.ndarray):
        return f"array {shape_text(value.shape)} {value.dtype}"
    if isinstance(value, Function):
        return "method" if value.bound else "function"
    if isinstance(value, list | tuple | dict | set) and not hasattr(value, "_fields"):
        return f"{type(value).__name__} of {plural(len(value), 'item')}"
    own = {TypeName: "type", Namespace: "module", StorageHandle: "storage", GradSwitch: "grad mode"}
    return own.get(type(value), type(value).__name__)

"""What an expression stands for, as far as that can be told without running anything.

Must not know completion. No call is made and no operator applied: of a call only the kind of its answer is told.
"""

from __future__ import annotations

import ast
from functools import cache
from typing import TYPE_CHECKING, Any

import torch

from tensorviz.core.code_colours import CLOSING, Part, parts_of_text
from tensorviz.engine.console.attributes import TENSOR_METHODS
from tensorviz.engine.console.values import Function, Namespace, TypeName
from tensorviz.engine.console.word_list import words
from tensorviz.engine.hearing import quiet

if TYPE_CHECKING:
    from collections.abc import Mapping

NOTHING = object()  # what an expression stands for that cannot be told
DEEPEST = 50
# Tensor methods and functions that do not answer with one tensor.
OTHER_ANSWERS = frozenset(
    words("""
item tolist size stride dim ndimension numel nelement storage untyped_storage storage_offset numpy type is_contiguous
element_size data_ptr get_device equal allclose is_floating_point is_complex is_signed is_nonzero chunk split
tensor_split unbind topk sort kthvalue mode cummax cummin frexp svd slogdet aminmax unique unique_consecutive where
nonzero is_conj is_neg backward max min median nanmedian hsplit vsplit dsplit is_same_size meshgrid broadcast_tensors
broadcast_shapes is_tensor is_storage can_cast promote_types result_type std_mean var_mean manual_seed seed initial_seed
set_printoptions no_grad enable_grad is_grad_enabled get_default_dtype lu qr eig eigh lstsq atleast_1d atleast_2d
atleast_3d is_inference dense_dim is_available device_count grad assert_close device finfo iinfo Size Generator
""")
)
SAME_KIND = frozenset(words("T mT H mH real imag data"))  # properties of a tensor that are tensors
PLAIN = frozenset(words("shape dtype device requires_grad is_leaf ndim itemsize nbytes layout"))


@cache
def some_tensor() -> torch.Tensor:
    """Stands for a tensor of which nothing is known but that it is one."""
    return torch.empty(0, device="meta")


class Known:
    """What names stand for. `names`: all that can be said without a dot."""

    def __init__(self, names: Mapping[str, Any]) -> None:
        self.names = names

    def before(self, text: str) -> Any:
        """What the expression at the end of `text` stands for; NOTHING when that cannot be told."""
        code = last_expression(text)
        if not code:
            return NOTHING
        try:
            with quiet():  # an invalid escape in a text is the writer's business
                return self.value(ast.parse(code, mode="eval").body)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return NOTHING

    def value(self, node: ast.expr, depth: int = 0) -> Any:
        """What a node stands for."""
        if depth > DEEPEST:
            return NOTHING
        match node:
            case ast.Name(id=name):
                return self.names.get(name, NOTHING)
            case ast.Constant(value=value) if not isinstance(value, bytes):
                return value
            case ast.List() | ast.ListComp():
                return []
            case ast.Dict() | ast.DictComp():
                return {}
            case ast.JoinedStr():
                return ""
            case ast.Attribute(value=inner, attr=name):
                return _member(self.value(inner, depth + 1), name)
            case ast.Subscript(value=inner, slice=index):
                return _item(self.value(inner, depth + 1), index)
            case ast.Call(func=function):
                return _answer(self.value(function, depth + 1))
            case ast.BinOp(left=left, right=right):
                sides = (self.value(left, depth + 1), self.value(right, depth + 1))
                return some_tensor() if any(isinstance(side, torch.Tensor) for side in sides) else NOTHING
        return NOTHING


def _member(value: Any, name: str) -> Any:
    if isinstance(value, Namespace):
        return value.members.get(name, NOTHING)
    if isinstance(value, torch.Tensor):
        return _of_tensor(value, name)
    return NOTHING


def _of_tensor(tensor: torch.Tensor, name: str) -> Any:
    """Only what is there already: `x.T` would make a view, so it is told by its kind."""
    if name in SAME_KIND:
        return some_tensor()
    if name == "grad":
        return tensor.grad if tensor.is_leaf and tensor.grad is not None else some_tensor()
    if name in PLAIN:
        return getattr(tensor, name)
    if name in TENSOR_METHODS:
        return Function(f"Tensor.{name}", getattr(torch.Tensor, name, None) or _never, "torch", (tensor,))
    return NOTHING


def _never(*_args: Any) -> Any:
    """Stands where a method of the console's own would; nothing here is called."""


def _item(value: Any, index: ast.expr) -> Any:
    """An item of a list or dict by a constant; a part of a tensor is a tensor."""
    if isinstance(value, torch.Tensor):
        return some_tensor()
    key = _constant(index)
    if key is NOTHING or type(value) not in (list, tuple, dict, torch.Size):
        return NOTHING
    try:
        return value[key]
    except (LookupError, TypeError):
        return NOTHING


def _constant(node: ast.expr) -> Any:
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub) and isinstance(node.operand, ast.Constant):
        number = node.operand.value
        return -number if type(number) is int else NOTHING
    if isinstance(node, ast.Constant) and isinstance(node.value, int | str):
        return node.value
    return NOTHING


def _answer(function: Any) -> Any:
    """The kind of what a call would give: torch's functions give a tensor, unless it is known that they do not."""
    if isinstance(function, Function) and function.kind == "torch":
        return NOTHING if function.name.rpartition(".")[2] in OTHER_ANSWERS else some_tensor()
    if isinstance(function, Function) and function.name == "torch.tensor":
        return some_tensor()
    if isinstance(function, TypeName) and function.of in (str, list, dict):
        return {str: "", list: [], dict: {}}[function.of]
    return NOTHING


def last_expression(text: str) -> str:
    """The last names, dots, brackets and texts of `text` that make one expression: of "x = a[0].b" it is "a[0].b"."""
    parts = [one for one in parts_of_text(text) if one.kind != "comment"]
    at = len(parts)
    operand = False  # whether what stands to the right of `at` begins with a name, a text or a bracket
    while at:
        part, said = parts[at - 1], text[parts[at - 1].start : parts[at - 1].stop]
        if part.kind == "bracket" and said in CLOSING and (not operand or _may_follow(text, parts[at])):
            at = _opening(text, parts, at - 1)
            if at < 0:
                return ""
            operand = True
        elif part.kind in ("name", "builtin", "string", "keyword") and (not operand or _may_follow(text, parts[at])):
            if part.kind == "keyword":
                break
            at, operand = at - 1, True
        elif said == "." and operand and not _may_follow(text, parts[at]):
            at, operand = at - 1, False
        else:
            break
    return text[parts[at].start :].strip() if at < len(parts) else ""


def _may_follow(text: str, part: Part) -> bool:
    """Whether a part continues what stands before it without a dot: a bracket of a call or an index."""
    return text[part.start] in "(["


def _opening(text: str, parts: list[Part], closing: int) -> int:
    """The place in `parts` of the bracket that the one at `closing` closes; -1 when there is none."""
    depth = 0
    for at in reversed(range(closing + 1)):
        if parts[at].kind == "bracket":
            depth += 1 if text[parts[at].start] in CLOSING else -1
            if depth == 0:
                return at
    return -1

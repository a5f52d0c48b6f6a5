"""What the arguments of a function are called.

Must not know how they are completed. Nothing is called: torch's own table of operators and signatures are read.
"""

from __future__ import annotations

import inspect
from functools import cache
from typing import Any

import torch

from tensorviz.engine.console.values import Function, TypeName

NOT_GIVEN = frozenset({"self", "machine", "names", "pin_memory", "input", "generator"})
# What builders of tensors take beside their schema: autograd's wish is not part of it.
BUILDERS = frozenset({"arange", "empty", "eye", "full", "linspace", "logspace", "ones", "rand", "randint", "randn",
                      "randperm", "scalar_tensor", "zeros", "empty_like", "full_like", "ones_like", "rand_like",
                      "randn_like", "zeros_like"})  # fmt: skip
OWN = {"tensor": ("dtype", "device", "requires_grad"), "as_tensor": ("dtype", "device"), "Tensor.numpy": ("force",)}


def argument_names(function: Any) -> tuple[str, ...]:
    """The names that may stand before "=" in a call, in the order of the signature; empty when nothing is known."""
    if isinstance(function, TypeName):
        function = function.make
    if not isinstance(function, Function):
        return ()
    short = function.name.removeprefix("torch.")
    if short in OWN:
        return OWN[short]
    if function.kind == "torch":
        found = _of_operator(short) or _of_python(function.call)
        return found + (("requires_grad",) if short in BUILDERS else ())
    return _of_python(function.call)


@cache
def _of_operator(name: str) -> tuple[str, ...]:
    """From the schemas of the operator's overloads: `torch.sum` and `Tensor.sum` are "aten::sum"."""
    names: dict[str, None] = {}
    last = name.rpartition(".")[2]
    spaces = {"linalg": "linalg_", "fft": "fft_"}
    prefix = spaces.get(name.partition(".")[0], "")
    try:
        schemas = torch._C._jit_get_schemas_for_operator(f"aten::{prefix}{last}")
    except RuntimeError:  # no operator of that name
        return ()
    for schema in schemas:
        names.update((one.name, None) for one in schema.arguments if one.name not in NOT_GIVEN)
    return tuple(names)


def _of_python(call: Any) -> tuple[str, ...]:
    try:
        parameters = inspect.signature(call).parameters
    except (TypeError, ValueError):  # written in C, without a signature
        return ()
    given = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
    names = (name for name, one in parameters.items() if one.kind in given)
    return tuple(name for name in names if name not in NOT_GIVEN and not name.startswith("_"))

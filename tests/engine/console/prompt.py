"""A real Python prompt, to compare the console with: the same code, compiled and run by Python itself.

Must not know the console.
"""

from __future__ import annotations

import ast
import contextlib
import io
import math
import sys
import warnings
from typing import Any

import numpy as np
import torch
from torch.nn import functional

Outcome = tuple[str, str | None]  # what was printed, and the kind of the error


def at_prompt(source: str) -> tuple[list[Outcome], dict[str, Any]]:
    """Runs each statement of `source` as a prompt would; gives what each printed, and the names at the end."""
    names: dict[str, Any] = {"torch": torch, "np": np, "numpy": np, "math": math, "F": functional}
    start = set(names)
    outcomes = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for statement in ast.parse(source).body:
            outcomes.append(_run(statement, names))
    return outcomes, {name: value for name, value in names.items() if name not in start and not name.startswith("_")}


def _run(statement: ast.stmt, names: dict[str, Any]) -> Outcome:
    code = compile(ast.Interactive([statement]), "<prompt>", "single")
    printed = io.StringIO()

    def show(value: Any) -> None:
        if value is not None:
            names["_"] = value
            printed.write(repr(value) + "\n")

    with contextlib.redirect_stdout(printed):
        before, sys.displayhook = sys.displayhook, show
        try:
            exec(code, names)
        except Exception as error:  # noqa: BLE001 - whatever the code raises
            return printed.getvalue(), type(error).__name__
        finally:
            sys.displayhook = before
    return printed.getvalue(), None

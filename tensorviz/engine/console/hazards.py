"""Operations of torch that end the whole process for some values, refused before they run.

Must not know the language. Each was met (torch 2.15 on x86-64) and has its test.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch

from tensorviz.engine.console.problems import Refused

if TYPE_CHECKING:
    from collections.abc import Sequence

TRUNCATING = frozenset({"div", "div_", "divide", "divide_"})


def check_hazards(func: Any, args: Sequence[Any], kwargs: dict[str, Any]) -> None:
    """Raises Refused for the smallest integer divided by -1 and truncated: the processor traps, and no one catches."""
    if func._schema.name.partition("::")[2] not in TRUNCATING or kwargs.get("rounding_mode") != "trunc":
        return
    dividend, divisor = args[0], args[1]
    if _has_smallest(dividend) and _has_minus_one(divisor):
        raise Refused(
            "The smallest integer divided by -1 has no place in its dtype, and truncated division ends the program.",
            "Use rounding_mode='floor', or a float dtype.",
        )


def _has_smallest(value: Any) -> bool:
    if isinstance(value, int):
        return value in (-(2**63), -(2**31))
    if not isinstance(value, torch.Tensor) or value.is_meta or value.is_floating_point() or value.is_complex():
        return False
    return value.dtype is not torch.bool and bool((value == torch.iinfo(value.dtype).min).any())


def _has_minus_one(value: Any) -> bool:
    return bool((value == -1).any()) if isinstance(value, torch.Tensor) and not value.is_meta else value == -1

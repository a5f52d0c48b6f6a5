"""Finding the name a person meant.

Must not know what the names are of.
"""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def closest(name: str, known: Iterable[str], count: int = 3) -> list[str]:
    """Up to `count` known names that resemble `name`, best first, in any case of letters."""
    by_folded = {item.casefold(): item for item in known}
    found = difflib.get_close_matches(name.casefold(), list(by_folded), n=count, cutoff=0.6)
    return [by_folded[item] for item in found]


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """A question, "Did you mean a, b or c?", or an empty text when nothing is near."""
    near = closest(name, known)
    if not near:
        return ""
    if len(near) == 1:
        return f"Did you mean {near[0]}?"
    return f"Did you mean {', '.join(near[:-1])} or {near[-1]}?"

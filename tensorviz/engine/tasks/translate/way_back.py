"""Which generator translates back, as somebody names it or as it is known.

Must not know torch or pixels.
"""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING

from tensorviz.core.errors import ValueRefused
from tensorviz.engine.weights.naming import is_file_choice

if TYPE_CHECKING:
    from tensorviz.core.translation import GeneratorChoice
    from tensorviz.engine.tasks.translate.source import Source
    from tensorviz.engine.tasks.translate.translator import Identity


def back_choice(choice: GeneratorChoice, there: Source | Identity, given: str = "") -> GeneratorChoice:
    """The generator of the way back, for a picture as it was drawn (so it is not resized).

    choice, there: of the way there. given: NAME, NAME:WEIGHTS or FILE, "" for the known way back. Raises ValueRefused
    when none is known.
    """
    name, _, weights = given.partition(":")
    is_file = _is_path(given) or (not weights and is_file_choice(given))
    if not is_file and not name and not there.way_back:
        raise ValueRefused(
            f"No way back is known for {there.model}.", "Name the other generator: --back NAME, or --back FILE."
        )
    if is_file:
        return replace(choice, model="", weights=given, resize=0)
    return replace(choice, model=name or there.way_back, weights=weights, resize=0)


def _is_path(given: str) -> bool:
    """Whether it can be nothing but a path, whatever letters are in it."""
    return os.sep in given or "/" in given or (given != "" and os.path.isfile(given))  # noqa: PTH113 - without exceptions

"""Length penalties of upstream's code: how sums of sentences of different length are compared.

Must not know networks. captioning/utils/misc.py of ruotianluo/ImageCaptioning.pytorch (penalty_builder).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tensorviz.core.errors import ValueRefused

if TYPE_CHECKING:
    from collections.abc import Callable

    Penalty = Callable[[int, float], float]

WU = 5.0  # Wu et al., arXiv 1609.08144, equation 14


def penalty_of(text: str) -> Penalty:
    """The function (words, sum) -> what is compared. "" compares sums, "avg_X" means, "wu_X" as Wu et al. with alpha X.

    Raises ValueRefused.
    """
    if not text:
        return lambda words, total: total
    found = re.fullmatch(r"(avg|wu)_(\d+(?:\.\d+)?)", text)
    if found is None:
        raise ValueRefused(f"There is no length penalty {text!r}.", 'Use "", "avg_0" or "wu_0.9".')
    if found[1] == "avg":
        return lambda words, total: total / words
    alpha = float(found[2])
    return lambda words, total: total / ((WU + words) ** alpha / (WU + 1) ** alpha)

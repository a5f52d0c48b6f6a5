"""What a file says about itself, as JSON can hold it.

Must not know what it is about; it is loaded where every hundredth of a second counts, so without NumPy.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any


def as_json(value: Any) -> Any:
    """Tables, lists, texts and numbers; numbers that are none, and everything else, become texts."""
    if isinstance(value, Mapping):
        return {str(key): as_json(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [as_json(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    return value if isinstance(value, str | int | float | bool) or value is None else str(value)

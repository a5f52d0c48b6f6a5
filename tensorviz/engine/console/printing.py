"""What a step prints, as a Python prompt would, and no more of it than fits.

Must not know the syntax tree; options of printing belong to the session, not to torch.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch._tensor_str import printoptions

CUT = "\n... (the rest of the output is cut)\n"


class Printer:
    """Collects the output of one step; knows the print options that `torch.set_printoptions` asked for."""

    def __init__(self) -> None:
        self._options: dict[str, Any] = {}
        self._parts: list[str] = []
        self._room = 0

    def begin(self, room: int) -> None:
        """Starts anew, with `room` characters."""
        self._parts, self._room = [], room

    def set_options(self, **options: Any) -> None:
        """Options of printing tensors, as torch.set_printoptions has them; they hold for this session."""
        self._options = options if "profile" in options else {**self._options, **options}

    @property
    def options(self) -> dict[str, Any]:
        """The options now."""
        return dict(self._options)

    @property
    def full(self) -> bool:
        """Whether nothing more is taken."""
        return self._room < 0

    def write(self, text: str) -> None:
        """Adds to the output; what is over the limit is cut, and that is said."""
        if self._room < 0:
            return
        self._parts.append(text[: self._room])
        self._room -= len(text)
        if self._room < 0:
            self._parts.append(CUT)

    def output(self) -> str:
        """All that was written."""
        return "".join(self._parts)

    def text(self, value: Any) -> str:
        """`repr(value)` under the session's options."""
        with printoptions(**self._options), np.printoptions(), torch.no_grad():
            return repr(value)

    def words(self, value: Any) -> str:
        """`str(value)` under the session's options."""
        with printoptions(**self._options), np.printoptions(), torch.no_grad():
            return str(value)

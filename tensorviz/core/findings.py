"""What an examination of the installation found, as data.

Must not know how anything is examined.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

Status = Literal["ok", "warning", "problem"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at. A "problem" keeps something from working; a "warning" may. `hint` says what to try."""

    name: str
    value: str
    status: Status = "ok"
    hint: str = ""

    def as_dict(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        return {"name": self.name, "value": self.value, "status": self.status, "hint": self.hint}


def usable(findings: list[Finding]) -> bool:
    """Whether nothing found is a problem."""
    return all(finding.status != "problem" for finding in findings)

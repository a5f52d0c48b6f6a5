"""The settings file: what the person changed, as JSON, written beside and renamed.

Must not know which settings there are, nor who reads them; a file it cannot read is kept aside, never deleted.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tensorviz.engine.writing import write_text

if TYPE_CHECKING:
    from pathlib import Path


class SettingsFile:
    """Loads and saves a dict of plain values. `problem` is a sentence when the file could not be used, else ""."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.problem = ""

    def load(self) -> dict[str, Any]:
        """What was saved; empty when there is nothing, or nothing that can be read."""
        try:
            values = json.loads(self.path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}
        except OSError as error:
            self.problem = f"The settings in {self.path} cannot be read ({error.strerror})."
            return {}
        except ValueError:
            return self._put_aside()
        return values if isinstance(values, dict) else self._put_aside()

    def save(self, values: dict[str, Any]) -> None:
        """Writes the values; the old file stays whole until the new one is. Raises OSError."""
        write_text(self.path, json.dumps(values, indent=2, sort_keys=True) + "\n")

    def _put_aside(self) -> dict[str, Any]:
        aside = self.path.with_name(self.path.name + ".damaged")
        try:
            self.path.replace(aside)
            self.problem = f"The settings in {self.path} were damaged; they were kept as {aside.name}."
        except OSError as error:
            self.problem = f"The settings in {self.path} are damaged and stay so ({error.strerror})."
        return {}

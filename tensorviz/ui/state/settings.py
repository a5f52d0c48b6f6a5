"""What the person chose once and for all: the settings, observable.

Must not know where they are kept, nor who looks at them.
"""

from __future__ import annotations

from typing import Any, Protocol

from PySide6.QtCore import QObject, Signal

from tensorviz.core.errors import NameUnknown, ValueRefused
from tensorviz.core.settings import SETTINGS, Value, setting_of


class SettingsStore(Protocol):
    """Where settings are kept; the real one is `tensorviz.settings_file.SettingsFile`."""

    def load(self) -> dict[str, Any]:
        """What differs from the defaults."""

    def save(self, values: dict[str, Any]) -> None:
        """Keeps what differs from the defaults; raises OSError."""


class SettingsState(QObject):
    """The value of every setting.

    Signals: changed(key) after a value changed; not_saved(sentence) when it could not be kept.
    """

    changed = Signal(str)
    not_saved = Signal(str)

    def __init__(self, store: SettingsStore, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self._chosen = _usable(store.load())

    def get(self, key: str) -> Value:
        """The value in force; raises NameUnknown."""
        return self._chosen.get(key, setting_of(key).default)

    def flag(self, key: str) -> bool:
        """The value of a setting of kind "flag"."""
        value = self.get(key)
        assert isinstance(value, bool), key
        return value

    def whole(self, key: str) -> int:
        """The value of a setting of kind "int"."""
        value = self.get(key)
        assert type(value) is int, key
        return value

    def text(self, key: str) -> str:
        """The value of a setting of kind "choice" or "text"."""
        value = self.get(key)
        assert isinstance(value, str), key
        return value

    def set(self, key: str, value: object) -> None:
        """Changes a setting and keeps it; raises NameUnknown or ValueRefused."""
        checked = setting_of(key).checked(value)
        if checked == self.get(key):
            return
        self._chosen[key] = checked
        if checked == setting_of(key).default:
            del self._chosen[key]
        self._save()
        self.changed.emit(key)

    def reset(self, key: str) -> None:
        """Back to the default."""
        self.set(key, setting_of(key).default)

    def is_default(self, key: str) -> bool:
        """Whether the setting has its default value."""
        return key not in self._chosen

    def _save(self) -> None:
        try:
            self._store.save(dict(self._chosen))
        except OSError as error:
            self.not_saved.emit(f"The settings could not be kept ({error.strerror or error}).")


def _usable(values: dict[str, Any]) -> dict[str, Value]:
    """What an older or a hand-edited file says, as far as it is still meant."""
    known = {setting.key for setting in SETTINGS}
    usable: dict[str, Value] = {}
    for key in known & set(values):
        try:
            usable[key] = setting_of(key).checked(values[key])
        except (NameUnknown, ValueRefused):
            continue  # the default is in force
    return {key: value for key, value in usable.items() if value != setting_of(key).default}

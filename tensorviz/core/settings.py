"""Every setting once, as data: what may be chosen, within which bounds, and what it is without a choice.

Must not know files or widgets: the settings file and the settings dialog are built from this table.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from tensorviz.core.catalogue import BATCH
from tensorviz.core.errors import NameUnknown, ValueRefused
from tensorviz.core.names import did_you_mean
from tensorviz.core.translation import LARGEST_RESIZE, RESIZE

Value = str | int | float | bool
Kind = Literal["choice", "flag", "int", "float", "text"]


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting. group: its heading in the dialog; "" for what is remembered but chosen elsewhere in the window.

    choices: the values of kind "choice", each with its label. minimum, maximum: bounds of a number, included.
    unit: what the number counts. note: what it does, in one sentence.
    """

    key: str
    default: Value
    group: str
    label: str
    kind: Kind
    choices: tuple[tuple[str, str], ...] = ()
    minimum: float = -math.inf
    maximum: float = math.inf
    unit: str = ""
    note: str = ""

    def checked(self, value: object) -> Value:
        """The value itself when it may be set; raises ValueRefused otherwise."""
        if self.kind == "flag" and isinstance(value, bool):
            return value
        if self.kind == "text" and isinstance(value, str):
            return value
        if self.kind == "choice" and isinstance(value, str) and value in (name for name, _ in self.choices):
            return value
        if self.kind in ("int", "float") and (number := self._number(value)) is not None:
            return number
        raise ValueRefused(f"The setting {self.key} cannot be {value!r}.", self._expected())

    def _number(self, value: object) -> int | float | None:
        allowed: tuple[type, ...] = (int,) if self.kind == "int" else (int, float)
        if isinstance(value, bool) or not isinstance(value, allowed):
            return None
        assert isinstance(value, int | float)
        return value if self.minimum <= value <= self.maximum else None

    def _expected(self) -> str:
        if self.kind == "choice":
            return f"Use one of {', '.join(name for name, _ in self.choices)}."
        if self.kind == "flag":
            return "Use true or false."
        if self.kind == "text":
            return "Use a text."
        whole = "a whole number" if self.kind == "int" else "a number"
        return f"Use {whole} from {self.minimum:g} to {self.maximum:g}."


SETTINGS: tuple[Setting, ...] = (
    Setting(
        "theme",
        "system",
        "Appearance",
        "Theme",
        "choice",
        (("system", "Follow the system"), ("light", "Light"), ("dark", "Dark")),
        note="Changes at once.",
    ),
    Setting(
        "less_motion",
        False,
        "Appearance",
        "Less motion",
        "flag",
        note="Drawings change at once; without it they move, unless the system asks for less motion.",
    ),
    Setting(
        "thumbnail_side",
        96,
        "Appearance",
        "Thumbnail size",
        "int",
        minimum=48,
        maximum=256,
        unit="pixels",
        note="The side of the small pictures in the picture well.",
    ),
    Setting(
        "classify_on_drop",
        True,
        "Classify",
        "Classify new pictures at once",
        "flag",
        note="Pictures that are dropped, pasted or opened are answered without being asked for.",
    ),
    Setting(
        "interactive_limit",
        4,
        "Classify",
        "Pictures that go before a batch",
        "int",
        minimum=1,
        maximum=100,
        unit="pictures",
        note="Up to so many new pictures are answered at once, even while a folder is running.",
    ),
    Setting(
        "top_n",
        5,
        "Classify",
        "Answers per picture",
        "int",
        minimum=1,
        maximum=1000,
        unit="classes",
        note="How many of the most probable classes are kept.",
    ),
    Setting(
        "batch_size",
        BATCH,
        "Computing",
        "Pictures per batch",
        "int",
        minimum=1,
        maximum=512,
        unit="pictures",
        note="How many pictures the network gets at a time; more need more memory.",
    ),
    Setting(
        "precision",
        "fp32",
        "Computing",
        "Precision",
        "choice",
        (("fp32", "fp32: exact"), ("bf16", "bf16: half the memory"), ("fp16", "fp16: for GPUs")),
        note="Half precision is faster on some devices and changes probabilities slightly.",
    ),
    Setting(
        "confirm_fetch",
        True,
        "Weights",
        "Ask before fetching weights",
        "flag",
        note="Says how large the download is before it begins.",
    ),
    Setting("device", "auto", "", "Device", "text"),
    Setting("chosen_model", "", "", "Model", "text"),
    Setting("chosen_weights", "", "", "Weights", "text"),
    Setting(
        "chosen_task",
        "classify",
        "",
        "Task",
        "choice",
        (("classify", "Classify"), ("translate", "Translate")),
    ),
    Setting("chosen_generator", "", "", "Generator", "text"),
    Setting("chosen_generator_weights", "", "", "Generator's weights", "text"),
    Setting(
        "input_range",
        "trained",
        "",
        "Input range",
        "choice",
        (("trained", "as trained"), ("book", "as in the book")),
    ),
    Setting("translate_resize", RESIZE, "", "Shorter side", "int", minimum=0, maximum=LARGEST_RESIZE, unit="pixels"),
    Setting("there_and_back", False, "", "There and back", "flag"),
    Setting(
        "translate_on_choice",
        True,
        "Translate",
        "Translate the picture that is looked at",
        "flag",
        note="Without it a picture is translated when it is asked for.",
    ),
)

_BY_KEY = {setting.key: setting for setting in SETTINGS}


def setting_of(key: str) -> Setting:
    """The row of that key; raises NameUnknown with what was probably meant."""
    try:
        return _BY_KEY[key]
    except KeyError:
        raise NameUnknown(f"There is no setting {key!r}.", did_you_mean(key, _BY_KEY)) from None

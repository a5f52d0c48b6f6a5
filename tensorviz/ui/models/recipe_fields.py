"""The fields of a recipe: resize, crop, mean, std, interpolation, fit; what cannot be meant is said in place.

Must not know whose recipe it is: a recipe in, changed valid recipes out.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, get_args

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QGridLayout, QHBoxLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from tensorviz.core.errors import ValueRefused
from tensorviz.core.recipe import Fit, Interpolation, Recipe
from tensorviz.ui.theme import number_font
from tensorviz.ui.widgets.wrapped_label import WrappedLabel

if TYPE_CHECKING:
    from collections.abc import Sequence

SIDES = ("resize", "crop")
TRIPLES = ("mean", "std")
CHANNELS = ("R", "G", "B")
LABELS = {
    "resize": "&Resize",
    "crop": "&Crop",
    "interpolation": "&Interpolation",
    "fit": "&Fit",
    "mean": "&Mean",
    "std": "&Std",
}
FITS = {"shorter": "shorter side, proportions kept", "stretch": "stretched to a square"}
FIELD_WIDTH = 46


class RecipeFields(QWidget):
    """Signals: edited(Recipe) for each change that makes sense; one that does not is told by `problem` only.

    wide: two columns of fields, for a strip; else one, for a panel.
    """

    edited = Signal(object)

    def __init__(self, *, wide: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._recipe: Recipe | None = None
        self.texts: dict[str, tuple[QLineEdit, ...]] = {
            **{name: (_field(name),) for name in SIDES},
            **{name: tuple(_field(f"{name} {channel}") for channel in CHANNELS) for name in TRIPLES},
        }
        self.choices = {"interpolation": _combo("interpolation", get_args(Interpolation)), "fit": _combo("fit", ())}
        for value in get_args(Fit):
            self.choices["fit"].addItem(FITS[value], value)
        self._problem = WrappedLabel("danger")
        self._problem.hide()
        self._build(wide)

    @property
    def recipe(self) -> Recipe | None:
        """The last recipe that made sense; None before one was shown."""
        return self._recipe

    @property
    def problem(self) -> str:
        """Why what is in the fields is no recipe; "" when it is one."""
        return self._problem.plain

    def show_recipe(self, recipe: Recipe) -> None:
        """Puts a recipe into the fields; fields that mean it already keep their text, also an unfinished one."""
        if recipe == self._recipe:
            return
        self._recipe = recipe
        for name, fields in self.texts.items():
            values = getattr(recipe, name)
            for field, value in zip(fields, values if name in TRIPLES else (values,), strict=True):
                if _number(field.text(), whole=name in SIDES) != value:
                    field.setText(f"{value:g}")
                _mark(field, good=True)
        for name, combo in self.choices.items():
            combo.setCurrentIndex(combo.findData(getattr(recipe, name)))
        self._say("")

    def show_again(self) -> None:
        """Throws away what makes no sense."""
        recipe, self._recipe = self._recipe, None
        if recipe is not None:
            self.show_recipe(recipe)

    def _edit(self) -> None:
        """Reads every field; sends the recipe when all make sense, else says what the first bad one lacks."""
        if self._recipe is None:
            return
        changed, problems = self._recipe, []
        for name, value in self._values().items():
            try:
                changed = replace(changed, **{name: value})
                good = True
            except ValueRefused as error:
                problems.append(str(error))
                good = False
            for field in self.texts.get(name, ()):
                _mark(field, good=good)
        self._say(problems[0] if problems else "")
        if not problems and changed != self._recipe:
            self._recipe = changed
            self.edited.emit(changed)

    def _values(self) -> dict[str, Any]:
        values: dict[str, Any] = {name: _number(self.texts[name][0].text(), whole=True) for name in SIDES}
        for name in TRIPLES:
            values[name] = tuple(_number(field.text(), whole=False) for field in self.texts[name])
        return values | {name: combo.currentData() for name, combo in self.choices.items()}

    def _say(self, problem: str) -> None:
        self._problem.say_or_hide(problem)

    # ------------------------------------------------------------------------------------------------ building

    def _build(self, wide: bool) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(6)
        for place, name in enumerate(("resize", "mean", "crop", "std", "interpolation", "fit") if wide else LABELS):
            row, column = divmod(place, 2) if wide else (place, 0)
            self._add(grid, name, row, column * 2)
        grid.setColumnStretch(3 if wide else 1, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(grid)
        layout.addWidget(self._problem)
        for field in (field for fields in self.texts.values() for field in fields):
            field.textEdited.connect(self._edit)
        for combo in self.choices.values():
            combo.activated.connect(self._edit)

    def _add(self, grid: QGridLayout, name: str, row: int, column: int) -> None:
        label = QLabel(LABELS[name])
        widgets: Sequence[QWidget] = self.texts[name] if name in self.texts else (self.choices[name],)
        label.setBuddy(widgets[0])
        label.setProperty("role", "muted")
        line = QHBoxLayout()
        line.setSpacing(4)
        for widget in widgets:
            line.addWidget(widget)
        grid.addWidget(label, row, column)
        grid.addLayout(line, row, column + 1)


def _field(name: str) -> QLineEdit:
    field = QLineEdit()
    field.setAccessibleName(name)
    field.setFont(number_font())
    field.setMinimumWidth(FIELD_WIDTH)
    return field


def _combo(name: str, values: Sequence[str]) -> QComboBox:
    combo = QComboBox()
    combo.setAccessibleName(name)
    combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    for value in values:
        combo.addItem(value, value)
    return combo


def _number(text: str, *, whole: bool) -> int | float | str:
    """The number, or the text itself where it is none: the recipe's own check then says what is wrong."""
    try:
        return int(text) if whole else float(text.replace(",", "."))
    except ValueError:
        return text


def _mark(field: QLineEdit, *, good: bool) -> None:
    role = "" if good else "invalid"
    if (field.property("role") or "") != role:  # dressing again costs much
        field.setProperty("role", role)
        field.style().unpolish(field)
        field.style().polish(field)

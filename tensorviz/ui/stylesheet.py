"""The one stylesheet of the window, made of design tokens.

Must not know any panel: it dresses kinds of widgets, and those with a `role` property.

Roles: QPushButton "primary" (the one thing to do here), "danger"; QToolButton "tab"; QLabel "title", "heading",
"muted", "good", "warning", "danger", "chip", "key"; QFrame "card", "well", "bar", "toast", "popup", "line".
"""

from __future__ import annotations

from string import Template
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tensorviz.ui.theme import Tokens

_SHEET = Template("""
QToolTip { background: $raised; color: $text; border: 1px solid $border; padding: 4px 6px; }
QMainWindow, QDialog { background: $surface; }
QMenuBar { background: $surface; color: $text; padding: 1px 4px; }
QMenuBar::item { padding: 4px 8px; border-radius: ${small_radius}px; background: transparent; }
QMenuBar::item:selected { background: $soft; }
QMenu { background: $raised; color: $text; border: 1px solid $border; padding: 4px; }
QMenu::item { padding: 5px 24px 5px 8px; border-radius: ${small_radius}px; }
QMenu::item:selected { background: $soft; }
QMenu::item:disabled { color: $muted; }
QMenu::icon { padding-left: 6px; }
QMenu::separator { height: 1px; background: $border; margin: 4px 6px; }

QDialogButtonBox, QMessageBox { dialogbuttonbox-buttons-have-icons: 0; }
QPushButton, QToolButton[role="button"], QComboBox {
  background: $raised; color: $text; border: 1px solid $border; border-radius: ${radius}px; padding: 4px 11px;
}
QPushButton:hover, QToolButton[role="button"]:hover, QComboBox:hover { border-color: $strong_border; }
QPushButton:pressed, QToolButton[role="button"]:pressed { background: $sunken; }
QPushButton:disabled, QComboBox:disabled { color: $muted; background: $surface; }
QPushButton:focus, QComboBox:focus, QToolButton[role="button"]:focus { border: 2px solid $focus; padding: 3px 10px; }
QPushButton[role="primary"] { background: $accent; color: $on_accent; border-color: $accent; font-weight: 600; }
QPushButton[role="primary"]:hover { background: $accent_hover; border-color: $accent_hover; }
QPushButton[role="primary"]:focus { border: 2px solid $text; padding: 3px 10px; }
QPushButton[role="primary"]:disabled { background: $sunken; border-color: $border; color: $muted; }
QPushButton[role="danger"] { color: $danger; }
QPushButton:flat { background: transparent; border-color: transparent; }
QPushButton:flat:hover { background: $soft; }
QToolButton { background: transparent; color: $text; border: 1px solid transparent; border-radius: ${small_radius}px;
  padding: 3px; }
QToolButton:hover { background: $soft; }
QToolButton:pressed { background: $sunken; }
QToolButton:checked { background: $soft; }
QToolButton:focus { border: 2px solid $focus; padding: 2px; }
QToolButton[role="chip"] { background: $raised; border: 1px solid $border; border-radius: 10px; padding: 1px 8px; }
QToolButton[role="chip"]:hover { border-color: $strong_border; }
QToolButton[role="chip"]:checked { background: $soft; border-color: $accent; }
QToolButton[role="chip"]:focus { border: 2px solid $focus; padding: 0 7px; }
QToolButton[role="tab"] { padding: 4px 10px; font-weight: 600; color: $muted; }
QToolButton[role="tab"]:checked { color: $text; background: $soft; }
QToolButton[role="tab"]:focus { border: 2px solid $focus; padding: 3px 9px; }
QToolButton::menu-indicator { image: none; }
QComboBox::drop-down { border: none; width: 22px; }
QComboBox::down-arrow { image: url(icons:arrow-$name.svg); width: 12px; height: 12px; }
QComboBox QAbstractItemView { background: $raised; border: 1px solid $border; padding: 2px; outline: 0; }

QLineEdit, QSpinBox, QDoubleSpinBox, QPlainTextEdit, QTextEdit, QTextBrowser {
  background: $raised; color: $text; border: 1px solid $border; border-radius: ${radius}px; padding: 4px 7px;
  selection-background-color: $accent; selection-color: $on_accent;
}
QLineEdit:hover, QSpinBox:hover, QDoubleSpinBox:hover { border-color: $strong_border; }
QLineEdit:focus, QSpinBox:focus, QDoubleSpinBox:focus, QPlainTextEdit:focus, QTextEdit:focus, QTextBrowser:focus {
  border: 2px solid $focus; padding: 3px 6px;
}
QAbstractSpinBox { min-width: 96px; }
QAbstractSpinBox QLineEdit, QAbstractSpinBox QLineEdit:focus {
  border: none; padding: 0 0 0 5px; background: transparent;
}
QLineEdit[role="invalid"], QSpinBox[role="invalid"] { border-color: $danger; }
QSpinBox::up-button, QSpinBox::down-button, QDoubleSpinBox::up-button, QDoubleSpinBox::down-button {
  width: 18px; border: none; background: transparent;
}
QSpinBox::up-arrow, QDoubleSpinBox::up-arrow { image: url(icons:arrow-up-$name.svg); width: 10px; height: 10px; }
QSpinBox::down-arrow, QDoubleSpinBox::down-arrow { image: url(icons:arrow-$name.svg); width: 10px; height: 10px; }
QCheckBox, QRadioButton { color: $text; spacing: 7px; padding: 2px; border: 2px solid transparent;
  border-radius: ${small_radius}px; }
QCheckBox:focus, QRadioButton:focus { border-color: $focus; }
QCheckBox::indicator { width: 15px; height: 15px; border: 1px solid $strong_border; border-radius: 3px;
  background: $raised; }
QCheckBox::indicator:checked { background: $accent; border-color: $accent; image: url(icons:tick-$name.svg); }
QCheckBox::indicator:disabled { border-color: $border; }
QRadioButton::indicator { width: 15px; height: 15px; border: 1px solid $strong_border; border-radius: 8px;
  background: $raised; }
QRadioButton::indicator:checked { border-color: $accent; background: qradialgradient(cx: 0.5, cy: 0.5, radius: 0.5,
  fx: 0.5, fy: 0.5, stop: 0 $accent, stop: 0.5 $accent, stop: 0.6 $raised, stop: 1 $raised); }

QAbstractItemView { background: $raised; color: $text; border: 1px solid $border; border-radius: ${radius}px;
  alternate-background-color: $surface; selection-background-color: $soft; selection-color: $text; outline: 0; }
QAbstractItemView:focus { border: 2px solid $focus; }
QHeaderView::section { background: $surface; color: $muted; border: none; border-bottom: 1px solid $border;
  padding: 4px 8px; font-weight: 600; }
QTableView { gridline-color: $border; }
QTableCornerButton::section { background: $surface; border: none; }
QTabWidget::pane { border: none; }
QTabBar::tab { padding: 5px 12px; color: $muted; border: none; border-bottom: 2px solid transparent; }
QTabBar::tab:selected { color: $text; border-bottom-color: $accent; }
QTabBar::tab:focus { color: $accent; }
QTabBar[role="files"] { background: transparent; border: none; }
QTabBar[role="files"]::tab { padding: 5px 6px 5px 10px; margin: 2px 1px 0 1px; color: $muted; background: transparent;
  border: 1px solid transparent; border-bottom: 2px solid transparent;
  border-top-left-radius: ${small_radius}px; border-top-right-radius: ${small_radius}px; }
QTabBar[role="files"]::tab:hover:!selected { color: $text; background: $sunken; }
QTabBar[role="files"]::tab:selected { color: $text; background: $raised; border-color: $border;
  border-bottom: 2px solid $accent; }
QTabBar[role="files"] QToolButton { background: $surface; }
QTabBar[role="files"] QToolButton[role="tabclose"] { background: transparent; padding: 1px; }
QTabBar[role="files"] QToolButton[role="tabclose"]:hover { background: $border; }

QScrollArea { border: none; background: transparent; }
QScrollArea > #qt_scrollarea_viewport, QScrollArea > #qt_scrollarea_viewport > QWidget { background: transparent; }
QAbstractItemView[role="plain"], QAbstractItemView[role="plain"]:focus { border: none; }
QScrollArea:focus { border: 2px solid $focus; border-radius: ${small_radius}px; }
QScrollArea[role="plain"]:focus { border: none; }
QScrollBar:vertical { width: 12px; background: transparent; margin: 0; }
QScrollBar:horizontal { height: 12px; background: transparent; margin: 0; }
QScrollBar::handle { background: $strong_border; border-radius: 3px; border: 3px solid transparent; margin: 3px; }
QScrollBar::handle:vertical { min-height: 28px; }
QScrollBar::handle:horizontal { min-width: 28px; }
QScrollBar::handle:hover { background: $muted; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
QAbstractScrollArea::corner, QTableCornerButton::section { background: transparent; border: none; }
QSplitter::handle { background: transparent; }
QSplitter::handle:horizontal { border-left: 1px solid $border; margin: 0 2px; }
QSplitter::handle:vertical { border-top: 1px solid $border; margin: 2px 0; }
QSplitter::handle:hover { border-color: $accent; }

QProgressBar { background: $sunken; border: none; border-radius: 3px; max-height: 6px; min-height: 6px; }
QProgressBar::chunk { background: $accent; border-radius: 3px; }
QGroupBox { border: none; font-weight: 600; margin-top: 22px; }
QGroupBox::title { subcontrol-origin: margin; left: 0; padding: 2px 0; color: $muted; }

QLabel[role="title"] { font-size: 17px; font-weight: 600; }
QLabel[role="heading"] { font-weight: 600; }
QLabel[role="muted"] { color: $muted; }
QLabel[role="good"] { color: $good; }
QLabel[role="warning"] { color: $warning; }
QLabel[role="danger"] { color: $danger; }
QLabel[role="chip"] { background: $sunken; color: $muted; border-radius: 8px; padding: 1px 7px; }
QLabel[role="chip"][tone="warning"] { color: $warning; }
QLabel[role="chip"][tone="danger"] { color: $danger; }
QLabel[role="key"] { background: $sunken; color: $text; border: 1px solid $border; border-radius: ${small_radius}px;
  padding: 1px 6px; }
QFrame[role="card"] { background: $raised; border: 1px solid $border; border-radius: ${radius}px; }
QFrame[role="well"] { background: $sunken; border: 1px solid $border; border-radius: ${radius}px; }
QFrame[role="bar"] { background: $surface; border: none; border-bottom: 1px solid $border; }
QFrame[role="popup"] { background: $raised; border: 1px solid $strong_border; border-radius: ${radius}px; }
QFrame[role="toast"] { background: $raised; border: 1px solid $border; border-left: 4px solid $accent;
  border-radius: ${radius}px; }
QFrame[role="toast"][tone="good"] { border-left-color: $good; }
QFrame[role="toast"][tone="warning"] { border-left-color: $warning; }
QFrame[role="toast"][tone="danger"] { border-left-color: $danger; }
QFrame[role="line"] { background: $border; border: none; max-height: 1px; min-height: 1px; }
""")


def stylesheet(tokens: Tokens) -> str:
    """The stylesheet in the colours of a theme."""
    values = {name: getattr(tokens, name) for name in tokens.__dataclass_fields__}
    return _SHEET.substitute(values)

"""The section with the statistics of the current tensor: figures, histogram, and measuring what is large on request.

Must not know how elements are measured.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QPushButton, QWidget

from tensorviz.core.number_text import number_text
from tensorviz.core.text import count_text, percent_text, short_count_text
from tensorviz.ui.tensors.inspector_lines import Line, Span, line, numbers
from tensorviz.ui.tensors.inspector_section import Section
from tensorviz.ui.widgets.histogram import Histogram

if TYPE_CHECKING:
    from tensorviz.core.session_data import Statistics, TensorFacts
    from tensorviz.ui.state.looking import Looking


class ValuesSection(Section):
    """Statistics of all elements, exact but for mean and deviation, which are rounded and say so."""

    def __init__(self, workspace: Looking, parent: QWidget | None = None) -> None:
        super().__init__("Values", "Copy the statistics", workspace.messages, parent)
        self._state = workspace.statistics
        self.histogram, self.button = Histogram(self), QPushButton(self)
        self.button.clicked.connect(self._press)
        column = self.layout()
        assert column is not None
        column.addWidget(self.histogram)
        column.addWidget(self.button)
        self._state.changed.connect(self.refresh)
        self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Says what the state holds."""
        state, tensor = self._state, self._state.tensor
        found = state.found
        self.setVisible(tensor is not None)
        if tensor is None:
            return
        lines = [] if found is None else statistics_lines(found, tensor)
        self.say([*lines, *self._note()])
        self.histogram.setVisible(found is not None and bool(found.counts))
        if found is not None:
            self.histogram.show_counts(found.edges, found.counts, state.stale)
        self._refresh_button(tensor)

    def _note(self) -> list[Line]:
        state = self._state
        if state.problem is not None:
            return [line("", Span(f"{state.problem.message} {state.problem.hint}".strip(), "danger"))]
        if state.busy:
            said = "Of an earlier state; being measured again..." if state.stale else "Being measured..."
            return [line("", Span(said if state.stale or state.found is None else "", "muted"))]
        if state.stale:
            return [line("", Span("Of an earlier state: memory has changed since.", "warning"))]
        return [] if state.found is not None else [line("", Span("Not measured yet.", "muted"))]

    def _refresh_button(self, tensor: TensorFacts) -> None:
        state = self._state
        self.button.setVisible(state.busy or state.stale or state.found is None)
        if state.busy:
            self.button.setText("Stop measuring")
            self.button.setVisible(not state.automatic)
            return
        again = " again" if state.found is not None else ""
        count = tensor.layout.numel
        self.button.setText(f"Measure {short_count_text(count)} element{'' if count == 1 else 's'}{again}")

    @Slot()
    def _press(self) -> None:
        if self._state.busy:
            self._state.cancel()
        else:
            self._state.measure()


def statistics_lines(found: Statistics, tensor: TensorFacts) -> list[Line]:
    """The figures; those of numbers that are not there are left out."""
    if found.numel == 0:
        return [line("", Span("There are no elements.", "muted"))]
    lines = [*_figures(found, tensor), *_counts(found)]
    if tensor.kind.kind == "complex":
        lines.append(line("", Span("Of the magnitudes; finite ones only.", "muted")))
    elif found.nans or found.plus_infinities or found.minus_infinities:
        lines.append(line("", Span("Minimum to deviation are of the finite elements.", "muted")))
    return lines


def _figures(found: Statistics, tensor: TensorFacts) -> list[Line]:
    if found.minimum is None or found.maximum is None or found.mean is None or found.deviation is None:
        return [line("", Span("No element is a finite number.", "warning"))]
    return [
        line("min", numbers(_exact(found.minimum, tensor))),
        line("max", numbers(_exact(found.maximum, tensor))),
        line("mean", numbers(f"~{found.mean:.7g}")),
        line("deviation", numbers(f"~{found.deviation:.7g}")),
    ]


def _exact(value: float, tensor: TensorFacts) -> str:
    kind = tensor.kind
    if kind.kind == "bool":
        return str(bool(value))
    if kind.is_float:
        return number_text(value, kind).text
    return f"~{value:.7g}" if kind.kind == "complex" else f"{value:g}" if kind.kind == "packed" else str(int(value))


def _counts(found: Statistics) -> list[Line]:
    counted = [
        ("zeros", found.zeros, ""),
        ("NaN", found.nans, "warning"),
        ("+Inf", found.plus_infinities, "warning"),
        ("-Inf", found.minus_infinities, "warning"),
    ]
    lines = []
    if not any(count for _, count, _ in counted[1:]):
        lines, counted = [line("not finite", numbers("0"), Span("  NaN, +Inf or -Inf", "muted"))], counted[:1]
    for label, count, tone in counted:
        rounded = "" if count * 1000 % found.numel == 0 else "~"
        share = f"  {rounded}{percent_text(count / found.numel)}" if count else ""
        figure = Span(count_text(count), tone if count else "", number=True)
        lines.append(line(label, figure, Span(share, "muted")))
    return lines

"""Sections of the report about where the bytes are: storages that are shared or wasted, modules, element types.

Must not know how they were counted.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tensorviz.core.checkpoint_report import dtype_text
from tensorviz.core.checkpoint_rows import module_rows, storage_rows
from tensorviz.core.text import count_text, plural
from tensorviz.ui.files.report_model import Columns
from tensorviz.ui.files.report_section import Section
from tensorviz.ui.files.report_table import ReportTable
from tensorviz.ui.widgets.stacked_bar import Part, StackedBar

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from tensorviz.core.checkpoint_analysis import Analysis
    from tensorviz.core.checkpoint_rows import PlaceOf

STORAGES = Columns(("storage", "bytes", "used", "used of it", "who looks at it"), frozenset({1, 2, 3}), 3, (4,), 4)
MODULES = Columns(("module", "tensors", "elements", "bytes", "share"), frozenset({1, 2, 3, 4}), 4, (0,))


class StoragesSection(Section):
    """Hidden when each storage belongs to one tensor that reaches all of it."""

    def __init__(self, place_of: PlaceOf, parent: QWidget | None = None) -> None:
        super().__init__("Storages that are shared or not fully used", parent)
        self._place_of = place_of
        self.table = ReportTable(STORAGES, "Storages that are shared or not fully used")
        self.table.tensor_wished.connect(self.tensor_wished)
        self.add(self.table)

    def show_analysis(self, analysis: Analysis) -> None:
        """Shows them."""
        rows = storage_rows(analysis, self._place_of)
        self.table.set_rows(rows)
        self.beside.setText(f"{count_text(len(rows))} of {plural(len(analysis.storages), 'storage')}")
        self.show_if(len(rows) > 0)


class ModulesSection(Section):
    """Parameters and bytes by module."""

    def __init__(self, place_of: PlaceOf, parent: QWidget | None = None) -> None:
        super().__init__("Parameters and bytes by module", parent)
        self._place_of = place_of
        self.table = ReportTable(MODULES, "Parameters and bytes by module")
        self.table.tensor_wished.connect(self.tensor_wished)
        self.add(self.table)

    def show_analysis(self, analysis: Analysis) -> None:
        """Shows them, the largest first."""
        rows = module_rows(analysis, self._place_of)
        self.table.set_rows(rows, opened=1 if len(rows) == 1 else 0)
        self.beside.setText("Tied tensors are counted under each name" if analysis.tied else "")
        self.show_if(analysis.modules.tensors > 1)


class DTypesSection(Section):
    """Hidden when there is one element type: the key figures name it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Element types", parent)
        self.bar = StackedBar()
        self.bar.setAccessibleName("Bytes by element type")
        self.add(self.bar)

    def show_analysis(self, analysis: Analysis) -> None:
        """Shows their shares of the bytes, each tensor counted by name."""
        whole = sum(share.nbytes for share in analysis.dtypes)
        self.bar.set_parts([Part(s.dtype, s.nbytes, dtype_text(s, whole)) for s in analysis.dtypes])
        self.show_if(len(analysis.dtypes) > 1)

"""The pages of the window, as a table: one that is not built yet has no row.

Must not know what is on a page; its module is loaded when the page is first shown.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtWidgets import QWidget

from tensorviz.ui.state.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Page:
    """A page. key: for `Screen.show_page`. build: makes its widget, the first time it is shown.

    Splitters on it that have an object name are remembered; a page that makes panels later has a signal
    panels_made(QWidget), and theirs are, too.
    """

    key: str
    title: str
    tip: str
    build: Callable[[Workspace], QWidget]


def _models(workspace: Workspace) -> QWidget:
    from tensorviz.ui.models.page import ModelsPage

    return ModelsPage(workspace)


def _tensors(workspace: Workspace) -> QWidget:
    from tensorviz.ui.tensors.page import TensorsPage

    return TensorsPage(workspace)


PAGES: tuple[Page, ...] = (
    Page("tensors", "Tensors", "See tensors as views of storage", _tensors),
    Page("models", "Models", "Run pretrained networks on your pictures", _models),
)

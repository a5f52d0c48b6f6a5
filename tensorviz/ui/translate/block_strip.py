"""The strip under a translation: what the generator was given, the picture after each residual block, what it drew.

Must not know how pictures are drawn.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from tensorviz.ui.translate import block_text as text
from tensorviz.ui.translate.block_box import BlockBox
from tensorviz.ui.translate.block_pages import BlockPages, waiting
from tensorviz.ui.translate.block_row import BlockRow
from tensorviz.ui.translate.undrawn_card import UndrawnCard
from tensorviz.ui.translate.words import problem_words
from tensorviz.ui.widgets.elided_label import ElidedLabel

if TYPE_CHECKING:
    from PySide6.QtGui import QHideEvent, QShowEvent

    from tensorviz.ui.state.workspace import Workspace
    from tensorviz.ui.translate.block_pages import Page
    from tensorviz.ui.translate.block_window import BlockWindow

FIRST, LAST = ("original", "input"), ("output",)


class BlockStrip(QWidget):
    """Boxes from left to right; each can be enlarged and opened as a tensor.

    boxes: by key: original, input, block-0 (before the first block) and on, output.
    """

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("block_strip")
        self._workspace = workspace
        self._pages = BlockPages(workspace)
        self._shown: dict[str, Page] = {}
        self.hint, self.progress = ElidedLabel(mode=Qt.TextElideMode.ElideRight), QLabel()
        self.row = BlockRow("Steps from the picture to its translation", self)
        self.boxes: dict[str, BlockBox] = {}
        self.card = UndrawnCard()
        self._window: BlockWindow | None = None
        self._build()
        self._listen()
        self._redraw()

    def enlarge(self, key: str) -> None:
        """Opens a box in a window of its own, which steps through all of them."""
        if key not in self._shown:
            return
        if self._window is None:
            from tensorviz.ui.translate.block_window import BlockWindow  # not before it is looked at

            self._window = window = BlockWindow(self)
            window.tensor_wanted.connect(lambda: self.open_tensor(window.key))
        self._window.key = key
        self._redraw_window(self._window)
        self._window.come_up()
        self._window.slider.setFocus()

    def open_tensor(self, key: str) -> None:
        """Opens what a box holds as a tensor, and shows it; of the generator that drew what is shown."""
        translation, current = self._workspace.translations.translation, self._workspace.pictures.current
        if key not in self._shown or current is None:
            return
        if key == "original":
            self._workspace.files.open_pixels(current)
        elif translation is not None:
            self._workspace.session.open_translation(translation.row.path, translation.choice, key)
        self._workspace.wishes.run("page.tensors")

    def showEvent(self, event: QShowEvent) -> None:
        """Qt's: somebody looks at the blocks."""
        super().showEvent(event)
        self._workspace.blocks.set_wanted(True)

    def hideEvent(self, event: QHideEvent) -> None:
        """Qt's: nobody does."""
        super().hideEvent(event)
        self._workspace.blocks.set_wanted(False)

    # ------------------------------------------------------------------------------------------------- drawing

    def _redraw(self) -> None:
        self._shown, blocks = self._pages.build(), self._pages.blocks()
        middle = [f"block-{block}" for block in range(blocks + 1)]
        self._make_boxes(middle)
        drawn = [key for key in middle if key in self._shown]
        undrawn = self._tell_undrawn(len(drawn), blocks)
        for key in (*FIRST, *middle, *LAST):
            self._draw_box(key, blocks)
        told = [self.boxes[key] for key in (*FIRST, *(drawn if undrawn else middle), *LAST)]
        self.row.show_only([*told, self.card] if undrawn else told)
        if undrawn and drawn:
            self.row.bring_into_sight(self.card)
        self._draw_sentences(len(drawn), blocks)
        if self._window is not None and self._window.isVisible():
            self._redraw_window(self._window)

    def _draw_box(self, key: str, blocks: int) -> None:
        page, box = self._shown.get(key), self.boxes[key]
        box.setEnabled(page is not None)
        if page is None:
            box.show_box(waiting(key, blocks, self._awaited(key)), None)
        else:
            box.show_box(page.small, page.change)

    def _awaited(self, key: str) -> str:
        """What is said in an empty box: only in the one whose picture comes next."""
        following = f"block-{len(self._workspace.blocks.pictures)}"
        return "being drawn" if self._workspace.blocks.busy and key == following else ""

    def _tell_undrawn(self, drawn: int, blocks: int) -> bool:
        """Whether there are blocks whose picture is not there and does not come by itself; the card says why."""
        state, translations = self._workspace.blocks, self._workspace.translations
        translation = translations.translation
        if translation is None or state.busy or translations.job is not None or drawn > blocks:
            return False
        if state.problem is not None:
            self.card.tell(problem_words(state.problem), "danger", "Try again")
        else:
            size, stale, easy = translation.plan.network, translations.stale, state.easy
            said = text.undrawn_text(drawn=drawn, blocks=blocks, size=size, stale=stale, easy=easy)
            self.card.tell(said, "muted", "Draw them again" if drawn else "Draw the picture after each block")
        return True

    def _draw_sentences(self, drawn: int, blocks: int) -> None:
        translations = self._workspace.translations
        said = text.hint_text(
            picture=self._workspace.pictures.current is not None,
            translated=translations.translation is not None,
            failed=translations.problem is not None,
            drawing=translations.job is not None,
            stale=translations.stale,
        )
        self.hint.setText(said)
        self.progress.setText(text.progress_text(drawn, blocks) if self._workspace.blocks.busy else "")

    def _redraw_window(self, window: BlockWindow) -> None:
        boxes = {key: page.whole for key, page in self._shown.items() if page.whole.image is not None}
        window.show_boxes(boxes, self._workspace.pictures.current)

    # ------------------------------------------------------------------------------------------------ building

    def _build(self) -> None:
        title = QLabel("The picture after each residual block")
        title.setProperty("role", "heading")
        line = QHBoxLayout()
        line.addWidget(title)
        line.addWidget(self.hint, 1)
        line.addWidget(self.progress)
        for label in (self.hint, self.progress):
            label.setProperty("role", "muted")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(6, 6, 6, 6)
        layout.setSpacing(6)
        layout.addLayout(line)
        layout.addWidget(self.row)
        layout.addStretch()
        for place, key in enumerate((*FIRST, *LAST)):
            self._make_box(key, place)
        self.card.setFixedHeight(self.boxes["input"].sizeHint().height())
        self.row.insert(len(FIRST), self.card, stretch=3)
        self.card.wanted.connect(self._draw)

    def _make_boxes(self, keys: list[str]) -> None:
        """Boxes for as many blocks as there are; those of a generator with more blocks are kept and not shown."""
        for place, key in enumerate(keys, len(FIRST)):
            if key not in self.boxes:
                self._make_box(key, place)

    def _make_box(self, key: str, place: int) -> None:
        box = self.boxes[key] = BlockBox()
        box.setObjectName(f"block_box_{key}")
        box.clicked.connect(lambda: self.enlarge(key))
        box.tensor_wanted.connect(lambda: self.open_tensor(key))
        self.row.insert(place, box)

    def _draw(self) -> None:
        """The button goes away; the keyboard goes to what is beside it."""
        if self.card.button.hasFocus():
            self.boxes["input"].setFocus()
        self._workspace.blocks.draw()

    def _listen(self) -> None:
        workspace = self._workspace
        pictures = workspace.pictures
        for signal in (workspace.blocks.changed, workspace.translations.changed, workspace.generator.changed):
            signal.connect(self._redraw)
        pictures.current_changed.connect(self._redraw)
        pictures.item_changed.connect(self._item_changed)

    def _item_changed(self, row: int) -> None:
        current = self._workspace.pictures.current
        if current is not None and self._workspace.pictures.row_of(current) == row:
            self._redraw()

"""What a box shows, enlarged in a window of its own that blocks nothing: the picture to zoom, and its figures.

Must not know how stages are made: it shows what it is given, for the pipeline what its state holds.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt, Signal
from PySide6.QtGui import QKeySequence, QPainter, QPixmap, QShortcut
from PySide6.QtWidgets import QGraphicsScene, QGraphicsView, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from tensorviz.core.text import path_text
from tensorviz.ui.icons import icon
from tensorviz.ui.models.stage_box import Box, BoxContent, paint_crop
from tensorviz.ui.theme import number_font, tokens_of
from tensorviz.ui.widgets.wrapped_label import WrappedLabel

if TYPE_CHECKING:
    from PySide6.QtCore import QSize
    from PySide6.QtGui import QCloseEvent, QKeyEvent, QResizeEvent, QWheelEvent

    from tensorviz.ui.state.workspace import Workspace

STEP = 1.25
SMALLEST, LARGEST = 0.05, 64.0


class PictureView(QGraphicsView):
    """A picture that can be zoomed and dragged; pixels stay square and sharp when they are enlarged."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._scene = QGraphicsScene(self)
        self._crop: Box | None = None
        self._fits = True
        self.setScene(self._scene)
        self.setDragMode(QGraphicsView.DragMode.ScrollHandDrag)
        self.setTransformationAnchor(QGraphicsView.ViewportAnchor.AnchorUnderMouse)

    def show_picture(self, pixmap: QPixmap, crop: Box | None, room: QSize | None = None) -> None:
        """Shows another picture, at the zoom there was when it takes the room there was.

        room: what it takes, its own size when None; pictures in one room lie with their upper left corners together.
        """
        taken = room or pixmap.size()
        same = self._scene.sceneRect().size().toSize() == taken
        self._crop = crop
        self._scene.clear()
        self._scene.addPixmap(pixmap)
        self._scene.setSceneRect(QRectF(QPointF(), QSizeF(taken)))
        if not same or self._fits:
            self.fit()

    def fit(self) -> None:
        """Shows all of it."""
        self._fits = True
        self.fitInView(self._scene.sceneRect(), Qt.AspectRatioMode.KeepAspectRatio)
        self._sharpen()

    def zoom(self, factor: float) -> None:
        """Enlarges (above 1) or shrinks (below 1), within bounds."""
        wanted = self.transform().m11() * factor
        if (factor > 1 and wanted <= LARGEST) or (factor < 1 and wanted >= SMALLEST):
            self._fits = False
            self.scale(factor, factor)
            self._sharpen()

    def _sharpen(self) -> None:
        self.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, self.transform().m11() < 1)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Qt's: the wheel zooms."""
        self.zoom(STEP if event.angleDelta().y() > 0 else 1 / STEP)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Qt's: what was fitted stays fitted."""
        super().resizeEvent(event)
        if self._fits:
            self.fit()

    def drawForeground(self, painter: QPainter, rect: QRectF | object) -> None:
        """Qt's: the crop, with lines as thin at any zoom."""
        if self._crop is None:
            return
        painter.save()
        place = painter.worldTransform().mapRect(self._scene.sceneRect())
        painter.resetTransform()
        paint_crop(painter, place, self._crop, tokens_of(self))
        painter.restore()


class PictureWindow(QWidget):
    """A box, enlarged. Esc closes it; +, - and 0 zoom.

    Signals: tensor_wanted() when what is shown is to be opened as a tensor; the window has closed by then.
    """

    tensor_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self.resize(900, 640)
        self.view, self.figures, self.note = PictureView(), QLabel(), WrappedLabel("muted")
        self._title, self.tensor = QLabel(), QPushButton("Open as &tensor")
        self.column = QVBoxLayout(self)
        self._build()

    def show_box(self, content: BoxContent, path: str | None, room: QSize | None = None) -> None:
        """Shows a box of a picture, or the same box anew. room: see `PictureView.show_picture`."""
        self.setWindowTitle(f"{content.title} - {path_text(path)}" if path else content.title)
        self._title.setText(content.title)
        self.view.setVisible(content.image is not None)
        if content.image is not None:
            self.view.show_picture(QPixmap.fromImage(content.image), content.crop, room)
        self.view.setAccessibleDescription(content.spoken)
        self.figures.setText("\n".join(content.details or content.text))
        self.note.say_or_hide(content.note)

    def come_up(self) -> None:
        """Shows the window in front of the others."""
        self.show()
        self.raise_()
        self.activateWindow()

    def open_tensor(self) -> None:
        """Asks for what is shown as a tensor; this window would stand in front of it."""
        self.close()
        self.tensor_wanted.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Qt's: Esc closes."""
        if event.key() == Qt.Key.Key_Escape:
            self.close()
        else:
            super().keyPressEvent(event)

    def _build(self) -> None:
        self._title.setProperty("role", "title")
        for part in (self.view, self.view.viewport()):
            part.setAccessibleName("Enlarged picture")
        for label in (self._title, self.figures):
            label.setTextFormat(Qt.TextFormat.PlainText)
        self.figures.setFont(number_font())
        buttons = QHBoxLayout()
        buttons.addWidget(self._title, 1)
        self.tensor.setIcon(icon("tensor"))
        self.tensor.setToolTip("Open it as a tensor, on the Tensors page (T)")
        self.tensor.clicked.connect(self.open_tensor)
        QShortcut(QKeySequence("T"), self, self.open_tensor)
        buttons.addWidget(self.tensor)
        for text, name, keys, act in (
            ("+", "Enlarge", "+", lambda: self.view.zoom(STEP)),
            ("-", "Shrink", "-", lambda: self.view.zoom(1 / STEP)),
            ("Fit", "Show all of it", "0", self.view.fit),
        ):
            button = QPushButton(text)
            button.setAccessibleName(name)
            button.setToolTip(f"{name} ({keys})")
            button.clicked.connect(act)
            QShortcut(QKeySequence(keys), self, act)
            buttons.addWidget(button)
        self.column.addLayout(buttons)
        self.column.addWidget(self.view, 1)
        self.column.addWidget(self.figures)
        self.column.addWidget(self.note)


class StageWindow(PictureWindow):
    """A step of the pipeline. Larger previews are asked for while it is open."""

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state = workspace.pipeline

    def show_content(self, content: BoxContent) -> None:
        """Shows a step, or the same one anew."""
        self.show_box(content, self._state.path)

    def open(self, content: BoxContent) -> None:
        """Shows the window with a step in it."""
        self.show_content(content)
        self.come_up()
        if content.image is not None:
            self._state.set_large(True)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Qt's: small previews are enough again."""
        self._state.set_large(False)
        super().closeEvent(event)

"""The pictures of a translation on their canvas, as the chosen view has them, and what is under the pointer.

Must not know why there is no translation: it shows what the states hold.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPoint, Qt, Signal
from PySide6.QtGui import QAction, QKeySequence, QPalette, QShortcut
from PySide6.QtWidgets import QMenu, QStackedLayout, QWidget

from tensorviz.core.colour_maps import colours_of
from tensorviz.ui.commands import command
from tensorviz.ui.icons import icon
from tensorviz.ui.state.pixels import preview_image
from tensorviz.ui.translate.round_trip import RoundTrip
from tensorviz.ui.translate.words import difference_text, error_text, pixel_text, short_pixel_text, times
from tensorviz.ui.translate_actions import LENS
from tensorviz.ui.widgets.comparison import Comparison

if TYPE_CHECKING:
    from PySide6.QtGui import QImage

    from tensorviz.core.drawn import Translation
    from tensorviz.core.pipeline import Preview
    from tensorviz.ui.state.workspace import Workspace
    from tensorviz.ui.widgets.comparison import Mode

MODES: dict[str, Mode] = {"slider": "slider", "side": "side", "difference": "difference", "back": "slider"}
SMALLEST = (160, 150)  # pixels
MENU = (
    ("translate.open_after", "translate.open_before"),
    ("translate.copy_picture", "translate.save"),
    ("translate.run",),
)
DARK_BELOW = 128  # lightness of a background


class Stage(QWidget):
    """One canvas for two pictures, four for there and back.

    T opens what was drawn as a tensor, Shift+T what was given. Signals: told(text, shorter text) about the pixel under
    the pointer, "" when there is none; lens_changed(bool); zoomed(screen pixels for one of the picture, fitted).
    """

    told = Signal(str, str)
    lens_changed = Signal(bool)
    zoomed = Signal(float, bool)

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self.canvas = Comparison(self)
        self.canvas.setObjectName(LENS)
        self.trip: RoundTrip | None = None
        self._together = True
        self._shown: tuple[object, ...] = ()
        self._pictures: list[tuple[str, Preview]] = []  # they must live as long as they are painted
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self.canvas)
        self.setMinimumSize(*SMALLEST)
        self.canvas.setMinimumSize(*SMALLEST)
        self.canvas.pointed.connect(self._point)
        self.canvas.lens_changed.connect(self._follow_lens)
        self.canvas.zoomed.connect(self.zoomed)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self._show_menu)
        self._add_keys()
        self._colour()

    @property
    def seen(self) -> QWidget:
        """The widget that shows the pictures now."""
        return self.trip if self.trip is not None and self._stack.currentIndex() else self.canvas

    @property
    def together(self) -> bool:
        """Whether there and back is seen as pictures beside one another, else before and back with the slider."""
        return self._together

    def set_together(self, wanted: bool) -> None:
        """Shows there and back as pictures beside one another, or as a slider."""
        self._together = wanted
        self.refresh()

    def set_lens(self, wanted: bool) -> None:
        """Whether the lens is there."""
        self.canvas.set_lens(wanted)
        if self.trip is not None:
            self.trip.set_lens(wanted)

    def set_stretched(self, wanted: bool) -> None:
        """Whether the scale of a difference ends at the largest there is."""
        for canvas in self._maps():
            canvas.set_stretched(wanted)

    # ------------------------------------------------------------------------------------------------ zooming

    def zoom_in(self) -> None:
        """Larger."""
        self._zoomed().zoom_in()

    def zoom_out(self) -> None:
        """Smaller."""
        self._zoomed().zoom_out()

    def fit(self) -> None:
        """Shows the whole."""
        self._zoomed().fit()

    def whole_pixels(self) -> None:
        """A pixel of the picture for each of the screen."""
        self._zoomed().set_zoom(1.0)

    def _zoomed(self) -> Comparison:
        return self.trip.canvas if self.trip is not None and self._stack.currentIndex() else self.canvas

    # ------------------------------------------------------------------------------------------------ drawing

    def refresh(self) -> None:
        """Shows what the states hold now."""
        translation, view = self._workspace.translations.translation, self._workspace.translations.view
        if translation is None:
            self._show_given()
        elif view == "back" and translation.way_back is not None and self._together:
            self._show_trip(translation)
        else:
            self._show_two(translation, view)
        self._show_stale()

    def _show_given(self) -> None:
        """Only what was given, the thumbnail while it is read."""
        pictures = self._workspace.pictures
        path = pictures.current
        seen = pictures.large or (pictures.thumbnail(path) if path is not None else None)
        self._stack.setCurrentWidget(self.canvas)
        if seen is None:
            item = pictures.item(path) if path is not None else None
            text = "It cannot be shown." if item is not None and item.problem else "Reading the picture..."
            self._put(("", text), [], lambda: self.canvas.show_pictures(None, None, text))
        else:
            image = preview_image(seen)
            self._put((seen,), [("before", seen)], lambda: self.canvas.show_pictures(image, None))
        self.canvas.set_mode("slider")
        self.canvas.set_labels("before", "after")
        self.canvas.set_described("Picture", "Not translated yet.")

    def _show_two(self, translation: Translation, view: str) -> None:
        """Before and after; there and back: before and back."""
        back = translation.way_back if view == "back" else None
        name, other, difference = "after", translation.after, translation.difference
        if back is not None:
            name, other, difference = "back", back.picture, back.difference
        self._stack.setCurrentWidget(self.canvas)
        before = translation.before

        def show() -> None:
            self.canvas.show_pictures(preview_image(before), preview_image(other))
            size = difference.width, difference.height
            self.canvas.set_difference(difference.levels, *size, largest=difference.largest)

        pictures = [("before", before), ("after", translation.after), *([("back", other)] if back else [])]
        self._put((translation, name), pictures, show)
        self.canvas.set_mode(MODES[view])
        self.canvas.set_labels("before", name)
        words = error_text(translation) if back is not None else difference_text(translation)
        self.canvas.set_described(f"Picture before and {name}", words)

    def _show_trip(self, translation: Translation) -> None:
        back = translation.way_back
        assert back is not None, "the caller has looked"
        trip = self._trip_made()
        self._stack.setCurrentWidget(trip)
        pictures = [("before", translation.before), ("after", translation.after), ("back", back.picture)]
        images: list[QImage] = [preview_image(picture) for _, picture in pictures]
        self._put((translation, "trip"), pictures, lambda: trip.show_pictures(images, back.difference))
        sizes = [times((picture.width, picture.height)) for _, picture in pictures]
        error = error_text(translation)
        trip.describe([sizes[0], f"{sizes[1]}. {difference_text(translation)}", sizes[2], error])

    def _put(self, key: tuple[object, ...], pictures: list[tuple[str, Preview]], show: object) -> None:
        """Shows other pictures when they are others; those shown before are let go after that."""
        same = len(key) == len(self._shown) and all(
            one is other or (isinstance(one, str) and one == other) for one, other in zip(key, self._shown, strict=True)
        )
        if not same:
            assert callable(show)
            show()
            self._shown, self._pictures = key, pictures

    def _show_stale(self) -> None:
        translations = self._workspace.translations
        stale = translations.stale
        text = "" if not stale else "Being drawn anew" if translations.job is not None else "Of an earlier choice"
        self.canvas.set_stale(stale, text)
        if self.trip is not None:
            self.trip.set_stale(stale, text)

    def _trip_made(self) -> RoundTrip:
        if self.trip is None:
            self.trip = RoundTrip(self)
            self.trip.pointed.connect(self._point)
            self.trip.set_lens(self.canvas.lens)
            self.trip.error.set_stretched(self.canvas.stretched)
            self.trip.zoomed.connect(self.zoomed)
            self.trip.lens_changed.connect(self._follow_lens)
            self._stack.addWidget(self.trip)
            self._colour()
        return self.trip

    # ------------------------------------------------------------------------------------------------ hearing

    def _point(self, x: int, y: int) -> None:
        if x < 0 or not self._pictures:
            self.told.emit("", "")
        else:
            self.told.emit(pixel_text(x, y, self._pictures), short_pixel_text(x, y, self._pictures))

    def _follow_lens(self, shown: bool) -> None:
        self.set_lens(shown)
        self.lens_changed.emit(shown)

    def _colour(self) -> None:
        dark = self.palette().color(QPalette.ColorRole.Window).lightness() < DARK_BELOW
        for canvas in self._maps():
            canvas.set_colours(colours_of("sequential", dark))

    def _maps(self) -> list[Comparison]:
        return [self.canvas] if self.trip is None else [self.canvas, self.trip.error]

    def changeEvent(self, event: QEvent) -> None:
        """Qt's: another theme has another map of colours."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._colour()

    # ------------------------------------------------------------------------------------------------ keys, menu

    def _add_keys(self) -> None:
        for keys, identifier in (("T", "translate.open_after"), ("Shift+T", "translate.open_before")):
            inside = Qt.ShortcutContext.WidgetWithChildrenShortcut
            shortcut = QShortcut(QKeySequence(keys), self, context=inside)
            shortcut.activated.connect(lambda wish=identifier: self._workspace.wishes.run(wish))

    def menu(self) -> QMenu:
        """What can be done with the picture now."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for part in MENU:
            for row in map(command, part):
                action = QAction(icon(row.icon), row.text.replace("...", "\N{HORIZONTAL ELLIPSIS}"), menu)
                action.setEnabled(row.applies(self._workspace))
                action.triggered.connect(lambda _=False, wish=row.id: self._workspace.wishes.run(wish))
                menu.addAction(action)
            menu.addSeparator()
        return menu

    def _show_menu(self, at: QPoint) -> None:
        self.menu().popup(self.mapToGlobal(at))

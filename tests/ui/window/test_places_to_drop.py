"""What is shown while something is dragged over the window: places that make sense, lit and spoken; no field below."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QMimeData
from PySide6.QtGui import QPainter, QPixmap

from tests.ui.small_window import Scene
from tests.ui.window.dragging import (
    COPY,
    MOVE,
    drag_over,
    drop,
    files,
    leave,
    middle_of,
    move,
    of_image,
    opened,
    urls,
)


@pytest.mark.parametrize(
    ("names", "places", "usual"),
    [
        (["m.pt"], ["tensors", "models"], "tensors"),
        (["a.npy"], ["tensors"], "tensors"),
        (["a.npy", "m.pt"], ["tensors", "models"], "tensors"),
        (["dog.jpg"], ["tensors", "models"], "models"),
        (["dog.jpg", "m.pt"], ["tensors", "models"], "models"),
        (["x.dat"], ["tensors", "models"], "models"),
        (["photos"], [""], ""),
        (["photos", "m.pt"], ["tensors", "models"], "models"),
    ],
)
def test_the_places_are_those_that_make_sense(scene: Scene, names: list[str], places: list[str], usual: str) -> None:
    drag_over(scene.window, files(*(f"/nowhere/{name}" for name in names)))
    overlay = scene.window.dropping.overlay
    assert [one.place for one in overlay.targets] == places
    assert [one.place for one in overlay.targets if one.usual] == [usual]
    rects = [overlay.rect_of(one) for one in overlay.targets]
    assert all(overlay.rect().contains(rect) for rect in rects)
    assert len(rects) == 1 or (rects[0].right() < rects[1].left() and rects[0].height() == rects[1].height())
    assert sum(rect.width() * rect.height() for rect in rects) > 0.8 * overlay.width() * overlay.height(), "large"


def test_the_place_under_the_pointer_is_lit_and_spoken(scene: Scene) -> None:
    mime, overlay = files("/tmp/model.pt"), scene.window.dropping.overlay
    drag_over(scene.window, mime)
    assert overlay.accessibleName() == "Places to drop"
    assert overlay.accessibleDescription().startswith("Look at it as tensors (usual): ")
    move(scene.window, mime, middle_of(scene, "models"))
    assert [one.title for one in overlay.targets if one is overlay.lit] == ["Give it to a network"]
    assert overlay.accessibleName() == "Places to drop, now: Give it to a network"
    move(scene.window, mime, middle_of(scene, "tensors"))
    assert overlay.accessibleName() == "Places to drop, now: Look at it as tensors"
    leave(scene.window)


def test_what_is_usual_is_spoken_first(scene: Scene) -> None:
    drag_over(scene.window, files("/tmp/dog.jpg", "/tmp/cat.jpg"))
    spoken = scene.window.dropping.overlay.accessibleDescription()
    assert spoken.startswith("Give them to a network (usual): ")
    assert "Look at them as tensors: " in spoken


def test_the_places_are_seen_while_dragging(scene: Scene) -> None:
    overlay = scene.window.dropping.overlay
    assert not overlay.isVisible()
    drag_over(scene.window, of_image())
    assert overlay.isVisible()
    assert overlay.size() == scene.window.size()
    leave(scene.window)
    assert not overlay.isVisible()
    drop(scene.window, of_image())
    assert not overlay.isVisible()


def test_a_field_under_the_pointer_does_not_take_a_file_as_text(scene: Scene) -> None:
    field = scene.page().field
    at = field.mapTo(scene.window, field.rect().center())
    drop(scene.window, files("/tmp/model.pt"), at)
    assert field.text() == ""
    assert opened(scene) == ["/tmp/model.pt"]


def test_a_field_still_takes_text(scene: Scene) -> None:
    field, text = scene.page().field, QMimeData()
    text.setText("hello")
    at = field.mapTo(scene.window, field.rect().center())
    assert scene.window.childAt(at) is field
    drop(scene.window, text, at)
    assert field.text() == "hello"
    assert not scene.window.dropping.overlay.isVisible()


def test_a_file_that_is_offered_to_be_moved_is_copied(scene: Scene) -> None:
    event = drag_over(scene.window, files("/a.png"), actions=COPY | MOVE)
    assert event.dropAction() == COPY
    event = drag_over(scene.window, files("/a.png"), actions=MOVE)  # nothing else is offered
    assert event.isAccepted()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_words_of_the_places_are_not_cut_in_the_smallest_window(scene: Scene, theme: str) -> None:
    scene.workspace.settings.set("theme", theme)
    scene.window.resize(scene.window.minimumSize())
    overlay = scene.window.dropping.overlay
    for names in (["m.pt", "dog.jpg"], ["dog.jpg"], ["photos"], ["a.npy"]):
        drag_over(scene.window, files(*(f"/{name}" for name in names)))
        for target in overlay.targets:
            room = overlay.rect_of(target).adjusted(24, 0, -24, 0)
            canvas = QPixmap(overlay.size())
            painter = QPainter(canvas)
            top = overlay._words(painter, scene.window.theme.tokens, room, room.center().y(), target.title, 1.5, "text")
            end = overlay._words(painter, scene.window.theme.tokens, room, top, target.sentence, 1.0, "muted")
            painter.end()
            assert end < overlay.rect_of(target).bottom() - 40, "room for the badge"
        assert not overlay.grab().isNull()
        leave(scene.window)


def test_what_holds_nothing_for_us_is_not_accepted(scene: Scene) -> None:
    text = QMimeData()
    text.setText("hello")
    assert not drag_over(scene.window, text).isAccepted()
    assert not drag_over(scene.window, urls("https://example.org/a.png")).isAccepted()
    assert not scene.window.dropping.overlay.isVisible()

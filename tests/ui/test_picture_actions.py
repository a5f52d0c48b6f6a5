"""The commands about pictures and answers, on a screen that only remembers what it was asked."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

import pytest

from tensorviz.core.results import Failed
from tensorviz.engine.messages import Classify, ExportRows, JobFinished
from tensorviz.ui.commands import command
from tensorviz.ui.screen import Context
from tests.ui.models.answers import CUT_OFF, Gallery, answered

if TYPE_CHECKING:
    from collections.abc import Callable


class Noted:
    """A screen that remembers. file: what the person will choose; answer: whether "yes"."""

    def __init__(self, file: str = "/out") -> None:
        self.copied: list[str] = []
        self.questions: list[str] = []
        self.links: list[str] = []
        self.file = file
        self.answer = True

    def copy_text(self, text: str, what: str) -> None:
        self.copied.append(text)

    def open_link(self, address: str) -> None:
        self.links.append(address)

    def save_file(
        self, title: str, suggested: str, filters: tuple[str, ...], then: Callable[[list[str]], None]
    ) -> None:
        then([self.file])

    def confirm(self, question: str, detail: str, yes: str, then: Callable[[], None]) -> None:
        self.questions.append(question)
        if self.answer:
            then()


@pytest.fixture
def gallery(qapp: object) -> Gallery:
    room = Gallery()
    room.read()
    return room


def run(gallery: Gallery, identifier: str, screen: Noted | None = None) -> Noted:
    noted: Any = screen or Noted()
    row = command(identifier)
    assert row.when(gallery.workspace), f"{identifier} does not apply"
    row.run(Context(gallery.workspace, noted))
    found: Noted = noted
    return found


def applies(gallery: Gallery, identifier: str) -> bool:
    return command(identifier).when(gallery.workspace)


def test_nothing_applies_to_an_empty_well(gallery: Gallery) -> None:
    for identifier in ("pictures.remove", "pictures.clear", "results.run", "results.copy_python", "results.export_csv"):
        assert not applies(gallery, identifier), identifier


def test_selected_pictures_are_removed_else_the_current_one(gallery: Gallery) -> None:
    gallery.give("/a", "/b", "/c")
    gallery.workspace.pictures.set_selection([(1, 2)])
    run(gallery, "pictures.remove")
    assert gallery.workspace.pictures.paths == ("/a",)
    run(gallery, "pictures.remove")
    assert gallery.workspace.pictures.count == 0


def test_clearing_asks_only_when_many_answers_would_go(gallery: Gallery) -> None:
    gallery.give("/a")
    assert run(gallery, "pictures.clear").questions == []
    names = [f"/{number}" for number in range(60)]
    gallery.give(*names)
    gallery.answer(JobFinished(gallery.rows(*(answered(name) for name in names))))
    screen = Noted()
    screen.answer = False
    run(gallery, "pictures.clear", screen)
    assert len(screen.questions) == 1
    assert gallery.workspace.pictures.count == 60
    run(gallery, "pictures.clear")
    assert gallery.workspace.pictures.count == 0


def test_run_and_run_all(gallery: Gallery) -> None:
    gallery.give("/a", "/b", "/c")
    run(gallery, "results.run")
    assert gallery.engine.last(Classify).paths == ("/a",)
    run(gallery, "results.run_all")
    assert gallery.engine.last(Classify).paths == ("/a", "/b", "/c")


def test_a_batch_is_cancelled(gallery: Gallery) -> None:
    assert not applies(gallery, "results.cancel")
    gallery.give(*(f"/{number}" for number in range(9)))
    job = gallery.engine.job(Classify)
    run(gallery, "results.cancel")
    assert gallery.engine.cancelled == [job]


def test_next_and_previous(gallery: Gallery) -> None:
    gallery.give("/a", "/b")
    run(gallery, "pictures.next")
    assert gallery.workspace.pictures.current == "/b"
    run(gallery, "pictures.previous")
    assert gallery.workspace.pictures.current == "/a"


def test_the_view_is_toggled(gallery: Gallery) -> None:
    seen: list[str] = []
    gallery.workspace.results.view_changed.connect(lambda: seen.append(gallery.workspace.results.view))
    run(gallery, "results.toggle_view")
    run(gallery, "results.toggle_view")
    assert seen == ["table", "picture"]


def test_results_are_copied_in_every_form(gallery: Gallery) -> None:
    gallery.workspace.choice.set_model("resnet101", "IMAGENET1K_V2")
    gallery.give("/x/dog picture.jpg")
    row = answered("/x/dog picture.jpg")
    gallery.rows(row)
    (text,) = run(gallery, "results.copy_text").copied
    assert "dog" in text
    assert "90.0 %" in text
    (written,) = run(gallery, "results.copy_json").copied
    assert json.loads(written) == row.as_dict()
    (script,) = run(gallery, "results.copy_python").copied
    compile(script, "script", "exec")
    assert "resnet101" in script
    (line,) = run(gallery, "results.copy_command").copied
    assert line.startswith("tensorviz classify --model resnet101")
    assert line.endswith("'/x/dog picture.jpg'")


def test_a_failed_picture_has_no_script(gallery: Gallery) -> None:
    gallery.give("/broken")
    gallery.rows(Failed("/broken", CUT_OFF))
    assert not applies(gallery, "results.copy_python")
    assert CUT_OFF.message in run(gallery, "results.copy_text").copied[0]


@pytest.mark.parametrize(("kind", "file", "written"), [("csv", "/out", "/out.csv"), ("json", "/a.JSON", "/a.JSON")])
def test_export_gives_the_name_the_ending_of_its_kind(gallery: Gallery, kind: str, file: str, written: str) -> None:
    gallery.give("/a")
    gallery.rows(answered("/a"))
    run(gallery, f"results.export_{kind}", Noted(file))
    assert gallery.engine.last(ExportRows).path == written


def test_paths_are_copied_and_shown_also_when_not_utf_8(gallery: Gallery) -> None:
    path = os.fsdecode(b"/x/caf\xe9/a.jpg")
    gallery.give(path)
    assert run(gallery, "pictures.copy_path").copied == ["/x/caf\\xe9/a.jpg"]
    assert run(gallery, "pictures.show_folder").links == ["file:///x/caf%E9"]

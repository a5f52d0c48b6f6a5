"""A workspace that translates, with an engine that does nothing and two generators that come along.

Must not know panels.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pytestqt.qtbot import QtBot

from tensorviz.core.catalogue import ModelRow
from tensorviz.core.drawn import Difference, Translation, WayBack
from tensorviz.core.errors import Problem
from tensorviz.core.generators import NO_RECIPE, GeneratorWeights
from tensorviz.core.pipeline import Preview
from tensorviz.core.results import Seconds, Translated
from tensorviz.core.translation import GeneratorChoice
from tensorviz.engine.messages import CatalogueRead, FindPictures, JobFinished, PicturesFound
from tensorviz.engine.messages.translate import Translate, TranslationReady
from tensorviz.ui.bridge import Bridge
from tensorviz.ui.state.workspace import Workspace, build_workspace
from tests.ui.fake_engine import FakeEngine, MemoryStore

PAIR = (("one", "two"), ("two", "one"))


def weights(model: str, back: str, path: str | None, name: str = "V1", width: int = 64) -> GeneratorWeights:
    """Weights of a generator; those without a path are not on this computer."""
    return GeneratorWeights(
        model=model,
        name=name,
        is_default=True,
        parameters=11_000_000,
        gflops=56.8,
        accuracy_1=None,
        accuracy_5=None,
        file_bytes=45_000_000,
        licence="not stated",
        recipe=NO_RECIPE,
        url="" if path == f"/assets/{model}" else f"https://weights.example.org/{model}.pth",
        sha256_prefix="",
        classes=0,
        path=path,
        way_back=back,
        width=width,
    )


def row(model: str, back: str, path: str | None, kind: str = "published") -> ModelRow:
    """A generator with one set of weights."""
    return ModelRow(
        name=model,
        kind=kind,
        family="CycleGAN",
        architecture="resnet_generator",
        weights=(weights(model, back, path),),
        summary="draws",
        task="translate",
    )


BUNDLED = tuple(row(model, back, f"/assets/{model}", "bundled") for model, back in PAIR)
FETCHED = row("horse2zebra", "zebra2horse", "/weights/horse2zebra")
MISSING = row("horse2zebra", "zebra2horse", None)
BACK_FETCHED = row("zebra2horse", "horse2zebra", "/weights/zebra2horse")
BACK_MISSING = row("zebra2horse", "horse2zebra", None)


def picture(side: int = 2) -> Preview:
    """A grey square."""
    return Preview(side, side, b"\x80" * (3 * side * side))


def drawn(path: str, choice: GeneratorChoice, back: GeneratorChoice | None = None, side: int = 2) -> Translation:
    """A translation whose pictures have `side` pixels a side; it says that the processor drew it."""
    answer = Translated(path, "one", "V1", "cpu", "fp32", Seconds(0.01, 0.01, 0.5, 0.6), "", (side, side))
    difference = Difference(side, side, bytes(side * side), 0.0, 0, side * side)
    way = WayBack("two", "V1", picture(side), difference, 0.5) if back is not None else None
    return Translation(answer, choice, (side, side), picture(side), picture(side), difference, way)


class TranslateRoom:
    """Everything a state needs, and the engine that hears it."""

    def __init__(self, qtbot: QtBot, *, read: bool = True, **settings: Any) -> None:
        bridge = Bridge()
        self.engine, self.qtbot = FakeEngine(bridge), qtbot
        chosen: dict[str, Any] = {"chosen_task": "translate", **settings}
        self.workspace: Workspace = build_workspace(bridge, MemoryStore(**chosen), Path("assets"))
        self.translations = self.workspace.translations
        if read:
            self.read()

    def read(self, *others: ModelRow) -> None:
        """Lets the catalogue be read: the pair that comes along, and others."""
        job = self.workspace.catalogue.read()
        self.engine.answer(CatalogueRead(job, (), "/weights", 0, (), (*BUNDLED, *others)), JobFinished(job))

    def give(self, *paths: str) -> None:
        """Adds pictures; the first one is looked at."""
        self.workspace.pictures.add(paths)
        job = self.engine.job(FindPictures)
        self.engine.answer(PicturesFound(job, paths), JobFinished(job))
        self.qtbot.waitUntil(lambda: not self.workspace.pictures.finding)

    def look(self, path: str) -> None:
        """Makes a picture the current one."""
        self.workspace.pictures.set_current(path)

    def asked(self) -> list[str]:
        """The paths of every request to draw, in order."""
        return [request.path for request in self.engine.all(Translate)]

    def draw(self, job: int | None = None, side: int = 2) -> Translation:
        """The engine draws what that job (the newest when None) asked for."""
        number = self.engine.job(Translate) if job is None else job
        request = dict(self.engine.sent)[number]
        assert isinstance(request, Translate)
        translation = drawn(request.path, request.choice, request.back, side)
        self.engine.answer(TranslationReady(number, translation), JobFinished(number))
        return translation

    def shown(self) -> Translation | None:
        """The translation of the picture that is looked at."""
        return self.translations.translation

    def problem(self) -> Problem | None:
        """Why there is no translation of what is chosen now; a call, since checkers take attributes for settled."""
        return self.translations.problem

    def back_problem(self) -> Problem | None:
        """Why there is no way back."""
        return self.translations.back_problem

    def is_stale(self) -> bool:
        """Whether the shown translation is of another choice."""
        return self.translations.stale

    def wants_back(self) -> bool:
        """Whether the way back is wanted."""
        return self.translations.there_and_back

    def state(self, path: str) -> str:
        """What its thumbnail says."""
        item = self.workspace.pictures.item(path)
        assert item is not None
        return item.state

    def stale(self, path: str) -> bool:
        """Whether its thumbnail says that it is of something else than what is chosen."""
        item = self.workspace.pictures.item(path)
        assert item is not None
        return item.stale

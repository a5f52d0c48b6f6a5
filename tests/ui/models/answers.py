"""A room with pictures and answers, for tests of the well, the results and the table.

Must not know panels.
"""

from __future__ import annotations

from tensorviz.core.errors import Problem
from tensorviz.core.results import Classified, Label, Seconds
from tensorviz.engine.messages import Classify, EngineReady, Event, FindPictures, JobFinished, PicturesFound, RowsReady
from tests.ui.models.room import Room

CUT_OFF = Problem("broken.jpg is cut off.", "Copy it again.")
MISSING = Problem("The weights are not on this computer.", "Fetch them.")


def answered(path: str, label: str = "dog", share: float = 0.9, seconds: float = 0.06, model: str = "m") -> Classified:
    top = (Label(1, label, share), Label(2, "cat", 1 - share))
    return Classified(path, model, "V1", "cpu", "fp32", Seconds(0.01, 0.02, 0.03, seconds), top, ("16 bits reduced.",))


class Gallery(Room):
    """A room into which pictures can be given at once, without a loop that runs."""

    def give(self, *paths: str) -> None:
        """Adds pictures and lets them be taken in."""
        pictures = self.workspace.pictures
        pictures.add(paths)
        job = self.engine.job(FindPictures)
        self.engine.answer(PicturesFound(job, paths), JobFinished(job))
        while pictures.finding:
            pictures._take_piece()  # what the timer does

    def answer(self, *events: Event) -> None:
        """Reports events."""
        self.engine.answer(*events)

    def rows(self, *rows: object) -> int:
        """Answers the newest job, which goes on; gives its number."""
        job = self.engine.job(Classify)
        self.engine.answer(RowsReady(job, rows))  # type: ignore[arg-type]  # rows of both kinds
        return job

    def ready(self) -> None:
        """Torch is loaded."""
        self.engine.answer(EngineReady(0, "2.9", ()))

"""The part of the protocol that is about translating pictures: requests and events.

Must not know who sends or who answers: standard library and `core` only.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from tensorviz.core.drawn import BlockPicture, Translation
from tensorviz.core.generators import OwnGenerator
from tensorviz.core.pipeline import Preview
from tensorviz.core.results import Failed, Translated
from tensorviz.core.text import plural
from tensorviz.core.translation import GeneratorChoice
from tensorviz.engine.messages import Event, LaneName, Request

PictureFormat = Literal["png", "jpeg"]


# --------------------------------------------------------------------------------------------------- requests


@dataclass(frozen=True, slots=True)
class Translate(Request):
    """Draw the picture that somebody looks at. back: the generator of the way back, None for none.

    Answers: JobProgress in blocks (unit "block", stage in words), TranslationReady.
    """

    lane: ClassVar[LaneName] = "work"
    slot: ClassVar[str | None] = "translation"
    shown: ClassVar[bool] = True
    path: str
    choice: GeneratorChoice
    back: GeneratorChoice | None = None

    @property
    def urgent(self) -> bool:
        """Somebody waits for it."""
        return True

    @property
    def title(self) -> str:
        """As in "Translate 1 picture"."""
        return "Translate 1 picture"


@dataclass(frozen=True, slots=True)
class TranslateToFolder(Request):
    """Draw many pictures and keep them in a folder, no file of which is written over.

    Answers: PicturesKept as they come; JobProgress in pictures.
    """

    lane: ClassVar[LaneName] = "work"
    shown: ClassVar[bool] = True
    paths: tuple[str, ...]
    choice: GeneratorChoice
    folder: str
    form: PictureFormat = "png"

    @property
    def title(self) -> str:
        """As in "Translate 3 pictures"."""
        return f"Translate {plural(len(self.paths), 'picture')}"


@dataclass(frozen=True, slots=True)
class DrawBlocks(Request):
    """The picture after each residual block. Answers: BlockDrawn, first the one before the first block."""

    lane: ClassVar[LaneName] = "work"
    slot: ClassVar[str | None] = "blocks"
    path: str
    choice: GeneratorChoice

    @property
    def title(self) -> str:
        """What the job is called."""
        return "Draw the picture after each block"


@dataclass(frozen=True, slots=True)
class SavePicture(Request):
    """Write a picture to a file, .png or .jpg; a name that is taken gets a number. Answer: PictureSaved.

    replace: take the place of a file of exactly that name, as the person was asked and agreed.
    """

    picture: Preview
    path: str
    replace: bool = False


@dataclass(frozen=True, slots=True)
class RecogniseGenerator(Request):
    """Which generator a checkpoint file holds. Answer: GeneratorRecognised."""

    lane: ClassVar[LaneName] = "work"
    path: str

    @property
    def urgent(self) -> bool:
        """A form waits for it."""
        return True


@dataclass(frozen=True, slots=True)
class KeepGenerator(Request):
    """Keep an own generator as a named row of the chooser. Answer: CatalogueRead."""

    entry: OwnGenerator


# ----------------------------------------------------------------------------------------------------- events


@dataclass(frozen=True, slots=True)
class TranslationReady(Event):
    """The picture is drawn."""

    translation: Translation


@dataclass(frozen=True, slots=True)
class PicturesKept(Event):
    """Pictures of a batch, in input order: kept in the folder, or why not."""

    rows: tuple[Translated | Failed, ...]


@dataclass(frozen=True, slots=True)
class BlockDrawn(Event):
    """The picture after one more block."""

    path: str
    picture: BlockPicture


@dataclass(frozen=True, slots=True)
class PictureSaved(Event):
    """Written; path: the file it has become."""

    path: str


@dataclass(frozen=True, slots=True)
class GeneratorRecognised(Event):
    """What the file holds. norm: "instance" or "batch". notes: what was dropped or converted."""

    path: str
    width: int
    blocks: int
    norm: str
    dropout: bool
    parameters: int
    notes: tuple[str, ...] = ()

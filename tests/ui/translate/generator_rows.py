"""A small catalogue of generators made by hand, and a room with their chooser, for tests of the right column.

Must not know states; figures are the published ones where they matter, round ones elsewhere.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tensorviz.core.catalogue import ModelRow
from tensorviz.core.generators import NO_RECIPE, GeneratorWeights
from tensorviz.engine.messages import CatalogueRead, JobFinished
from tensorviz.ui.translate.chooser import GeneratorChooser
from tests.ui.models import rows
from tests.ui.models.room import Room

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from tensorviz.ui.widgets.wrapped_label import WrappedLabel

BLOB = "ce10268a67fba8227bd42a071e17eef1b358fa2b"
SHA = "7b4fe82001ccf4db712ea7c0b0186d311e32b37281e193545a0f5b047e14b9a9"
PUBLISHED_BYTES = 45_512_716


def weights(
    model: str,
    name: str = "AUTHORS",
    *,
    default: bool = True,
    back: str = "",
    blob: str = "",
    url: str | None = None,
    path: str | None = None,
    sha: str = "",
    bundled: bool = False,
    size: int = PUBLISHED_BYTES,
    width: int = 64,
    blocks: int = 9,
) -> GeneratorWeights:
    return GeneratorWeights(
        model=model,
        name=name,
        is_default=default,
        parameters=11_378_179,
        gflops=49.5,
        accuracy_1=None,
        accuracy_5=None,
        file_bytes=size,
        licence="not stated",
        recipe=NO_RECIPE,
        url=f"http://authors.example.edu/cyclegan/{model}.pth" if url is None else url,
        sha256_prefix=sha,
        classes=0,
        trained_on=f"pictures of {model}",
        path=path,
        bundled=bundled,
        git_blob=blob,
        way_back=back,
        width=width,
        blocks=blocks,
    )


def bundled(name: str, back: str, summary: str) -> ModelRow:
    path = f"/somewhere/{name}.safetensors"
    row = weights(name, "V1", back=back, url="", path=path, sha=SHA, bundled=True, size=1_990_000, width=16, blocks=6)
    return ModelRow(name, "bundled", "Comes with tensorviz", "resnet_generator", (row,), "V1", summary, "translate")


def published(name: str, summary: str, *found: GeneratorWeights) -> ModelRow:
    return ModelRow(name, "published", "CycleGAN", "resnet_generator", found, "", summary, "translate")


def own(name: str, back: str = "", *, here: bool = True) -> ModelRow:
    path = f"/home/me/{name}.pth" if here else None
    row = weights(name, f"{name}.pth", back=back, url="", path=path, size=45_600_000 if here else 0)
    return ModelRow(name, "own", "Own generators", "resnet_generator", (row,), row.name, "Of my own", "translate")


def generators(
    *, book_here: bool = False, authors_here: bool = False, zebra_here: bool = False
) -> tuple[ModelRow, ...]:
    """The pair that comes along, five published ones in the order of their names, one of the person's own."""
    book = "https://book.example.org/data/horse2zebra_0.4.0.pth"
    horse = published(
        "horse2zebra",
        "Draws horses as zebras",
        weights("horse2zebra", "BOOK", back="zebra2horse", blob=BLOB, url=book, path="/c/b.pth" if book_here else None),
        weights("horse2zebra", default=False, back="zebra2horse", path="/c/a.pth" if authors_here else None),
    )
    zebra = weights("zebra2horse", back="horse2zebra", path="/c/z.pth" if zebra_here else None)
    return (
        bundled("photo2painting", "painting2photo", "Draws photographs as oil paintings"),
        bundled("painting2photo", "photo2painting", "Draws paintings as photographs"),
        horse,
        published("monet2photo", "Draws paintings of Monet as photographs", weights("monet2photo", back="style_monet")),
        published("style_cezanne", "Draws photographs as paintings of Cezanne", weights("style_cezanne")),
        published("style_monet", "Draws photographs as paintings of Monet", weights("style_monet", back="monet2photo")),
        published("zebra2horse", "Draws zebras as horses", zebra),
        own("fog"),
    )


def read(job: int, found: tuple[ModelRow, ...] | None = None, notes: tuple[str, ...] = ()) -> CatalogueRead:
    rows_of = generators() if found is None else found
    return CatalogueRead(job, rows.models(), "/cache/checkpoints", 91_000_000, notes, rows_of)


class GeneratorRoom(Room):
    """The chooser of generators, and what is said in it."""

    def __init__(self, qtbot: QtBot, **settings: object) -> None:
        super().__init__(**settings)
        self.file = ""
        self.chooser = GeneratorChooser(self.workspace, choose=lambda parent, title, filters: self.file)
        self.chooser.resize(320, 760)
        qtbot.addWidget(self.chooser)
        self.card = self.chooser.card

    def read_generators(self, found: tuple[ModelRow, ...] | None = None, *notes: str) -> None:
        """Lets the catalogue be read."""
        job = self.workspace.catalogue.read()
        self.engine.answer(read(job, found, notes), JobFinished(job))

    def said(self, label: WrappedLabel) -> str:
        """What a label says; "" while it is hidden."""
        return label.plain if label.isVisibleTo(self.chooser) else ""

    def shown(self) -> str:
        """The generator whose card is shown."""
        return self.card.model.name if self.card.model is not None else ""

    def chosen(self) -> tuple[str, str]:
        """What is sent to the engine."""
        choice = self.workspace.generator.choice
        return choice.model, choice.weights

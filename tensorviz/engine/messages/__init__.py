"""The protocol between the screen and the work: requests, events, what they carry. `session` and `files` have theirs.

Must not know who sends, who answers, or how either side is built: standard library and `core` only.

A request says what is wanted and how it may be scheduled; `Engine.submit` gives it a job number. Every event names
the job it belongs to. All are frozen, so they may cross threads.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from tensorviz.core.catalogue import ModelChoice, ModelRow, OwnEntry
from tensorviz.core.errors import Problem
from tensorviz.core.pipeline import Pipeline, Preview
from tensorviz.core.results import Row
from tensorviz.core.structure import Layer
from tensorviz.core.text import plural

LaneName = Literal["look", "work", "fetch", "files", "inspect", "tensors"]


# --------------------------------------------------------------------------------------------------- requests


@dataclass(frozen=True, slots=True)
class Request:
    """A wish. lane: where it waits. slot: a newer wish of the same slot replaces an older one, waiting or running.

    urgent: goes before those that are not, even between two pictures of a running batch. shown: listed as a job.
    """

    lane: ClassVar[LaneName] = "look"
    slot: ClassVar[str | None] = None
    shown: ClassVar[bool] = False

    @property
    def urgent(self) -> bool:
        """Whether the wish overtakes the others of its lane."""
        return False

    @property
    def title(self) -> str:
        """What the job is called where jobs are listed."""
        return type(self).__name__


@dataclass(frozen=True, slots=True)
class StartEngine(Request):
    """Load torch and say what this computer offers. Answer: EngineReady."""

    lane: ClassVar[LaneName] = "work"


@dataclass(frozen=True, slots=True)
class FindPictures(Request):
    """Files and folders as dropped or opened. Answers: PicturesFound (in pieces), PicturesRefused."""

    paths: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class KeepPasted(Request):
    """A picture from the clipboard (height * width * 3 bytes, RGB), kept as a file. Answer: PicturesFound."""

    width: int
    height: int
    pixels: bytes


@dataclass(frozen=True, slots=True)
class MakeThumbnails(Request):
    """Small pictures of what is in sight. Answers: ThumbnailMade or ThumbnailFailed for each path."""

    slot: ClassVar[str | None] = "thumbnails"
    paths: tuple[str, ...]
    side: int


@dataclass(frozen=True, slots=True)
class DescribePipeline(Request):
    """What the network receives of one picture. Answer: PipelineDescribed."""

    slot: ClassVar[str | None] = "pipeline"
    path: str
    choice: ModelChoice
    preview_side: int = 320


@dataclass(frozen=True, slots=True)
class Classify(Request):
    """Answers for pictures. Answers: RowsReady as they come; JobProgress in pictures."""

    lane: ClassVar[LaneName] = "work"
    shown: ClassVar[bool] = True
    paths: tuple[str, ...]
    choice: ModelChoice
    top: int = 5
    interactive: bool = False

    @property
    def urgent(self) -> bool:
        """A picture somebody is waiting for overtakes a batch."""
        return self.interactive

    @property
    def title(self) -> str:
        """As in "Classify 3 pictures"."""
        return f"Classify {plural(len(self.paths), 'picture')}"


@dataclass(frozen=True, slots=True)
class ReadCatalogue(Request):
    """The models there are. Answer: CatalogueRead."""


@dataclass(frozen=True, slots=True)
class DescribeNetwork(Request):
    """The network layer by layer. Answer: NetworkDescribed."""

    lane: ClassVar[LaneName] = "work"
    slot: ClassVar[str | None] = "structure"
    choice: ModelChoice

    @property
    def urgent(self) -> bool:
        """Somebody looks at an empty panel."""
        return True


@dataclass(frozen=True, slots=True)
class FetchWeights(Request):
    """Download published weights. Answers: JobProgress in bytes, CatalogueRead.

    trusted: the person was told that nothing is published by which the file could be checked, and wants it anyway.
    """

    lane: ClassVar[LaneName] = "fetch"
    shown: ClassVar[bool] = True
    model: str
    weights: str
    trusted: bool = False

    @property
    def title(self) -> str:
        """As in "Fetch resnet101 IMAGENET1K_V2"."""
        return f"Fetch {self.model} {self.weights}".rstrip()


@dataclass(frozen=True, slots=True)
class ImportWeights(Request):
    """Take published weights from a file the person has. Answer: CatalogueRead."""

    lane: ClassVar[LaneName] = "fetch"
    shown: ClassVar[bool] = True
    model: str
    weights: str
    path: str

    @property
    def title(self) -> str:
        """As in "Import resnet101 IMAGENET1K_V2"."""
        return f"Import {self.model} {self.weights}".rstrip()


@dataclass(frozen=True, slots=True)
class DeleteWeights(Request):
    """Delete the file of published weights from this computer. Answer: CatalogueRead."""

    model: str
    weights: str


@dataclass(frozen=True, slots=True)
class RecogniseCheckpoint(Request):
    """Which architecture a checkpoint file fits. Answer: CheckpointRecognised."""

    lane: ClassVar[LaneName] = "work"
    path: str

    @property
    def urgent(self) -> bool:
        """A dialog waits for it."""
        return True


@dataclass(frozen=True, slots=True)
class KeepEntry(Request):
    """Keep an own checkpoint as a named row of the chooser. Answer: CatalogueRead."""

    entry: OwnEntry


@dataclass(frozen=True, slots=True)
class RemoveEntry(Request):
    """Forget an own entry (its file stays). Answer: CatalogueRead."""

    name: str


@dataclass(frozen=True, slots=True)
class ExportRows(Request):
    """Write results to a file: .json, .jsonl or .csv, beside and renamed. Answer: Exported."""

    rows: tuple[Row, ...]
    path: str


@dataclass(frozen=True, slots=True)
class DropNetworks(Request):
    """Forget the networks that are kept warm."""

    lane: ClassVar[LaneName] = "work"


@dataclass(frozen=True, slots=True)
class RelieveMemory(Request):
    """Forget warm networks if the computer is short of memory; asked for now and then."""

    lane: ClassVar[LaneName] = "work"
    slot: ClassVar[str | None] = "memory"


# ----------------------------------------------------------------------------------------------------- events


@dataclass(frozen=True, slots=True)
class Event:
    """A fact about the job of that number."""

    job: int


@dataclass(frozen=True, slots=True)
class JobStarted(Event):
    """The job left the queue."""


@dataclass(frozen=True, slots=True)
class JobProgress(Event):
    """How far it is. unit: "picture" or "byte". rate: units a second. stage: what is being done, in words."""

    done: int
    total: int | None
    unit: str = "picture"
    rate: float | None = None
    seconds_left: float | None = None
    stage: str = ""


@dataclass(frozen=True, slots=True)
class JobFinished(Event):
    """Done. failed: how many of its inputs have no answer."""

    failed: int = 0


@dataclass(frozen=True, slots=True)
class JobCancelled(Event):
    """Ended because the person, or a newer wish of its slot, said so."""


@dataclass(frozen=True, slots=True)
class JobFailed(Event):
    """Ended by a problem."""

    problem: Problem


@dataclass(frozen=True, slots=True)
class DeviceRow:
    """A device to compute on. name: "cpu", "cuda:0"; memory in bytes, None when unknown."""

    name: str
    title: str
    memory: int | None = None


@dataclass(frozen=True, slots=True)
class EngineReady(Event):
    """torch is loaded, and these are the devices it can compute on."""

    torch_version: str
    devices: tuple[DeviceRow, ...]


@dataclass(frozen=True, slots=True)
class PicturesFound(Event):
    """More pictures, in order."""

    paths: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PicturesRefused(Event):
    """Something given that holds no picture, and why."""

    path: str
    problem: Problem


@dataclass(frozen=True, slots=True)
class ThumbnailMade(Event):
    """size: width and height of the upright picture, in pixels."""

    path: str
    preview: Preview
    size: tuple[int, int]
    format: str


@dataclass(frozen=True, slots=True)
class ThumbnailFailed(Event):
    """The picture cannot be shown."""

    path: str
    problem: Problem


@dataclass(frozen=True, slots=True)
class PipelineDescribed(Event):
    """The steps between the picture and the network."""

    pipeline: Pipeline


@dataclass(frozen=True, slots=True)
class RowsReady(Event):
    """Answers, in input order within the job."""

    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class CatalogueRead(Event):
    """Every model. folder: where weights are kept. disk_bytes: what they take there. notes: what was odd.

    models: those that classify. generators: those that translate; their weights are `GeneratorWeights`.
    """

    models: tuple[ModelRow, ...]
    folder: str
    disk_bytes: int
    notes: tuple[str, ...] = ()
    generators: tuple[ModelRow, ...] = ()


@dataclass(frozen=True, slots=True)
class NetworkDescribed(Event):
    """The layers of a network, as a tree."""

    choice: ModelChoice
    root: Layer


@dataclass(frozen=True, slots=True)
class CheckpointRecognised(Event):
    """architecture: the builder that fits. notes: what was unwrapped or repaired."""

    path: str
    architecture: str
    classes: int
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Exported(Event):
    """Written."""

    path: str
    count: int

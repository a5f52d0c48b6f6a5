"""Each request has a handler, and what they report."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import TypeVar

import numpy as np
import pytest
from PIL import Image

from tensorviz.core.catalogue import ModelChoice, OwnEntry
from tensorviz.core.errors import NameUnknown, NothingFound, Problem
from tensorviz.core.recipe import Recipe
from tensorviz.core.results import Classified, Failed, Label, Seconds
from tensorviz.engine import messages
from tensorviz.engine.handlers import NetworkCacheSource, handlers
from tensorviz.engine.messages import Event, Request
from tensorviz.engine.messages.translate import KeepGenerator, RecogniseGenerator
from tensorviz.engine.worker import Job

Found = TypeVar("Found", bound=Event)


def all_requests() -> set[type[Request]]:
    """Those on the page; `__subclasses__` would also give the classes that slots=True replaced."""
    kinds = (value for value in vars(messages).values() if isinstance(value, type))
    return {kind for kind in kinds if issubclass(kind, Request) and kind is not Request}


def run(request: Request) -> list[Event]:
    """Runs the handler of a request to its end on this thread; gives what it reported."""
    said: list[Event] = []
    job = Job(7, request, said.append)
    steps = handlers(NetworkCacheSource())[type(request)](job)
    for _ in steps or ():
        pass
    job.progress.flush()
    assert all(event.job == 7 for event in said)
    return said


def one(kind: type[Found], request: Request) -> Found:
    found = [event for event in run(request) if isinstance(event, kind)]
    assert len(found) == 1
    return found[0]


def picture(folder: Path, name: str = "a.png", size: tuple[int, int] = (40, 30)) -> str:
    path = folder / name
    values = np.random.default_rng(3).integers(0, 256, (size[1], size[0], 3), np.uint8)
    Image.fromarray(values).save(path)
    return str(path)


def answer(path: str) -> Classified:
    top = (Label(5, "=dog", 0.75), Label(3, "cat", 0.25))
    return Classified(path, "m", "w", "cpu", "fp32", Seconds(0.1, 0.2, 0.3, 0.6), top)


def test_every_request_of_the_protocol_has_a_handler() -> None:
    assert set(handlers(NetworkCacheSource())) == all_requests() | {KeepGenerator, RecogniseGenerator}


def test_pictures_are_found_and_what_is_refused_is_said(tmp_path: Path) -> None:
    first, second = picture(tmp_path, "b.png"), picture(tmp_path, "a.PNG")
    (tmp_path / "empty").mkdir()
    said = run(messages.FindPictures((str(tmp_path), str(tmp_path / "empty"))))
    found = [path for event in said if isinstance(event, messages.PicturesFound) for path in event.paths]
    refused = [event for event in said if isinstance(event, messages.PicturesRefused)]
    assert found == [second, first]
    assert [event.path for event in refused] == [str(tmp_path / "empty")]
    assert refused[0].problem.hint


def test_a_pasted_picture_becomes_a_file_with_the_same_pixels() -> None:
    values = np.random.default_rng(1).integers(0, 256, (5, 7, 3), np.uint8)
    event = one(messages.PicturesFound, messages.KeepPasted(7, 5, values.tobytes()))
    with Image.open(event.paths[0]) as kept:
        assert np.array_equal(np.asarray(kept), values)


def test_thumbnails_of_good_and_bad_files(tmp_path: Path) -> None:
    (tmp_path / "bad.png").write_bytes(b"no picture")
    good, bad = picture(tmp_path), str(tmp_path / "bad.png")
    said = run(messages.MakeThumbnails((bad, good), 16))
    failed, made = said
    assert isinstance(failed, messages.ThumbnailFailed)
    assert failed.problem.expected
    assert isinstance(made, messages.ThumbnailMade)
    assert made.size == (40, 30)
    assert (made.preview.width, made.preview.height) == (16, 12)
    assert len(made.preview.pixels) == 16 * 12 * 3


def test_the_pipeline_of_weights_that_are_not_here_is_their_own_recipe(tmp_path: Path) -> None:
    choice = ModelChoice("resnet101", "IMAGENET1K_V2")
    event = one(messages.PipelineDescribed, messages.DescribePipeline(picture(tmp_path), choice, 32))
    assert event.pipeline.recipe == Recipe(232, 224)
    assert event.pipeline.differing == ()
    changed = ModelChoice("resnet101", "IMAGENET1K_V2", recipe=Recipe(232, 200))
    event = one(messages.PipelineDescribed, messages.DescribePipeline(picture(tmp_path), changed, 32))
    assert event.pipeline.differing == ("crop",)


def test_rows_progress_and_the_count_of_failures(tmp_path: Path) -> None:
    paths = (picture(tmp_path), str(tmp_path / "missing.png"), picture(tmp_path, "c.png"))
    said: list[Event] = []
    job = Job(7, messages.Classify(paths, ModelChoice(device="cpu"), top=3), said.append)
    for _ in handlers(NetworkCacheSource())[messages.Classify](job) or ():
        pass
    job.progress.flush()
    rows = [row for event in said if isinstance(event, messages.RowsReady) for row in event.rows]
    assert [type(row) for row in rows] == [Classified, Failed, Classified]
    assert [row.path for row in rows] == list(paths)
    assert job.failed == 1
    last = [event for event in said if isinstance(event, messages.JobProgress)][-1]
    assert (last.done, last.total) == (3, 3)


def test_a_network_layer_by_layer_adds_up_to_the_published_count() -> None:
    event = one(messages.NetworkDescribed, messages.DescribeNetwork(ModelChoice("resnet18", "IMAGENET1K_V1")))
    assert event.root.parameters == 11_689_512  # ResNet18_Weights.IMAGENET1K_V1.meta["num_params"]
    assert [child.name for child in event.root.children][:2] == ["conv1", "bn1"]


def test_an_own_checkpoint_is_recognised_kept_and_forgotten(tmp_path: Path) -> None:
    import torch
    from torchvision import models

    path = tmp_path / "mine.pth"
    torch.save({"state_dict": models.squeezenet1_1(num_classes=7).state_dict()}, path)
    found = one(messages.CheckpointRecognised, messages.RecogniseCheckpoint(str(path)))
    assert (found.architecture, found.classes) == ("squeezenet1_1", 7)
    kept = one(messages.CatalogueRead, messages.KeepEntry(OwnEntry("mine", "squeezenet1_1", str(path))))
    row = next(model for model in kept.models if model.name == "mine")
    assert row.kind == "own"
    gone = one(messages.CatalogueRead, messages.RemoveEntry("mine"))
    assert all(model.name != "mine" for model in gone.models)
    assert path.exists()


def test_what_is_not_here_cannot_be_deleted() -> None:
    with pytest.raises(NothingFound):
        run(messages.DeleteWeights("alexnet", "IMAGENET1K_V1"))


def test_export_in_the_format_that_the_name_says(tmp_path: Path) -> None:
    rows = (answer("a.png"), Failed("b.png", Problem("It is cut short.", "Copy it again.")))
    for suffix in ("json", "jsonl", "csv"):
        event = one(messages.Exported, messages.ExportRows(rows, str(tmp_path / f"out.{suffix}")))
        assert event.count == 2
    as_json = json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))
    lines = (tmp_path / "out.jsonl").read_text(encoding="utf-8").splitlines()
    assert as_json == [json.loads(line) for line in lines] == [row.as_dict() for row in rows]
    assert as_json[1]["error"] == {"message": "It is cut short.", "hint": "Copy it again."}
    with (tmp_path / "out.csv").open(encoding="utf-8", newline="") as file:
        first, second = csv.DictReader(file)
    assert (first["path"], first["index_1"], first["probability_2"]) == ("a.png", "5", "0.25")
    assert first["label_1"] == "'=dog", "a spreadsheet must not run it"
    assert (second["path"], second["error"]) == ("b.png", "It is cut short.")
    assert [path.name for path in tmp_path.iterdir() if "part" in path.name] == []


def test_an_unknown_format_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    with pytest.raises(NameUnknown):
        run(messages.ExportRows((), str(tmp_path / "out.cvs")))
    assert list(tmp_path.iterdir()) == []

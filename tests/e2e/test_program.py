"""What a person does on the first day, with the real program: open, drop, read, choose, cancel, export."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PIL import Image

from tensorviz.app import Program
from tensorviz.core.results import Classified, Failed
from tests.e2e.conftest import PATIENCE
from tests.ui.window import dragging

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

Start = Callable[..., Program]


def drop(program: Program, *paths: Path) -> None:
    """Drops files and folders on the window, as a file browser does."""
    dragging.drop(program.window, dragging.files(*map(str, paths)))


def answered(program: Program, path: Path) -> bool:
    return program.workspace.results.row(str(path)) is not None


@pytest.fixture
def noise(tmp_path: Path) -> Callable[[int], Path]:
    """Makes a folder of so many small pictures."""

    def make(count: int) -> Path:
        folder = tmp_path / "noise"
        folder.mkdir()
        for n in range(count):
            Image.effect_noise((64, 48), 90.0).convert("RGB").save(folder / f"{n:04}.png")
        return folder

    return make


def test_drop_a_dog_and_read_dog(start: Start, qtbot: QtBot, data: Path) -> None:
    program, dog = start(), data / "bobby.jpg"
    drop(program, dog)
    qtbot.waitUntil(lambda: answered(program, dog), timeout=PATIENCE)
    row = program.workspace.results.row(str(dog))
    assert isinstance(row, Classified)
    assert row.top[0].label == "dog"
    assert row.model == "cifar10_small"
    assert row.device == "cpu" or row.device.startswith(("cuda", "mps"))
    qtbot.waitUntil(lambda: program.workspace.pipeline.pipeline is not None, timeout=PATIENCE)


def test_a_folder_given_on_the_command_line_a_bad_file_in_it_has_its_own_sentence(
    start: Start, qtbot: QtBot, noise: Callable[[int], Path]
) -> None:
    folder = noise(9)
    (folder / "broken.jpg").write_bytes(b"\xff\xd8\xff\xe0 this is where the picture ends")
    program = start(str(folder))
    results = program.workspace.results
    qtbot.waitUntil(lambda: results.count == 10, timeout=PATIENCE)
    rows = results.rows()
    assert [type(row) for row in rows].count(Failed) == 1
    broken = next(row for row in rows if isinstance(row, Failed))
    assert broken.path.endswith("broken.jpg")
    assert broken.problem.expected
    assert broken.problem.hint


def test_another_checkpoint_answers_as_torchvision_does(start: Start, qtbot: QtBot, data: Path) -> None:
    import torch
    from torchvision import models, transforms

    weights = data / "mobilenet_v2_imagenet.pth"
    program, dog = start(), data / "bobby.jpg"
    qtbot.waitUntil(lambda: bool(program.workspace.catalogue.models), timeout=PATIENCE)
    program.workspace.choice.set_model("mobilenet_v2", str(weights))
    drop(program, dog)
    qtbot.waitUntil(lambda: answered(program, dog), timeout=PATIENCE)
    network = models.mobilenet_v2()
    network.load_state_dict(torch.load(weights, weights_only=True))
    prepare = transforms.Compose(
        [
            transforms.Resize(256),
            transforms.CenterCrop(224),
            transforms.ToTensor(),
            transforms.Normalize((0.485, 0.456, 0.406), (0.229, 0.224, 0.225)),
        ]
    )
    with torch.inference_mode():
        expected = network.eval()(prepare(Image.open(dog).convert("RGB"))[None]).softmax(1)[0]
    row = program.workspace.results.row(str(dog))
    assert isinstance(row, Classified)
    assert row.top[0].index == int(expected.argmax())
    assert row.top[0].probability == pytest.approx(float(expected.max()), abs=1e-4)


def test_cancel_a_folder_and_a_dropped_picture_overtakes_another(
    start: Start, qtbot: QtBot, noise: Callable[[int], Path], data: Path
) -> None:
    folder, dog = noise(400), data / "bobby.jpg"
    program = start()
    results, jobs = program.workspace.results, program.workspace.jobs
    drop(program, folder)
    qtbot.waitUntil(lambda: results.count >= 1, timeout=PATIENCE)
    drop(program, dog)
    qtbot.waitUntil(lambda: answered(program, dog), timeout=PATIENCE)
    assert results.count < 401, "the dropped picture waited for the folder"
    batch = results.batches[0].number
    jobs.cancel(batch)
    item = jobs.item(batch)
    assert item is not None
    assert item.state == "cancelling", "a cancel is shown at once"
    qtbot.waitUntil(lambda: not results.batches, timeout=PATIENCE)
    assert results.count < 401


def test_export_of_what_was_answered(
    start: Start, qtbot: QtBot, noise: Callable[[int], Path], tmp_path: Path
) -> None:
    program = start(str(noise(6)))
    results = program.workspace.results
    qtbot.waitUntil(lambda: results.count == 6, timeout=PATIENCE)
    target = tmp_path / "answers.json"
    with qtbot.waitSignal(results.exported, timeout=PATIENCE):
        results.export(str(target))
    rows = json.loads(target.read_text(encoding="utf-8"))
    assert [row["path"] for row in rows] == list(program.workspace.pictures.paths)
    assert all(abs(sum(label["probability"] for label in row["top"]) - 1) < 0.9 for row in rows)


def test_closing_in_the_middle_of_everything_ends_the_threads(
    start: Start, qtbot: QtBot, noise: Callable[[int], Path]
) -> None:
    program = start(str(noise(300)))
    qtbot.waitUntil(lambda: program.workspace.results.count >= 1, timeout=PATIENCE)

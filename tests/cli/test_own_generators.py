"""Own generators on the command line: listed, used by name, and left alone by what is about published files.

Must not know how entries are kept.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from tensorviz.cli.main import main
from tensorviz.core.generators import OwnGenerator
from tensorviz.engine.weights.own_generators import keep_generator
from tests.engine.translate.plain import Variant, checkpoint

Captured = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """These networks are too small to share."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    path = tmp_path / "mine_G.safetensors"
    save_file(checkpoint(Variant(4, 6)), path)
    keep_generator(OwnGenerator("my zebras", str(path), "zebra2horse", 4, 6, 33_000))
    return path


def test_it_is_listed_with_its_network(mine: Path, capsys: Captured) -> None:
    assert main(["models", "--task", "translate", "--format", "json"]) == 0
    row = json.loads(capsys.readouterr().out)[-1]
    (weights,) = row["weights"]
    assert (row["name"], row["kind"], weights["name"], weights["path"]) == ("my zebras", "own", mine.name, str(mine))
    assert (weights["width"], weights["blocks"], weights["way_back"]) == (4, 6, "zebra2horse")
    assert main(["models", "--format", "csv", "--search", "zebras"]) == 0
    (line,) = csv.DictReader(io.StringIO(capsys.readouterr().out))
    assert (line["width"], line["blocks"], line["way_back"], line["resize"]) == ("4", "6", "zebra2horse", "")


def test_the_table_of_generators_alone_tells_width_blocks_and_way_back(capsys: Captured) -> None:
    assert main(["models", "--task", "translate", "--search", "horse2zebra book"]) == 0
    head, line = capsys.readouterr().out.splitlines()
    assert "top-1" not in head
    for heading, value in (("width", "64"), ("blocks", "9")):
        end = head.index(heading) + len(heading)
        assert line[:end].endswith(f" {value}")
    assert line[head.index("way back") :].startswith("zebra2horse")
    assert main(["models", "--search", "resnet18"]) == 0
    assert "top-1" in capsys.readouterr().out


def test_a_broken_list_is_said(mine: Path, capsys: Captured) -> None:
    from tensorviz.engine.weights.entry_names import generators_file

    generators_file().write_text("{")
    assert main(["models", "--task", "translate"]) == 0
    assert "generators.json.broken" in capsys.readouterr().err


def test_it_translates_by_name(mine: Path, folder: Path, tmp_path: Path, capsys: Captured) -> None:
    arguments = [str(folder / "b.png"), "--model", "my zebras", "--output", str(tmp_path / "out"), "--resize", "24"]
    assert main(["translate", *arguments, "--device", "cpu", "--format", "json"]) == 0
    (row,) = json.loads(capsys.readouterr().out)
    assert (row["model"], row["weights"], row["size"]) == ("my zebras", mine.name, [32, 24])
    mine.unlink()
    assert main(["translate", *arguments]) == 2
    assert "mine_G.safetensors of the kept generator my zebras is not there any more" in capsys.readouterr().err


def test_fetch_leaves_it_alone(mine: Path, capsys: Captured) -> None:
    assert main(["fetch", "my zebras"]) == 0
    assert "already here" in capsys.readouterr().out
    assert main(["fetch", "--delete", "my zebras"]) == 1
    assert mine.exists()
    mine.unlink()
    capsys.readouterr()
    assert main(["fetch", "my zebras"]) == 1
    told = capsys.readouterr().err
    assert told.count("\n") == 1
    assert "not here" in told

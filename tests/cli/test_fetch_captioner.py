"""`tensorviz fetch neuraltalk2` and `tensorviz models --task caption` as a person or a program meets them.

Must not know how a download works: what is printed, what lies in the folder and how it ends.
"""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING

import pytest

from tensorviz.cli.main import main
from tensorviz.engine.places import weights_folder
from tensorviz.engine.weights import captioners
from tests.engine.weights.captioner_files import CONTENTS, FIRST, KEPT, SECOND, entry, names_here, published
from tests.engine.weights.server import Server

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

Captured = pytest.CaptureFixture[str]
WHOLE = sum(map(len, CONTENTS.values()))


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    for name in ("http_proxy", "all_proxy", "HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    with Server(published) as running:
        found = entry(running.url, tmp_path)
        monkeypatch.setattr(captioners, "_published", lambda: [found])
        yield running


def test_one_command_fetches_all_files_and_says_first_how_much_that_is(server: Server, capsys: Captured) -> None:
    assert main(["fetch", "neuraltalk2"]) == 0
    told = capsys.readouterr()
    assert told.err.startswith("neuraltalk2:BOOK takes about 655.0 kB in 4 files (fc-model.pth ")
    assert told.out == f"neuraltalk2:BOOK  fetched, 655.0 kB  {weights_folder() / 'neuraltalk2-fc-model.pth'}\n"
    assert names_here() == KEPT
    assert main(["fetch", "neuraltalk2", "--format", "json"]) == 0
    told = capsys.readouterr()
    (outcome,) = json.loads(told.out)
    assert (outcome["status"], outcome["bytes"], told.err) == ("here", WHOLE, "")
    assert len(server.asked) == len(CONTENTS)


def test_its_files_are_listed_as_its_own_and_deleted_together(server: Server, capsys: Captured) -> None:
    assert main(["fetch", "--quiet", "neuraltalk2"]) == 0
    assert capsys.readouterr().err == ""
    (weights_folder() / "neuraltalk2-resnet101b.pth.part").write_bytes(b"123")
    assert main(["fetch", "--list", "--format", "json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert {row["name"]: row["model"] for row in rows} == dict.fromkeys(
        [*KEPT, "neuraltalk2-resnet101b.pth.part"], "neuraltalk2"
    )
    assert main(["fetch", "--delete", "neuraltalk2"]) == 0
    assert "655.0 kB free again" in capsys.readouterr().out
    assert names_here() == []
    assert main(["fetch", "--delete", "neuraltalk2"]) == 1
    assert "is not on this computer" in capsys.readouterr().err
    assert server.asked


def test_files_got_another_way_are_taken_one_by_one_or_as_a_folder(
    server: Server, tmp_path: Path, capsys: Captured
) -> None:
    clone = tmp_path / "clone"
    clone.mkdir()
    for name, content in CONTENTS.items():
        (clone / name).write_bytes(content)
    assert main(["fetch", "--from", str(clone / "fc-infos.pkl"), "neuraltalk2"]) == 0
    assert (
        "imported fc-infos.pkl; fc-model.pth, resnet101a.pth and resnet101b.pth are missing" in capsys.readouterr().out
    )
    assert main(["fetch", "--from", str(clone), "neuraltalk2"]) == 0
    assert "all files are here, 655.0 kB" in capsys.readouterr().out
    assert names_here() == KEPT
    assert server.asked == []


def test_a_joined_file_needs_consent(server: Server, tmp_path: Path, capsys: Captured) -> None:
    whole = tmp_path / "resnet101.pth"
    whole.write_bytes(FIRST + SECOND)
    assert main(["fetch", "--from", str(whole), "neuraltalk2"]) == 1
    assert "--trust --from FILE neuraltalk2:BOOK" in capsys.readouterr().err
    assert main(["fetch", "--trust", "--from", str(whole), "neuraltalk2"]) == 0
    assert "imported neuraltalk2-resnet101.pth" in capsys.readouterr().out
    assert server.asked == []


def test_captioners_have_columns_of_their_own(capsys: Captured) -> None:
    assert main(["models", "--task", "caption"]) == 0
    told = capsys.readouterr()
    heading, *rows = told.out.splitlines()
    names = ["model", "weights", "family", "words", "parameters", "GFLOPs", "size", "trained on", "here"]
    assert heading.split() == " ".join(names).split()
    (book,) = [row for row in rows if row.startswith("neuraltalk2")]
    assert book.split()[:6] == ["neuraltalk2", "BOOK", "*", "fc", "9,487", "58.0"]
    assert main(["models", "--task", "caption", "--format", "json", "--search", "neuraltalk2"]) == 0
    (model,) = json.loads(capsys.readouterr().out)
    (weights,) = model["weights"]
    assert [len(file["git_blobs"]) for file in weights["files"]] == [1, 1, 2]
    assert main(["models", "--format", "csv", "--search", "neuraltalk2"]) == 0
    (row,) = csv.DictReader(io.StringIO(capsys.readouterr().out))
    assert (row["caption_family"], row["words"], row["classes"], row["width"]) == ("fc", "9487", "", "")

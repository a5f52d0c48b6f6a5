"""`tensorviz fetch` as a person or a program meets it, against a server on this computer.

Must not know how a download works: what is printed, what lies in the folder and how it ends.
"""

from __future__ import annotations

import hashlib
import http.server
import io
import json
import socket
import sys
import threading
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from tensorviz.cli.main import main
from tensorviz.core.catalogue import ModelRow, WeightsRow
from tensorviz.core.recipe import Recipe
from tensorviz.engine.places import weights_folder
from tensorviz.engine.weights import catalogue, every_model

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CONTENT = b"numbers" * 5000
PREFIX = hashlib.sha256(CONTENT).hexdigest()[:8]
Captured = pytest.CaptureFixture[str]


class Gives(http.server.BaseHTTPRequestHandler):
    """Gives the content for every address that ends in tiny.pth, and 404 for others."""

    def do_GET(self) -> None:
        found = self.path.endswith("tiny.pth")
        self.send_response(200 if found else 404)
        self.send_header("Content-Length", str(len(CONTENT) if found else 0))
        self.end_headers()
        self.wfile.write(CONTENT if found else b"")

    def log_message(self, *_: object) -> None:
        """Says nothing."""


@pytest.fixture
def address(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    for name in ("http_proxy", "all_proxy", "HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    server = http.server.HTTPServer(("127.0.0.1", 0), Gives)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


def weights(url: str, name: str = "V1", *, default: bool = True) -> WeightsRow:
    return WeightsRow("tiny", name, default, 1, 0.1, None, None, len(CONTENT), "none", Recipe(8, 8), url, PREFIX, 2)


def use(monkeypatch: pytest.MonkeyPatch, *rows: WeightsRow) -> None:
    """The catalogue is one model with these weights."""

    def read(_entries: object = ()) -> tuple[ModelRow, ...]:
        here = {row.name: weights_folder() / row.url.rpartition("/")[2] for row in rows}
        found = [replace(row, path=str(here[row.name]) if here[row.name].is_file() else None) for row in rows]
        return (ModelRow("tiny", "torchvision", "Tiny", "tiny", tuple(found), "V1"),)

    monkeypatch.setattr(catalogue, "read_catalogue", read)
    monkeypatch.setattr(every_model, "read_catalogue", read)


@pytest.fixture
def tiny(address: str, monkeypatch: pytest.MonkeyPatch) -> Path:
    use(monkeypatch, weights(f"{address}/tiny.pth"), weights(f"{address}/gone.pth", "V2", default=False))
    return weights_folder() / "tiny.pth"


def test_weights_are_fetched_once_and_told_in_a_line(tiny: Path, capsys: Captured) -> None:
    assert main(["fetch", "tiny"]) == 0
    told = capsys.readouterr()
    assert told.out == f"tiny:V1  fetched, 35.0 kB  {tiny}\n"
    assert told.err == ""
    assert tiny.read_bytes() == CONTENT
    assert main(["fetch", "tiny:DEFAULT"]) == 0
    assert "already here" in capsys.readouterr().out


def test_one_failure_does_not_stop_the_others(tiny: Path, capsys: Captured) -> None:
    assert main(["fetch", "tiny:V2", "tiny:V1", "--format", "json"]) == 1
    told = capsys.readouterr()
    failed, done = json.loads(told.out)
    assert failed["error"]["message"]
    assert "404" in failed["error"]["message"]
    assert set(failed) == {"model", "weights", "error"}
    assert done == {
        "model": "tiny", "weights": "V1", "status": "fetched", "path": str(tiny), "bytes": len(CONTENT),
    }  # fmt: skip
    assert told.err.count("\n") == 1
    assert "Traceback" not in told.err


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["tinny"],
        ["tiny:V9"],
        [":V1"],
        ["tiny", "--list"],
        ["--from", "x"],
        ["--list", "--delete"],
        ["a", "b", "--from", "x"],
    ],
)
def test_what_makes_no_sense_ends_with_2_before_anything_is_fetched(
    arguments: list[str], tiny: Path, capsys: Captured
) -> None:
    assert main(["fetch", *arguments]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.count("\n") == 1
    assert not tiny.exists()


def test_unknown_names_say_the_near_one(tiny: Path, capsys: Captured) -> None:
    main(["fetch", "tinny"])
    assert "Did you mean tiny?" in capsys.readouterr().err
    assert not tiny.exists()


def test_a_file_got_another_way_is_imported(tiny: Path, tmp_path: Path, capsys: Captured) -> None:
    (tmp_path / "mine.bin").write_bytes(CONTENT)
    assert main(["fetch", "--from", str(tmp_path / "mine.bin"), "tiny:V1"]) == 0
    assert "imported" in capsys.readouterr().out
    assert tiny.read_bytes() == CONTENT


def test_a_wrong_file_is_not_imported(tiny: Path, tmp_path: Path, capsys: Captured) -> None:
    (tmp_path / "mine.bin").write_bytes(b"wrong")
    assert main(["fetch", "--from", str(tmp_path / "mine.bin"), "tiny"]) == 1
    assert PREFIX in capsys.readouterr().err
    assert not tiny.exists()


def test_the_files_here_are_listed_with_their_sizes(tiny: Path, capsys: Captured) -> None:
    main(["fetch", "tiny"])
    (tiny.parent / "other.pth").write_bytes(b"123")
    (tiny.parent / "gone.pth.part").write_bytes(b"12345")
    capsys.readouterr()
    assert main(["fetch", "--list", "--format", "json"]) == 0
    rows = {row["name"]: row for row in json.loads(capsys.readouterr().out)}
    assert {name: row["bytes"] for name, row in rows.items()} == {
        "tiny.pth": len(CONTENT), "other.pth": 3, "gone.pth.part": 5,
    }  # fmt: skip
    assert (rows["tiny.pth"]["model"], rows["other.pth"]["model"]) == ("tiny", None)
    assert rows["gone.pth.part"]["partial"]
    assert main(["fetch", "--list"]) == 0
    text = capsys.readouterr().out
    assert "tiny:V2 (unfinished)" in text
    assert f"in {tiny.parent}" in text


def test_deleting_takes_what_is_here_and_says_what_is_not(tiny: Path, capsys: Captured) -> None:
    main(["fetch", "tiny"])
    assert main(["fetch", "--delete", "tiny"]) == 0
    assert "35.0 kB free again" in capsys.readouterr().out
    assert not tiny.exists()
    assert main(["fetch", "--delete", "tiny:V1"]) == 1
    assert "no file" in capsys.readouterr().err


def test_what_comes_with_tensorviz_is_neither_fetched_nor_deleted(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: Captured
) -> None:
    file = tmp_path / "comes.safetensors"
    file.write_bytes(b"1234")
    bundled = replace(weights(""), path=str(file), bundled=True, sha256_prefix="")
    monkeypatch.setattr(
        "tensorviz.cli.fetch.find_any_model", lambda *_: ModelRow("tiny", "bundled", "", "", (bundled,))
    )
    assert main(["fetch", "tiny"]) == 0
    assert "comes with tensorviz" in capsys.readouterr().out
    assert main(["fetch", "--delete", "tiny"]) == 1
    assert file.exists()


def test_offline_is_a_sentence_with_another_way(monkeypatch: pytest.MonkeyPatch, capsys: Captured) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    url = f"http://127.0.0.1:{port}/tiny.pth"
    use(monkeypatch, weights(url))
    assert main(["fetch", "tiny"]) == 1
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.count("\n") == 1
    for word in ("offline", url, "fetch --from FILE tiny:V1"):
        assert word in told.err


def test_progress_goes_to_a_terminal_only(tiny: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    screen = Terminal()
    monkeypatch.setattr(sys, "stderr", screen)
    assert main(["fetch", "tiny"]) == 0
    assert "tiny:V1" in screen.getvalue()
    assert capsys.readouterr().out == f"tiny:V1  fetched, 35.0 kB  {tiny}\n"

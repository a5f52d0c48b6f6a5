"""The catalogue's requests for generators, from the request to the file, against a server on this computer.

Must not know how a download works; git is the judge of a file's id.
"""

from __future__ import annotations

import hashlib
import subprocess
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tensorviz.core.errors import (
    Cancelled,
    FetchFailed,
    NameUnknown,
    NothingFound,
    TensorvizError,
    ValueRefused,
    WeightsDamaged,
)
from tensorviz.core.generators import GeneratorWeights
from tensorviz.engine.cancel import CancelToken
from tensorviz.engine.handlers import NetworkCacheSource, handlers
from tensorviz.engine.messages import (
    CatalogueRead,
    DeleteWeights,
    Event,
    FetchWeights,
    ImportWeights,
    JobProgress,
    ReadCatalogue,
    Request,
)
from tensorviz.engine.places import weights_folder
from tensorviz.engine.weights import generators
from tensorviz.engine.weights.fetch_generator import fetch_generator
from tensorviz.engine.weights.fingerprints import checked, kept_digest
from tensorviz.engine.weights.generators import find_generator, weights_of
from tensorviz.engine.worker import Job

from .fetching import CONTENT, OTHER, QUICK
from .server import Server, cut, honest

BOOK, OPEN = "horse2zebra", "style_monet"


def git_says(content: bytes, folder: Path) -> str:
    file = folder / "for git"
    file.write_bytes(content)
    done = subprocess.run(["git", "hash-object", str(file)], capture_output=True, text=True, check=True)
    return done.stdout.strip()


@pytest.fixture
def published(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[Server], None]:
    """The catalogue is the book's file, with the id that git gives CONTENT, and one of which nothing is published."""
    blob = git_says(CONTENT, tmp_path)

    def at(server: Server) -> None:
        def entry(name: str, weights: str, blob: str) -> dict[str, Any]:
            item = {"name": weights, "default": True, "url": server.url(f"/{name}.pth"), "git_blob": blob,
                    "parameters": 175_000, "gflops": 1.0, "licence": "none"}  # fmt: skip
            return {"name": name, "summary": "s", "way_back": "", "weights": [item]}

        monkeypatch.setattr(generators, "_published", lambda: [entry(BOOK, "BOOK", blob), entry(OPEN, "AUTHORS", "")])

    return at


def run(request: Request) -> list[Event]:
    """Runs the handler to its end on this thread; gives what it reported."""
    said: list[Event] = []
    job = Job(7, request, said.append)
    for _ in handlers(NetworkCacheSource())[type(request)](job) or ():
        pass
    job.progress.flush()
    return said


def read(request: Request) -> CatalogueRead:
    (found,) = (event for event in run(request) if isinstance(event, CatalogueRead))
    return found


def row(name: str) -> GeneratorWeights:
    return weights_of(find_generator(name))[0]


def names_here() -> list[str]:
    return sorted(path.name for path in weights_folder().iterdir()) if weights_folder().is_dir() else []


def test_the_catalogue_has_generators_beside_classifiers_and_counts_their_bytes() -> None:
    weights_folder().mkdir(parents=True)
    (weights_folder() / "horse2zebra_0.4.0.pth").write_bytes(b"12345")
    found = read(ReadCatalogue())
    assert {model.task for model in found.models} == {"classify"}
    assert {model.task for model in found.generators} == {"translate"}
    kinds = [model.kind for model in found.generators]
    assert kinds == ["bundled"] * (len(kinds) - 18) + ["published"] * 18
    assert found.disk_bytes == 5
    widths = {(weights.width, weights.blocks) for model in found.generators for weights in weights_of(model)}
    assert widths <= {(64, 9), (16, 6)}
    book = next(model for model in found.generators if model.name == BOOK)
    assert [weights.here for weights in book.weights] == [True, False]


def test_the_books_file_is_fetched_checked_by_its_git_id_and_then_by_its_digest(
    published: Callable[[Server], None],
) -> None:
    with Server(honest(CONTENT)) as server:
        published(server)
        said = run(FetchWeights(BOOK, ""))
        progress = [event for event in said if isinstance(event, JobProgress)]
        assert (progress[-1].done, progress[-1].total, progress[-1].unit) == (len(CONTENT), len(CONTENT), "byte")
        (found,) = (event for event in said if isinstance(event, CatalogueRead))
        assert [model.here for model in found.generators if model.name == BOOK] == [True]
        run(FetchWeights(BOOK, "BOOK"))
        assert len(server.asked) == 1
    file = weights_folder() / "horse2zebra.pth"
    assert kept_digest(row(BOOK)) == hashlib.sha256(CONTENT).hexdigest()
    file.write_bytes(OTHER)  # of the same length
    with pytest.raises(WeightsDamaged, match="SHA-256"):
        checked(row(BOOK), file)
    with pytest.raises(WeightsDamaged):
        run(FetchWeights(BOOK, ""))
    assert file.read_bytes() == OTHER  # neither used nor deleted


def test_a_file_with_another_git_id_is_put_aside_and_never_used(published: Callable[[Server], None]) -> None:
    with Server(honest(OTHER)) as server:
        published(server)
        with pytest.raises(FetchFailed, match="not the published ones"):
            run(FetchWeights(BOOK, ""))
    assert names_here() == ["horse2zebra.pth.damaged"]
    assert kept_digest(row(BOOK)) == ""
    assert not row(BOOK).here


def test_an_interrupted_transfer_goes_on_and_is_checked_as_a_whole(published: Callable[[Server], None]) -> None:
    with Server(cut(honest(CONTENT), 300_000), honest(CONTENT)) as server:
        published(server)
        path = fetch_generator(row(BOOK), False, CancelToken(), lambda *_: None, QUICK)
        assert [asked.start for asked in server.asked] == [None, 300_000]
    assert path.read_bytes() == CONTENT
    assert names_here() == ["horse2zebra.pth"]


def test_what_goes_on_with_other_bytes_is_not_taken(published: Callable[[Server], None]) -> None:
    with Server(cut(honest(CONTENT), 300_000), honest(OTHER)) as server:  # a server whose tag lies
        published(server)
        with pytest.raises(FetchFailed, match="not the published ones"):
            fetch_generator(row(BOOK), False, CancelToken(), lambda *_: None, QUICK)
    assert names_here() == ["horse2zebra.pth.damaged"]


def test_a_cancelled_transfer_is_kept_and_goes_on(published: Callable[[Server], None]) -> None:
    token, ended = CancelToken(), list[BaseException]()

    def work() -> None:
        try:
            fetch_generator(row(BOOK), False, token, lambda *_: None)
        except Cancelled as error:
            ended.append(error)

    with Server(cut(honest(CONTENT), 200_000, stall=True), honest(CONTENT)) as server:
        published(server)
        thread = threading.Thread(target=work)
        thread.start()
        assert server.stalled.wait(10)
        token.cancel()
        thread.join(10)
        assert len(ended) == 1
        assert not row(BOOK).here
        part = weights_folder() / "horse2zebra.pth.part"
        came = part.stat().st_size if part.exists() else 0
        read(FetchWeights(BOOK, ""))
        assert server.asked[-1].start == (came or None)
    assert (weights_folder() / "horse2zebra.pth").read_bytes() == CONTENT


def test_without_trust_nothing_is_asked_of_a_server_whose_file_nobody_can_check(
    published: Callable[[Server], None],
) -> None:
    with Server(honest(CONTENT)) as server:
        published(server)
        with pytest.raises(ValueRefused, match="plain http, and without a fingerprint") as met:
            run(FetchWeights(OPEN, "AUTHORS"))
        assert f"tensorviz fetch --trust {OPEN}:AUTHORS" in met.value.hint
        assert not server.asked
        read(FetchWeights(OPEN, "AUTHORS", trusted=True))
    file = weights_folder() / f"{OPEN}.pth"
    file.write_bytes(OTHER)
    with pytest.raises(WeightsDamaged):
        run(FetchWeights(OPEN, "AUTHORS", trusted=True))


def test_a_file_got_another_way_is_taken_once_it_is_checked(
    published: Callable[[Server], None], tmp_path: Path
) -> None:
    right, wrong = tmp_path / "right", tmp_path / "wrong"
    right.write_bytes(CONTENT)
    wrong.write_bytes(OTHER)
    with Server(honest(CONTENT)) as server:
        published(server)
        with pytest.raises(WeightsDamaged, match="git object id"):
            run(ImportWeights(BOOK, "BOOK", str(wrong)))
        with pytest.raises(NothingFound):
            run(ImportWeights(BOOK, "BOOK", str(tmp_path / "none")))
        found = read(ImportWeights(BOOK, "BOOK", str(right)))
        assert not server.asked
    assert [model.here for model in found.generators if model.name == BOOK] == [True]
    assert right.exists()


def test_a_deleted_file_is_gone_and_forgotten(published: Callable[[Server], None], tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    first.write_bytes(CONTENT)
    second.write_bytes(OTHER)
    with Server(honest(CONTENT)) as server:
        published(server)
        read(ImportWeights(OPEN, "AUTHORS", str(first)))
        with pytest.raises(WeightsDamaged):
            run(ImportWeights(OPEN, "AUTHORS", str(second)))
        found = read(DeleteWeights(OPEN, "AUTHORS"))
        assert [model.here for model in found.generators if model.name == OPEN] == [False]
        assert names_here() == []
        with pytest.raises(NothingFound):
            run(DeleteWeights(OPEN, "AUTHORS"))
        read(ImportWeights(OPEN, "AUTHORS", str(second)))
    assert (weights_folder() / f"{OPEN}.pth").read_bytes() == OTHER


def test_what_comes_along_is_never_deleted() -> None:
    bundled = find_generator("")
    before = Path(str(bundled.default().path)).read_bytes()
    with pytest.raises(TensorvizError):
        run(DeleteWeights(bundled.name, ""))
    assert Path(str(bundled.default().path)).read_bytes() == before


@pytest.mark.parametrize("request_of", [FetchWeights, DeleteWeights])
def test_a_mistyped_name_is_answered_from_both_catalogues(request_of: Callable[[str, str], Request]) -> None:
    for wrong, near in (("hors2zebra", "horse2zebra"), ("resnet81", "resnet18")):
        with pytest.raises(NameUnknown) as met:
            run(request_of(wrong, ""))
        assert near in met.value.hint

"""The files of a captioner, fetched in one go from a server of this computer: whole, checked, joined, or a sentence."""

from __future__ import annotations

import hashlib
import threading
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from tensorviz.core.errors import Cancelled, FetchFailed, NothingFound, WeightsDamaged
from tensorviz.engine.cancel import CancelToken
from tensorviz.engine.places import weights_folder
from tensorviz.engine.weights import captioners
from tensorviz.engine.weights.answers import Unreachable
from tensorviz.engine.weights.fetch_captioner import announcement, delete_captioner, fetch_captioner
from tensorviz.engine.weights.fingerprints import checked, kept_digest
from tensorviz.engine.weights.joining import join

from .captioner_files import CONTENTS, FIRST, INFOS, KEPT, MODEL, NAME, SECOND, but, entry, names_here, published, row
from .fetching import QUICK
from .server import Server, cut, honest, says

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tensorviz.engine.weights.fetch import Patience

JOINED = FIRST + SECOND


@pytest.fixture
def at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[Server], None]:
    """The catalogue is the made captioner on that server."""

    def use(server: Server) -> None:
        found = entry(server.url, tmp_path)
        monkeypatch.setattr(captioners, "_published", lambda: [found])

    return use


def fetch(patience: Patience = QUICK) -> list[tuple[int, int | None]]:
    seen: list[tuple[int, int | None]] = []
    path = fetch_captioner(row(), CancelToken(), lambda *met: seen.append(met), patience)
    assert path == weights_folder() / "neuraltalk2-fc-model.pth"
    return seen


def test_all_files_are_fetched_in_one_go_and_chunks_are_joined(at: Callable[[Server], None]) -> None:
    with Server(published) as server:
        at(server)
        assert not row().here
        seen = fetch()
        assert sorted(asked.path for asked in server.asked) == sorted(f"/{name}" for name in CONTENTS)
        assert names_here() == KEPT
        assert (weights_folder() / "neuraltalk2-resnet101.pth").read_bytes() == JOINED
        assert (weights_folder() / "neuraltalk2-fc-model.pth").read_bytes() == MODEL
        whole = sum(map(len, CONTENTS.values()))
        assert seen[-1] == (whole, whole)
        assert [done for done, _ in seen] == sorted(done for done, _ in seen)
        fetch()
        assert len(server.asked) == len(CONTENTS)  # nothing twice
    here = row()
    assert here.here
    assert (here.path, here.file_bytes) == (str(weights_folder() / "neuraltalk2-fc-model.pth"), whole)


def test_what_is_fetched_is_told_before_and_less_once_some_is_here(at: Callable[[Server], None]) -> None:
    with Server(published) as server:
        at(server)
        told = announcement(row())
        assert told.startswith("neuraltalk2:BOOK takes about 655.0 kB in 4 files (fc-model.pth 300.0 kB, ")
        folder = weights_folder()
        folder.mkdir(parents=True)
        (folder / "neuraltalk2-resnet101a.pth").write_bytes(FIRST)
        (folder / "neuraltalk2-fc-model.pth.part").write_bytes(MODEL[:1000])
        told = announcement(row())
        assert "in 3 files" in told
        assert "1.0 kB of it came before" in told
        fetch()
        assert announcement(row()) == ""


def test_each_digest_is_kept_and_pinned(at: Callable[[Server], None]) -> None:
    with Server(published) as server:
        at(server)
        fetch()
    weights, infos, cnn = row().files
    assert kept_digest(weights) == hashlib.sha256(MODEL).hexdigest()
    assert kept_digest(cnn) == hashlib.sha256(JOINED).hexdigest()
    assert kept_digest(cnn.chunks[0]) == hashlib.sha256(FIRST).hexdigest()
    for file, content in ((weights, MODEL), (infos, INFOS), (cnn, JOINED)):
        path = weights_folder() / file.name
        path.write_bytes(content[::-1])
        with pytest.raises(WeightsDamaged, match="SHA-256"):
            checked(file, path)
    with Server(published) as server, pytest.raises(WeightsDamaged):
        fetch()
    assert names_here() == KEPT  # neither used nor deleted


@pytest.mark.parametrize("name", ["fc-model.pth", "fc-infos.pkl", "resnet101a.pth", "resnet101b.pth"])
def test_wrong_bytes_of_any_file_are_not_taken_and_the_next_fetch_mends_it(
    name: str, at: Callable[[Server], None]
) -> None:
    with Server(but(f"/{name}", honest(CONTENTS[name][::-1]))) as server:
        at(server)
        with pytest.raises(FetchFailed, match="bytes are not the published ones"):
            fetch()
        assert not row().here
        assert f"neuraltalk2-{name}" not in names_here()
        assert "neuraltalk2-resnet101.pth" not in names_here() or name.startswith("fc")
        server.rules = [published]
        fetch()
        assert row().here


def test_a_chunk_that_is_too_short_on_the_server_is_put_aside(at: Callable[[Server], None]) -> None:
    with Server(but("/resnet101b.pth", honest(SECOND[:-100]))) as server:
        at(server)
        with pytest.raises(FetchFailed, match=r"neuraltalk2-resnet101b\.pth was fetched, and its bytes are not"):
            fetch()
    assert "neuraltalk2-resnet101b.pth.damaged" in names_here()
    assert "neuraltalk2-resnet101a.pth" in names_here()  # kept for the next time
    assert "neuraltalk2-resnet101.pth" not in names_here()


def test_a_chunk_that_is_not_there_is_a_sentence_with_another_way(at: Callable[[Server], None]) -> None:
    with Server(but("/resnet101b.pth", says(404))) as server:
        at(server)
        with pytest.raises(FetchFailed, match="404") as met:
            fetch()
    assert "fetch --from FOLDER neuraltalk2:BOOK" in met.value.hint
    assert "/resnet101a.pth" in met.value.hint


def test_a_connection_that_breaks_goes_on_where_it_broke(at: Callable[[Server], None]) -> None:
    times = iter([cut(published, 120_000), published])

    with Server(but("/resnet101a.pth", lambda asked: next(times)(asked))) as server:
        at(server)
        fetch()
        starts = [asked.start for asked in server.asked if asked.path == "/resnet101a.pth"]
        assert starts == [None, 120_000]
    assert row().here


def test_a_cancelled_fetch_keeps_what_came(at: Callable[[Server], None]) -> None:
    token, ended = CancelToken(), list[BaseException]()

    def work() -> None:
        try:
            fetch_captioner(row(), token, lambda *_: None)
        except Cancelled as error:
            ended.append(error)

    with Server(but("/resnet101a.pth", cut(published, 120_000, stall=True))) as server:
        at(server)
        thread = threading.Thread(target=work)
        thread.start()
        assert server.stalled.wait(10)
        part = weights_folder() / "neuraltalk2-resnet101a.pth.part"
        while thread.is_alive() and not (part.exists() and part.stat().st_size >= 120_000):  # sent is not yet received
            server.go_on.wait(0.01)
        token.cancel()
        thread.join(10)
        assert len(ended) == 1
        assert part.stat().st_size == 120_000
        server.rules = [published]
        fetch()
        assert [asked.start for asked in server.asked if asked.path == "/resnet101a.pth"] == [None, 120_000]
        assert sum(asked.path == "/fc-model.pth" for asked in server.asked) == 1
    assert row().here


def test_no_room_is_said_before_anything_is_asked_for(at: Callable[[Server], None]) -> None:
    with Server(published) as server:
        at(server)
        with pytest.raises(FetchFailed, match=r"needs about 1\.0 MB and 900\.0 kB are free"):
            fetch(replace(QUICK, free=lambda _: 900_000))
        assert server.asked == []


def test_no_room_for_the_joined_file_keeps_the_chunks(at: Callable[[Server], None]) -> None:
    rooms = iter([10**9] * 5 + [100_000])  # before, for each of four files, and to join
    with Server(published) as server:
        at(server)
        with pytest.raises(FetchFailed, match=r"could not be joined from its chunks: it needs 350\.0 kB") as met:
            fetch(replace(QUICK, free=lambda _: next(rooms)))
        assert "The chunks are kept" in met.value.hint
        assert {"neuraltalk2-resnet101a.pth", "neuraltalk2-resnet101b.pth"} <= set(names_here())
        assert "neuraltalk2-resnet101.pth.part" not in names_here()
        asked = len(server.asked)
        fetch()
        assert len(server.asked) == asked
    assert names_here() == KEPT


def test_offline_says_so_and_how_else(at: Callable[[Server], None]) -> None:
    with Server(published) as server:
        at(server)
    with pytest.raises(Unreachable, match="offline") as met:
        fetch()
    assert "with a browser or on another computer" in met.value.hint


def test_two_at_once_fetch_each_file_once(at: Callable[[Server], None]) -> None:
    failed = list[BaseException]()

    def work() -> None:
        try:
            fetch_captioner(row(), CancelToken(), lambda *_: None, QUICK)
        except BaseException as error:  # noqa: BLE001 - told to the test
            failed.append(error)

    with Server(published) as server:
        at(server)
        threads = [threading.Thread(target=work) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(20)
        assert failed == []
        assert len(server.asked) == len(CONTENTS)
    assert names_here() == KEPT


def test_deleting_takes_all_files_with_what_was_begun_and_forgets_them(at: Callable[[Server], None]) -> None:
    with Server(published) as server:
        at(server)
        with pytest.raises(NothingFound, match="is not on this computer"):
            delete_captioner(row())
        fetch()
    (weights_folder() / "neuraltalk2-resnet101a.pth.part").write_bytes(b"12345")
    (weights_folder() / "resnet101.pth").write_bytes(b"somebody else's")
    assert delete_captioner(row()) == sum(map(len, CONTENTS.values())) + 5
    assert names_here() == ["resnet101.pth"]
    assert [kept_digest(file) for file in row().files] == ["", "", ""]
    assert not row().here


def test_a_join_is_the_bytes_in_their_order_and_nothing_is_left_of_one_that_was_cancelled(tmp_path: Path) -> None:
    chunks = [tmp_path / "b", tmp_path / "a"]
    for chunk, content in zip(chunks, (SECOND, FIRST), strict=True):
        chunk.write_bytes(content)
    digest = join(chunks, tmp_path / "whole", CancelToken())
    assert (tmp_path / "whole").read_bytes() == SECOND + FIRST
    assert digest == hashlib.sha256(SECOND + FIRST).hexdigest()
    token = CancelToken()
    token.cancel()
    with pytest.raises(Cancelled):
        join(chunks, tmp_path / "other", token)
    chunks[0].unlink()
    with pytest.raises(FetchFailed, match="its chunk b is not there"):
        join(chunks, tmp_path / "other", CancelToken())
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a", "whole"]


def test_a_name_of_the_catalogue_leads_to_the_captioner(at: Callable[[Server], None]) -> None:
    with Server(published) as server:
        at(server)
        assert row().model == NAME
        assert all(name.startswith(f"{NAME}-") for name in KEPT)

"""Downloads: cancelled, by several at once, without a network, through a proxy; weights put where torch keeps them.

Must not know the program's inside: what comes out, what lies in the folder and what was asked of the server is judged.
"""

from __future__ import annotations

import socket
import subprocess
import sys
import threading
import time
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from tensorviz.core.catalogue import WeightsRow
from tensorviz.core.errors import Cancelled, WeightsDamaged, WeightsMissing
from tensorviz.core.recipe import Recipe
from tensorviz.engine.cancel import CancelToken
from tensorviz.engine.places import weights_folder
from tensorviz.engine.weights import fetch, store
from tensorviz.engine.weights.answers import Unreachable
from tensorviz.engine.weights.fetch import fetch_file, fetch_weights

from .server import Answer, Asked, Server, cut, honest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
from .fetching import CONTENT, PREFIX, QUICK, check_only, get


@pytest.mark.parametrize("moment", ["before the head", "in the body"])
def test_cancel_takes_effect_at_once_and_leaves_the_part(moment: str, goal: Path) -> None:
    token, ended = CancelToken(), list[float]()
    if moment == "before the head":
        rule: Callable[[Asked], Answer] = lambda _: Answer(stall_before=True)  # noqa: E731 - as short as its sense
    else:
        rule = cut(honest(CONTENT), 200_000, stall=True)

    def work() -> None:
        with pytest.raises(Cancelled):
            get(server, goal, replace(QUICK, silence=15.0), token)
        ended.append(time.monotonic())

    with Server(rule) as server:
        thread = threading.Thread(target=work)
        thread.start()
        assert server.stalled.wait(10)
        cancelled = time.monotonic()
        token.cancel()
        thread.join(10)
        assert ended
        assert ended[0] - cancelled < 0.15
    part = goal.with_name("file.pth.part")
    assert (part.stat().st_size if part.exists() else 0) <= 200_000
    with Server(honest(CONTENT)) as server:
        get(server, goal)
    check_only(goal)


def test_a_cancelled_token_asks_nothing(goal: Path) -> None:
    token = CancelToken()
    token.cancel()
    with Server(honest(CONTENT)) as server:
        with pytest.raises(Cancelled):
            get(server, goal, token=token)
        assert not server.asked


def test_two_threads_fetch_one_file_once(goal: Path) -> None:
    with Server(honest(CONTENT)) as server:
        threads = [threading.Thread(target=get, args=(server, goal)) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(20)
        assert len(server.asked) == 1
    check_only(goal)


def test_two_processes_fetch_one_file_once(goal: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from tensorviz.engine.cancel import CancelToken;"
        "from tensorviz.engine.weights.fetch import fetch_file;"
        "fetch_file(sys.argv[1], Path(sys.argv[2]), sys.argv[3], CancelToken(), lambda *_: None)"
    )
    with Server(honest(CONTENT)) as server:
        command = [sys.executable, "-c", code, server.url(), str(goal), PREFIX]
        processes = [subprocess.Popen(command) for _ in range(2)]
        assert [process.wait(60) for process in processes] == [0, 0]
        assert len(server.asked) == 1
    check_only(goal)


def row_for(url: str) -> WeightsRow:
    return WeightsRow("tiny", "V1", True, 1, 0.1, None, None, 700_000, "none", Recipe(8, 8), url, PREFIX, 2)


def test_weights_are_put_where_torch_keeps_them_and_fetched_once() -> None:
    with Server(honest(CONTENT)) as server:
        row = row_for(server.url("/models/tiny.pth"))
        path = fetch_weights(row, CancelToken(), lambda *_: None, QUICK)
        assert path == weights_folder() / "tiny.pth"
        assert fetch_weights(row, CancelToken(), lambda *_: None, QUICK) == path
        assert len(server.asked) == 1
    path.write_bytes(b"damaged")
    with pytest.raises(WeightsDamaged):
        fetch_weights(row, CancelToken(), lambda *_: None, QUICK)
    assert path.read_bytes() == b"damaged"


def test_a_fetched_file_is_not_hashed_a_second_time(monkeypatch: pytest.MonkeyPatch) -> None:
    read, real = [], store.digest_of

    def counted(path: Path, token: CancelToken | None = None) -> str:
        read.append(path)
        return real(path, token)

    monkeypatch.setattr(store, "digest_of", counted)
    with Server(honest(CONTENT)) as server:
        path = fetch_weights(row_for(server.url()), CancelToken(), lambda *_: None, QUICK)
    store.verified(path, PREFIX)
    assert len(read) == 1


def closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


def test_offline_says_so_and_what_is_here_and_another_way() -> None:
    weights_folder().mkdir(parents=True)
    (weights_folder() / "squeezenet1_1-b8a52dc0.pth").write_bytes(b"x")
    row = row_for(f"http://127.0.0.1:{closed_port()}/tiny.pth")
    with pytest.raises(Unreachable) as met:
        fetch_weights(row, CancelToken(), lambda *_: None, QUICK)
    assert "offline" in met.value.message
    assert "squeezenet1_1:IMAGENET1K_V1" in met.value.hint
    assert row.url in met.value.hint
    assert "fetch --from FILE tiny:V1" in met.value.hint
    assert str(weights_folder()) in met.value.hint


def test_a_name_that_cannot_be_looked_up_is_offline(monkeypatch: pytest.MonkeyPatch) -> None:
    def nothing(*_: object, **__: object) -> None:
        raise socket.gaierror(-3, "Temporary failure in name resolution")

    monkeypatch.setattr(socket, "getaddrinfo", nothing)
    with pytest.raises(Unreachable, match="looked up"):
        fetch_weights(row_for("https://example.org/tiny.pth"), CancelToken(), lambda *_: None, QUICK)


def test_a_proxy_of_the_system_is_used(goal: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Server(honest(CONTENT)) as proxy:
        monkeypatch.setenv("http_proxy", proxy.url("").rstrip("/"))
        monkeypatch.delenv("no_proxy", raising=False)
        fetch_file("http://example.org/x.pth", goal, PREFIX, CancelToken(), lambda *_: None, QUICK)
        assert proxy.asked[0].path == "http://example.org/x.pth"
    check_only(goal)


def test_weights_that_are_not_published_are_missing_not_fetched() -> None:
    with pytest.raises(WeightsMissing):
        fetch_weights(replace(row_for(""), path="/none"), CancelToken(), lambda *_: None)
    assert fetch.PATIENT.silence > 1


def test_cancel_does_not_wait_for_a_name_lookup(goal: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked, answer, token, ended = threading.Event(), threading.Event(), CancelToken(), list[float]()

    def slow(*_: object, **__: object) -> None:
        asked.set()
        answer.wait(20)
        raise socket.gaierror(-2, "Name or service not known")

    def work() -> None:
        with pytest.raises(Cancelled):
            fetch_file("https://example.org/x.pth", goal, PREFIX, token, lambda *_: None, QUICK)
        ended.append(time.monotonic())

    monkeypatch.setattr(socket, "getaddrinfo", slow)
    thread = threading.Thread(target=work)
    thread.start()
    assert asked.wait(10)
    cancelled = time.monotonic()
    token.cancel()
    thread.join(10)
    answer.set()
    assert ended
    assert ended[0] - cancelled < 0.15

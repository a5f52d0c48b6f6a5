"""Downloads from a server on this computer that cuts, stalls, lies and sends wrong bytes.

Must not know the program's inside: what comes out, what lies in the folder and what was asked of the server is judged.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from tensorviz.core.errors import FetchFailed, ValueRefused, WeightsDamaged
from tensorviz.engine.cancel import CancelToken
from tensorviz.engine.weights.fetch import fetch_file

from .server import Answer, Asked, Server, cut, honest, says

if TYPE_CHECKING:
    from pathlib import Path
from .fetching import CONTENT, OTHER, QUICK, check_only, get, leave_part


def test_an_honest_server_is_asked_once(goal: Path) -> None:
    with Server(honest(CONTENT)) as server:
        seen = get(server, goal)
        assert len(server.asked) == 1
        get(server, goal)  # it is here: nothing is asked
        assert len(server.asked) == 1
    check_only(goal)
    assert seen[0] == (0, len(CONTENT))
    assert seen[-1] == (len(CONTENT), len(CONTENT))
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)


def test_a_cut_download_goes_on_where_it_was_cut(goal: Path) -> None:
    with Server(cut(honest(CONTENT), 300_000), cut(honest(CONTENT), 250_000), honest(CONTENT)) as server:
        get(server, goal)
        assert [asked.start for asked in server.asked] == [None, 300_000, 550_000]
        assert server.asked[1].headers["if-range"] == '"one"'
    check_only(goal)


def test_a_later_run_goes_on_where_the_earlier_ended(goal: Path) -> None:
    leave_part(honest(CONTENT), goal, 123_456)
    with Server(honest(CONTENT)) as server:
        note = goal.with_name("file.pth.part.json")
        note.write_text(note.read_text().replace(note.read_text().split('"')[3], server.url()))  # the port is another
        get(server, goal)
        assert [asked.start for asked in server.asked] == [123_456]
    check_only(goal)


def test_a_part_of_another_address_is_not_continued(goal: Path) -> None:
    leave_part(honest(OTHER), goal, 5000)
    with Server(honest(CONTENT)) as server:
        get(server, goal)
        assert [asked.start for asked in server.asked] == [None]
    check_only(goal)


def test_a_changed_etag_brings_the_whole_new_file(goal: Path) -> None:
    with Server(cut(honest(OTHER, '"old"'), 300_000), honest(CONTENT, '"new"')) as server:
        get(server, goal)
        assert server.asked[1].headers["if-range"] == '"old"'
    check_only(goal)


def test_a_weak_etag_is_not_sent_as_if_range_and_the_date_is(goal: Path) -> None:
    def dated(asked: Asked) -> Answer:
        answer = honest(CONTENT, 'W/"weak"')(replace(asked, headers={**asked.headers, "if-range": 'W/"weak"'}))
        answer.headers["Last-Modified"] = "Sat, 01 Jan 2022 00:00:00 GMT"
        return answer

    with Server(cut(dated, 1000), dated) as server:
        get(server, goal)
        assert server.asked[1].headers["if-range"] == "Sat, 01 Jan 2022 00:00:00 GMT"
    check_only(goal)


def test_a_server_without_ranges_is_read_from_the_start(goal: Path) -> None:
    whole = says(200, CONTENT)
    with Server(cut(whole, 300_000), whole) as server:
        get(server, goal)
    check_only(goal)


def test_chunks_without_a_length_are_read(goal: Path) -> None:
    body = b"".join(
        b"%x\r\n%s\r\n" % (len(CONTENT[i : i + 9999]), CONTENT[i : i + 9999]) for i in range(0, len(CONTENT), 9999)
    )
    whole = Answer(200, {"Transfer-Encoding": "chunked"}, body + b"0\r\n\r\n")
    broken = Answer(200, {"Transfer-Encoding": "chunked"}, body[:5000])

    from . import server as module

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module._Speaker, "protocol_version", "HTTP/1.1")
        with Server(
            lambda _: replace(broken, headers={**broken.headers, "Connection": "close"}), lambda _: whole
        ) as met:
            seen = get(met, goal)
    assert seen[-1] == (len(CONTENT), None)
    check_only(goal)


@pytest.mark.parametrize(
    "where",
    [
        "bytes 0-699999/700000",
        "bytes 300001-699999/700000",
        "nonsense",
        "",
        "bytes 300000-699999/5",
        "bytes 300000-1/700000",
    ],
)
def test_a_lie_about_the_range_is_not_believed(where: str, goal: Path) -> None:
    lie = says(206, CONTENT[300_000:], Content_Range=where, ETag='"one"')
    with Server(cut(honest(CONTENT), 300_000), lie, honest(CONTENT)) as server:
        get(server, goal)
        assert server.asked[2].start is None
    check_only(goal)


def test_a_part_sent_when_none_was_asked_for_is_not_believed(goal: Path) -> None:
    lie = says(206, CONTENT[5:], Content_Range="bytes 5-699999/700000")
    with Server(lie, honest(CONTENT)) as server:
        get(server, goal)
    check_only(goal)


def test_another_total_in_a_range_means_another_file(goal: Path) -> None:
    lie = says(206, CONTENT[300_000:], Content_Range="bytes 300000-699999/900000")
    with Server(cut(honest(CONTENT), 300_000), lie, honest(CONTENT)) as server:
        get(server, goal)
    check_only(goal)


def test_a_range_beyond_the_end_of_a_whole_part_is_the_end(goal: Path) -> None:
    goal.parent.mkdir()
    with Server(honest(CONTENT)) as server:
        goal.with_name("file.pth.part").write_bytes(CONTENT)
        goal.with_name("file.pth.part.json").write_text(
            f'{{"url": "{server.url()}", "validator": "\\"one\\"", "total": 700000}}'
        )
        get(server, goal)
        assert len(server.asked) == 1
    check_only(goal)


def test_a_range_beyond_the_end_of_a_too_long_part_begins_again(goal: Path) -> None:
    goal.parent.mkdir()
    with Server(honest(CONTENT)) as server:
        goal.with_name("file.pth.part").write_bytes(CONTENT + b"more")
        goal.with_name("file.pth.part.json").write_text(
            f'{{"url": "{server.url()}", "validator": "\\"one\\"", "total": null}}'
        )
        get(server, goal)
        assert [asked.start for asked in server.asked] == [700_004, None]
    check_only(goal)


def test_a_stall_is_given_up_and_resumed(goal: Path) -> None:
    with Server(cut(honest(CONTENT), 200_000, stall=True), honest(CONTENT)) as server:
        get(server, goal)
        assert server.asked[1].start == 200_000
    check_only(goal)


def test_wrong_bytes_are_said_and_thrown_away(goal: Path) -> None:
    with Server(honest(OTHER)) as server:
        with pytest.raises(FetchFailed, match="not the published ones"):
            get(server, goal)
        assert len(server.asked) == 1
    assert list(goal.parent.iterdir()) == []


def test_wrong_bytes_in_a_continued_part_cost_one_more_download(goal: Path) -> None:
    goal.parent.mkdir()
    with Server(honest(CONTENT)) as server:
        goal.with_name("file.pth.part").write_bytes(OTHER[:1000])
        goal.with_name("file.pth.part.json").write_text(
            f'{{"url": "{server.url()}", "validator": "\\"one\\"", "total": 700000}}'
        )
        get(server, goal)
        assert [asked.start for asked in server.asked] == [1000, None]
    check_only(goal)


@pytest.mark.parametrize("status", [500, 503, 429, 408])
def test_a_passing_trouble_of_the_server_is_waited_out(status: int, goal: Path) -> None:
    with Server(says(status), says(status), honest(CONTENT)) as server:
        get(server, goal)
    check_only(goal)


def test_a_lasting_trouble_ends_with_a_sentence(goal: Path) -> None:
    with Server(says(500)) as server:
        with pytest.raises(FetchFailed, match="500"):
            get(server, goal)
        assert len(server.asked) == QUICK.tries


@pytest.mark.parametrize(
    ("status", "said"), [(404, "no such file"), (403, "refuses"), (410, "no longer"), (418, "418")]
)
def test_a_final_answer_is_not_asked_for_again(status: int, said: str, goal: Path) -> None:
    with Server(says(status)) as server:
        with pytest.raises(FetchFailed, match=said) as met:
            get(server, goal)
        assert len(server.asked) == 1
    assert "file.pth" in met.value.message
    assert "127.0.0.1" in met.value.message


def test_a_web_page_is_not_taken_for_a_file(goal: Path) -> None:
    with Server(says(200, b"<html>log in</html>", Content_Type="text/html; charset=utf-8")) as server:
        with pytest.raises(FetchFailed, match="web page"):
            get(server, goal)
        assert len(server.asked) == 1


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_are_followed_with_the_range(status: int, goal: Path) -> None:
    def to_elsewhere(asked: Asked) -> Answer:
        if asked.path == "/file.pth":
            return Answer(status, {"Location": "/elsewhere", "Content-Length": "0"})
        return (cut(honest(CONTENT), 300_000) if asked.start is None else honest(CONTENT))(asked)

    with Server(to_elsewhere) as server:
        get(server, goal)
        assert [asked.path for asked in server.asked] == ["/file.pth", "/elsewhere"] * 2
        assert server.asked[3].start == 300_000
    check_only(goal)


@pytest.mark.parametrize("location", ["/file.pth", "ftp://127.0.0.1/x", "file:///etc/hosts"])
def test_redirects_to_nowhere_end(location: str, goal: Path) -> None:
    with Server(says(302, Location=location)) as server, pytest.raises(FetchFailed):
        get(server, goal)
    assert not goal.exists()


def test_a_redirect_from_https_to_http_is_refused() -> None:
    import urllib.error
    import urllib.request

    from tensorviz.engine.weights.exchange import _SafeRedirects

    request = urllib.request.Request("https://example.org/a")
    with pytest.raises(urllib.error.URLError, match="not protected"):
        _SafeRedirects().redirect_request(request, None, 302, "", {}, "http://example.org/a")
    assert _SafeRedirects().redirect_request(request, None, 302, "", {}, "https://example.org/b") is not None


def test_certificates_are_always_checked() -> None:
    import ssl

    from tensorviz.engine.weights.exchange import _context

    assert _context().verify_mode == ssl.CERT_REQUIRED
    assert _context().check_hostname


def test_only_web_addresses_are_fetched(goal: Path) -> None:
    for url in ("file:///etc/hosts", "ftp://example.org/x", "x"):
        with pytest.raises(ValueRefused):
            fetch_file(url, goal, "", CancelToken(), lambda *_: None, QUICK)


def test_no_space_is_seen_before_a_byte_is_written(goal: Path) -> None:
    full = replace(QUICK, free=lambda _: 1000)
    with Server(honest(CONTENT)) as server, pytest.raises(FetchFailed, match=r"700\.0 kB") as met:
        get(server, goal, full)
    assert "space" in met.value.hint
    assert list(goal.parent.iterdir()) == []


@pytest.mark.skipif(sys.platform == "win32", reason="has no limit on the size of files")
def test_a_disk_that_takes_no_more_is_said_and_the_part_kept(goal: Path) -> None:
    import resource

    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, limits[1]))
    try:
        with Server(honest(CONTENT)) as server, pytest.raises(FetchFailed, match="could not be written") as met:
            get(server, goal)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert "space" in met.value.hint
    assert goal.with_name("file.pth.part").stat().st_size <= 300_000
    assert not goal.exists()


def test_a_file_in_the_way_is_checked_and_left(goal: Path) -> None:
    goal.parent.mkdir()
    goal.write_bytes(b"something else")
    with Server(honest(CONTENT)) as server:
        with pytest.raises(WeightsDamaged):
            get(server, goal)
        assert not server.asked
    assert goal.read_bytes() == b"something else"

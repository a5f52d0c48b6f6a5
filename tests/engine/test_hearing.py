"""Warnings go to the thread that caused them, and the filters are afterwards what they were before.

Must not know who warns.
"""

from __future__ import annotations

import threading
import warnings

import pytest

from tensorviz.engine.hearing import hearing, quiet


def test_what_is_said_inside_is_heard_and_not_raised() -> None:
    with hearing() as heard:
        warnings.warn("one", UserWarning, stacklevel=1)
        warnings.warn("one", UserWarning, stacklevel=1)
        warnings.warn("old", DeprecationWarning, stacklevel=1)
    assert [str(one.message) for one in heard] == ["one", "one", "old"]
    with pytest.raises(UserWarning, match="after"):  # the tests' own filter is in force again
        warnings.warn("after", UserWarning, stacklevel=1)


def test_the_inner_one_hears() -> None:
    with hearing() as outer:
        with quiet():
            warnings.warn("dropped", UserWarning, stacklevel=1)
        with hearing() as inner:
            warnings.warn("inner", UserWarning, stacklevel=1)
        warnings.warn("outer", UserWarning, stacklevel=1)
    assert ([str(one.message) for one in inner], [str(one.message) for one in outer]) == (["inner"], ["outer"])


def test_threads_that_overlap_leave_nothing_behind() -> None:
    """The order in which `catch_warnings` goes wrong: A enters, B enters, A leaves, B leaves."""
    before = (list(warnings.filters), warnings.showwarning)
    second_is_in, first_is_out = threading.Event(), threading.Event()
    said: dict[str, list[str]] = {}

    def first() -> None:
        with hearing() as heard:
            warnings.warn("first", UserWarning, stacklevel=1)
            assert second_is_in.wait(10)
        said["first"] = [str(one.message) for one in heard]
        first_is_out.set()

    def second() -> None:
        with hearing() as heard:
            second_is_in.set()
            assert first_is_out.wait(10)
            warnings.warn("second", UserWarning, stacklevel=1)
        said["second"] = [str(one.message) for one in heard]

    threads = [threading.Thread(target=work) for work in (first, second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert said == {"first": ["first"], "second": ["second"]}
    assert (list(warnings.filters), warnings.showwarning) == before


def test_a_thread_that_does_not_listen_is_shown_as_before() -> None:
    shown: list[str] = []
    with warnings.catch_warnings():
        warnings.showwarning = lambda message, *rest: shown.append(str(message))
        with hearing() as heard:
            other = threading.Thread(target=lambda: warnings.warn("other", UserWarning, stacklevel=1))
            other.start()
            other.join(10)
    assert (shown, heard) == (["other"], [])


def test_many_threads_in_one_place() -> None:
    gate, before = threading.Barrier(4), list(warnings.filters)

    def enter() -> None:
        for _ in range(50):
            with quiet():
                gate.wait(10)  # all four are inside at once
                warnings.warn("nobody hears it", UserWarning, stacklevel=1)

    threads = [threading.Thread(target=enter) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert list(warnings.filters) == before

"""What a person says about the choice of words, and what the infos say, as options of decoding."""

from __future__ import annotations

from typing import Any

import pytest

from tensorviz.core.errors import ValueRefused
from tensorviz.engine.tasks.caption.choosing import decoding_options
from tensorviz.engine.tasks.caption.infos import infos_of


def infos(**options: Any) -> Any:
    return infos_of({"opt": options, "vocab": {"1": "a"}})


def test_nothing_said_is_as_in_the_book() -> None:
    found = decoding_options()
    assert (found.beam, found.sample, found.rules, found.length) == (2, False, "book", 16)


@pytest.mark.parametrize(
    ("options", "rules", "length", "expected"),
    [
        ({"seq_length": 12}, "book", None, 12),
        ({"seq_length": 12}, "book", 5, 5),
        ({"seq_length": 12}, "upstream", None, 20),
        ({"seq_length": 12}, "upstream", 7, 7),
        ({}, "book", None, 16),
        ({"seq_length": 0}, "book", None, 16),
        ({"seq_length": 10**9}, "book", None, 16),
        ({"seq_length": "12"}, "book", None, 16),
        ({"seq_length": True}, "book", None, 16),
    ],
)
def test_how_long_sentences_may_be(options: dict[str, Any], rules: Any, length: Any, expected: int) -> None:
    assert decoding_options(infos(**options), rules=rules, length=length).length == expected


@pytest.mark.parametrize("said", [{"temperature": 0.5}, {"seed": 3}, {"sample": True}, {"seed": 0}])
def test_a_temperature_or_a_seed_mean_drawing(said: dict[str, Any]) -> None:
    found = decoding_options(**said)
    assert (found.sample, found.beam) == (True, 1)
    assert found.temperature == said.get("temperature", 1.0)
    assert found.seed == said.get("seed", 0)
    assert decoding_options(beam=1, **said).sample


@pytest.mark.parametrize(
    ("said", "word"),
    [
        ({"beam": 2, "seed": 1}, "beam of 2"),
        ({"beam": 3, "temperature": 1.0}, "beam of 3"),
        ({"seed": 1, "length_penalty": "avg_0"}, "length penalty"),
        ({"length_penalty": "long"}, "length penalty"),
        ({"beam": 0}, "from 1 to 100"),
        ({"temperature": 0.0}, "positive"),
        ({"temperature": float("nan")}, "positive"),
        ({"length": 0}, "0 words"),
        ({"rules": "mine"}, "mine"),
    ],
)
def test_what_makes_no_sense_is_a_sentence(said: dict[str, Any], word: str) -> None:
    with pytest.raises(ValueRefused, match=word) as caught:
        decoding_options(**said)
    assert caught.value.hint

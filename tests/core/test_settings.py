"""The table of settings: every default may be set, everything else outside the bounds is refused."""

from __future__ import annotations

import math
from typing import Any

import pytest

from tensorviz.core.errors import NameUnknown, ValueRefused
from tensorviz.core.settings import SETTINGS, Setting, setting_of


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: setting.key)
def test_the_default_may_be_set(setting: Setting) -> None:
    assert setting.checked(setting.default) == setting.default


def test_keys_are_unique() -> None:
    assert len({setting.key for setting in SETTINGS}) == len(SETTINGS)


@pytest.mark.parametrize("setting", [row for row in SETTINGS if row.group], ids=lambda setting: setting.key)
def test_what_the_dialog_shows_says_what_it_does(setting: Setting) -> None:
    assert setting.label
    assert setting.note.endswith(".")


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("theme", "purple"),
        ("theme", 1),
        ("top_n", 0),
        ("top_n", 1001),
        ("top_n", 5.0),
        ("top_n", True),
        ("top_n", "5"),
        ("classify_on_drop", 1),
        ("device", None),
    ],
)
def test_other_values_are_refused_with_what_may_be_set(key: str, value: object) -> None:
    with pytest.raises(ValueRefused) as refused:
        setting_of(key).checked(value)
    assert key in refused.value.message
    assert refused.value.hint


def test_the_bounds_are_included() -> None:
    assert setting_of("top_n").checked(1) == 1
    assert setting_of("top_n").checked(1000) == 1000


def test_a_real_number_may_be_whole_but_not_infinite() -> None:
    share = Setting("share", 0.5, "G", "Share", "float", minimum=0, maximum=1)
    assert share.checked(1) == 1
    for value in (math.inf, math.nan, -0.1):
        with pytest.raises(ValueRefused):
            share.checked(value)


def test_an_unknown_key_says_what_was_probably_meant() -> None:
    with pytest.raises(NameUnknown) as unknown:
        setting_of("thene")
    assert "theme" in unknown.value.hint


@pytest.mark.parametrize("setting", [row for row in SETTINGS if row.kind == "choice"], ids=lambda row: row.key)
def test_every_choice_may_be_chosen(setting: Setting) -> None:
    values: list[Any] = [name for name, _ in setting.choices]
    assert [setting.checked(value) for value in values] == values

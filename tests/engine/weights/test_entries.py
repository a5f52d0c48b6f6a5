"""Own checkpoints as kept rows: written, read again, and robust against a damaged file.

Must not know what is in a checkpoint.
"""

from __future__ import annotations

import json

import pytest

from tensorviz.core.catalogue import OwnEntry
from tensorviz.core.errors import NameUnknown, ValueRefused
from tensorviz.core.recipe import Recipe
from tensorviz.engine.weights.entries import entries_file, keep_entry, list_entries, remove_entry

MINE = OwnEntry("my birds", "resnet18", "/data/birds.pth", "/data/birds.txt", Recipe(40, 32, (0.5, 0.5, 0.5)))


def test_what_is_kept_is_listed_and_can_be_replaced_and_removed() -> None:
    assert list_entries() == ()
    other = OwnEntry("other", "vit_b_16", "/data/o.safetensors")
    keep_entry(MINE)
    keep_entry(other)
    assert list_entries() == (MINE, other)
    changed = OwnEntry("my birds", "resnet34", "/data/birds2.pth")
    keep_entry(changed)
    assert list_entries() == (other, changed)
    remove_entry("other")
    assert list_entries() == (changed,)
    with pytest.raises(NameUnknown, match="other"):
        remove_entry("other")


@pytest.mark.parametrize("name", ["resnet18", "ResNet18", "", " a", "a:b", "a/b", "a\nb"])
def test_names_that_would_confuse_are_refused(name: str) -> None:
    with pytest.raises(ValueRefused):
        keep_entry(OwnEntry(name, "resnet18", "/x.pth"))
    assert not entries_file().exists()


def test_an_unknown_architecture_is_answered_with_the_near_one() -> None:
    with pytest.raises(NameUnknown) as met:
        keep_entry(OwnEntry("mine", "resnet81", "/x.pth"))
    assert "resnet" in met.value.hint


@pytest.mark.parametrize("content", [b"", b"{", b'{"a": 1}', b"\xff\xff", b"null"])
def test_a_broken_file_is_set_aside_and_said(content: bytes) -> None:
    entries_file().parent.mkdir(parents=True)
    entries_file().write_bytes(content)
    said: list[str] = []
    assert list_entries(said.append) == ()
    assert len(said) == 1
    assert "models.json.broken" in said[0]
    assert entries_file().with_name("models.json.broken").read_bytes() == content
    keep_entry(MINE)
    assert list_entries() == (MINE,)


def test_a_broken_row_costs_only_itself() -> None:
    keep_entry(MINE)
    rows = json.loads(entries_file().read_text())
    broken = [
        3, {}, {"name": "x"}, {**rows[0], "name": "y", "recipe": {"resize": "no"}},
        {**rows[0], "name": "z", "architecture": "none"}, {**rows[0], "name": "q", "labels": 3},
    ]  # fmt: skip
    entries_file().write_text(json.dumps(broken + rows))
    said: list[str] = []
    assert list_entries(said.append) == (MINE,)
    assert len(said) == len(broken)

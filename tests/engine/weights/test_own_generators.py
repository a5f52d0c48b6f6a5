"""Own generators as kept rows: named like nothing else, paired with their way back, robust against a damaged file.

Must not know what is in a checkpoint.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tensorviz.core.catalogue import OwnEntry
from tensorviz.core.errors import NameUnknown, TensorvizError, ValueRefused
from tensorviz.core.generators import OwnGenerator
from tensorviz.engine.weights.entries import keep_entry, list_entries
from tensorviz.engine.weights.entry_names import entries_file, generators_file
from tensorviz.engine.weights.generators import find_generator, read_generators, weights_of
from tensorviz.engine.weights.own_generators import keep_generator, list_generators, remove_generator

DAY = OwnGenerator("night to day", "/data/day.pth", "", 32, 6, 2_000_000)


def ways() -> dict[str, str]:
    """The way back of each own generator, as the catalogue tells it."""
    rows = read_generators(list_generators())
    return {row.name: weights_of(row)[0].way_back for row in rows if row.kind == "own"}


def test_what_is_kept_is_listed_and_can_be_replaced_and_removed() -> None:
    other = OwnGenerator("other", "/data/o.safetensors")
    keep_generator(DAY)
    keep_generator(other)
    assert list_generators() == (DAY, other)
    changed = OwnGenerator("night to day", "/data/day2.pth", "other", 64, 9, 11_000_000)
    keep_generator(changed)
    assert set(list_generators()) == {OwnGenerator("other", "/data/o.safetensors", "night to day"), changed}
    assert remove_generator("other") == ("night to day",)
    assert ways() == {"night to day": ""}
    with pytest.raises(NameUnknown, match="other"):
        remove_generator("other")


def test_a_row_of_the_catalogue_has_the_entrys_figures_and_knows_whether_the_file_is_there(tmp_path: Path) -> None:
    file = tmp_path / "mine.pth"
    keep_generator(OwnGenerator("mine", str(file), "horse2zebra", 64, 9, 11_378_179))
    absent = weights_of(find_generator("mine", list_generators()))[0]
    assert (absent.here, absent.path, absent.file_bytes, absent.unchecked) == (False, None, 0, False)
    file.write_bytes(b"12345")
    row = find_generator("mine", list_generators())
    (weights,) = weights_of(row)
    assert (row.kind, row.task, weights.name, weights.path) == ("own", "translate", "mine.pth", str(file))
    assert (weights.file_bytes, weights.parameters, weights.way_back) == (5, 11_378_179, "horse2zebra")
    published = weights_of(find_generator("horse2zebra"))[0]
    assert (weights.width, weights.blocks, weights.gflops) == (published.width, published.blocks, published.gflops)


@pytest.mark.parametrize(
    "name",
    ["horse2zebra", "Horse2Zebra", "photo2painting", "resnet18", "cifar10_small", "", " a", "a:b", "a/b", "a\nb",
     "mine.pth", "mine.SafeTensors"],
)  # fmt: skip
def test_names_that_would_confuse_are_refused(name: str) -> None:
    with pytest.raises(ValueRefused):
        keep_generator(OwnGenerator(name, "/x.pth"))
    assert not generators_file().exists()


@pytest.mark.parametrize("name", ["horse2zebra", "style_MONET", "painting2photo"])
def test_an_own_classifier_cannot_be_called_like_a_generator(name: str) -> None:
    with pytest.raises(ValueRefused, match="catalogue"):
        keep_entry(OwnEntry(name, "resnet18", "/x.pth"))
    assert list_entries() == ()


def test_one_name_is_one_own_model_of_whatever_task() -> None:
    keep_entry(OwnEntry("Birds", "resnet18", "/x.pth"))
    with pytest.raises(ValueRefused, match="another own model"):
        keep_generator(OwnGenerator("birds", "/x.pth"))
    keep_generator(DAY)
    with pytest.raises(ValueRefused, match="another own model"):
        keep_entry(OwnEntry("night to day", "resnet18", "/x.pth"))
    # Written by hand, the classifier keeps the name.
    generators_file().write_text(json.dumps([{"name": "birds", "path": "/y.pth"}]))
    said: list[str] = []
    assert list_generators(said.append) == ()
    assert len(list_entries()) == len(said) == 1


def test_pairs_know_each_other_and_lose_each_other() -> None:
    keep_generator(DAY)
    keep_generator(OwnGenerator("day to night", "/data/night.pth", "night to day"))
    assert ways() == {"night to day": "day to night", "day to night": "night to day"}
    # A third that goes back by one of the two takes it from nobody.
    keep_generator(OwnGenerator("dusk to night", "/data/dusk.pth", "night to day"))
    assert ways()["night to day"] == "day to night"
    assert remove_generator("night to day") == ("day to night", "dusk to night")
    assert ways() == {"day to night": "", "dusk to night": ""}


@pytest.mark.parametrize("back", ["photo2painting", "style_monet"])
def test_a_way_back_may_be_a_published_generator(back: str) -> None:
    keep_generator(OwnGenerator("mine", "/data/x.pth", back))
    assert ways() == {"mine": back}


def test_an_unknown_way_back_is_answered_with_the_near_one() -> None:
    keep_generator(DAY)
    with pytest.raises(NameUnknown) as met:
        keep_generator(OwnGenerator("back", "/x.pth", "night to dey"))
    assert met.value.hint == "Did you mean night to day?"
    with pytest.raises(NameUnknown) as met:
        keep_generator(OwnGenerator("back", "/x.pth", "resnet18"))
    assert met.value.hint
    with pytest.raises(ValueRefused, match="its own way back"):
        keep_generator(OwnGenerator("night to day", "/x.pth", "night to day"))
    assert list_generators() == (DAY,)


def test_a_network_of_no_channels_is_refused() -> None:
    with pytest.raises(ValueRefused, match="0 channels"):
        keep_generator(OwnGenerator("mine", "/x.pth", "", 0, 9))


@pytest.mark.parametrize("content", [b"", b"{", b'{"a": 1}', b"\xff\xff", b"null", b"[" * 100_000])
def test_a_broken_file_is_set_aside_and_said(content: bytes) -> None:
    generators_file().parent.mkdir(parents=True)
    generators_file().write_bytes(content)
    said: list[str] = []
    assert list_generators(said.append) == ()
    assert len(said) == 1
    assert "generators.json.broken" in said[0]
    assert generators_file().with_name("generators.json.broken").read_bytes() == content
    keep_generator(DAY)
    assert list_generators() == (DAY,)


def test_a_broken_row_costs_only_itself_and_stays_in_the_file() -> None:
    keep_generator(DAY)
    (good,) = json.loads(generators_file().read_text())
    broken = [
        3, {}, {"name": "x"}, {**good, "name": "y", "width": "64"}, {**good, "name": "z", "blocks": True},
        {**good, "name": "q", "way_back": 3}, {**good, "name": "resnet18"}, {**good, "name": "w", "width": -1},
    ]  # fmt: skip
    generators_file().write_text(json.dumps([*broken, good, {"name": "plain", "path": "/p.pth", "way_back": "lost"}]))
    said: list[str] = []
    assert list_generators(said.append) == (DAY, OwnGenerator("plain", "/p.pth"))
    assert len(said) == len(broken) + 1
    keep_generator(OwnGenerator("more", "/m.pth"))
    assert json.loads(generators_file().read_text())[: len(broken)] == broken


def test_a_list_that_cannot_be_written_is_a_sentence() -> None:
    generators_file().mkdir(parents=True)
    with pytest.raises(TensorvizError, match=r"own generators .* cannot be written"):
        keep_generator(DAY)
    assert entries_file().parent.is_dir()


@pytest.mark.parametrize("name", ["a\0b", "a\x1b[31m", "abc\u202edef", "half \ud800", "a\x85b", "a" * 201])
def test_names_that_steer_a_terminal_or_have_no_end_are_refused(name: str) -> None:
    with pytest.raises(ValueRefused) as caught:
        keep_generator(OwnGenerator(name, "/x.pth"))
    assert caught.value.message.isprintable()
    assert list_generators() == ()


@pytest.mark.parametrize("name", ["b\u00e9b\u00e9", "\U0001f469\u200d\U0001f3a8", "\u99ac", "-x", "a" * 200])
def test_names_in_any_letters_are_fine(name: str) -> None:
    keep_generator(OwnGenerator(name, "/x.pth"))
    assert [row.name for row in list_generators()] == [name]


@pytest.mark.parametrize("path", ["/x" + "a" * 5000, "/a\0b", "\ud800"])
def test_a_path_that_cannot_be_asked_about_leaves_the_catalogue_readable(path: str) -> None:
    rows = [row for row in read_generators([OwnGenerator("mine", path)]) if row.kind == "own"]
    assert [weights.path for row in rows for weights in row.weights] == [None]

"""Tensors of a file as the panels see them: names, storages, what lies beside, what is worth knowing."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tensorviz.core.file_facts import LONGEST, MOST_BESIDE, FileFacts
from tensorviz.core.layout import Layout
from tensorviz.core.stored import Contents, StoredStorage, StoredTensor


def one(name: str, storage: str = "A", dtype: str = "float32", size: int = 4, offset: int = 0) -> StoredTensor:
    return StoredTensor(name, Layout((3,), (1,), offset, size), dtype, storage)


def of(*tensors: StoredTensor, **more: object) -> FileFacts:
    letters = dict.fromkeys(tensor.storage for tensor in tensors)
    storages = tuple(StoredStorage(letter, 40, "/somewhere/m.pt", 100, **more) for letter in letters)  # type: ignore[arg-type]  # each of its own type
    return FileFacts(Contents("/somewhere/m.pt", "pt-zip", 1000, tensors, storages))


def test_facts_of_a_file_name_its_storage_and_where_it_begins() -> None:
    facts = of(one("a"), one("b", "B"), one("a_too", offset=2)).facts([0])
    assert [tensor.name for tensor in facts.tensors] == ["a", "a_too"]
    [storage] = facts.storages
    assert (storage.id, storage.nbytes, storage.source, storage.start) == ("A", 40, "m.pt", 100)
    assert storage.title == "40 bytes, 10 cells of float32"
    assert storage.remarks == ()


@given(st.lists(st.sampled_from(["", "a", "a (2)", "a\n", "x" * 300, "x" * 301, "é", "\ud800", "a.b"]), max_size=12))
def test_names_are_one_for_each_place_and_no_two_alike(names: list[str]) -> None:
    found = of(*(one(name) for name in names)).names
    assert len(found) == len(set(found)) == len(names)
    assert all(name.isprintable() and 0 < len(name) <= LONGEST + 8 for name in found)
    for name, shown in zip(names, found, strict=True):
        if name in ("é", "a.b") and names.count(name) == 1:
            assert shown == name


def test_nameless_and_long_names_are_told_apart() -> None:
    names = of(one(""), one("tensor"), one("k" * 10_000), one("a\nb")).names
    assert names[:2] == ("tensor", "tensor (2)")
    assert names[2] == "k" * 100 + "..." + "k" * 100
    assert names[3] == r"a\nb"


def test_cells_are_of_the_type_that_most_tensors_have() -> None:
    mixed = of(one("h", dtype="float16", size=2), one("f"), one("g", offset=1))
    [storage] = mixed.facts([0]).storages
    assert storage.dtype == "float32"
    assert storage.cells == 10
    [tied] = of(one("h", dtype="float16", size=2), one("f")).facts([1]).storages
    assert tied.dtype == "float16"  # the first of as many, as in the session


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"big_endian": True}, "the other way round"),
        ({"start": None}, "Compressed"),
        ({"device": "cuda:1"}, "saved on cuda:1"),
    ],
)
def test_how_a_storage_lies_in_its_file_is_said(more: dict[str, object], said: str) -> None:
    storage = StoredStorage(**{"id": "A", "nbytes": 40, "file": "m.pt", "start": 0, **more})  # type: ignore[arg-type]  # each of its own type
    facts = FileFacts(Contents("m.pt", "pt-zip", 1000, (one("a"),), (storage,))).facts([0])
    [remark] = facts.storages[0].remarks
    assert said in remark


def test_of_very_many_on_one_storage_some_are_listed_and_the_rest_is_counted() -> None:
    tensors = [StoredTensor(f"t{n}", Layout((1,), (1,), n, 4), "float32", "A") for n in range(1000)]
    facts = of(*tensors).facts([999, 500])
    names = [tensor.name for tensor in facts.tensors]
    assert len(names) == MOST_BESIDE
    assert {"t999", "t500", "t0"} <= set(names)
    assert names == sorted(names, key=lambda name: int(name[1:]))
    assert "800 more tensors" in facts.storages[0].remarks[0]


def test_quantised_tensors_are_left_out() -> None:
    mixed = of(one("q", dtype="qint8", size=1), one("a"), one("lonely", "B", "quint8", 1))
    assert not mixed.can_be_shown(0)
    assert [tensor.name for tensor in mixed.facts([0, 1, 2]).tensors] == ["a"]
    assert mixed.beside(0) == (0, 1)


def test_a_hundred_thousand_tensors_take_no_time_to_choose_one() -> None:
    tensors = tuple(
        StoredTensor(f"layers.{n}.weight", Layout((1,), (1,), n, 4), "float32", "A") for n in range(100_000)
    )
    many = of(*tensors)
    assert len(many.names) == 100_000
    many.facts([5])  # what is kept for later is made
    begun = time.thread_time()
    many.facts([99_999, 5])
    assert time.thread_time() - begun < 0.2  # 200 facts; some milliseconds, where to go through all takes more

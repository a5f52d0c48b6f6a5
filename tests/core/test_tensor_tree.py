"""Rows of a file's tensors: the tree by names, natural order, sums, sorting, folding, names of every hostile form."""

from __future__ import annotations

import re
from collections.abc import Generator
from typing import TypeVar

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tensorviz.core.layout import contiguous
from tensorviz.core.stored import Contents, StoredStorage, StoredTensor
from tensorviz.core.tensor_filter import NameWords, ShapeFilter
from tensorviz.core.tensor_index import NaturalKeys, TensorIndex, sorted_in_slices
from tensorviz.core.tensor_tree import ROWS, SECTION, Folding, Node, Order, Rows, Wish

T = TypeVar("T")


def done(work: Generator[None, None, T]) -> T:
    """Runs a work to its end."""
    while True:
        try:
            next(work)
        except StopIteration as result:
            return result.value  # type: ignore[no-any-return]  # what the generator returns


def index_of(
    tensors: dict[str, tuple[int, ...]], others: tuple[tuple[str, str], ...] = (), **dtypes: str
) -> TensorIndex:
    """An index of tensors by name; each on a storage of its own, float32 unless `dtypes` say otherwise."""
    made = [
        StoredTensor(name, contiguous(shape, 4), dtypes.get(name, "float32"), f"S{place}")
        for place, (name, shape) in enumerate(tensors.items())
    ]
    storages = tuple(StoredStorage(one.storage, one.nbytes, "x", 0) for one in made)
    index = TensorIndex(Contents("x", "pt-zip", 0, tuple(made), storages, others=others), [one.name for one in made])
    done(index.build())
    return index


def named(*names: str) -> TensorIndex:
    return index_of(dict.fromkeys(names, (1,)))


def lines(index: TensorIndex, wish: Wish | None = None, folding: Folding | None = None) -> list[str]:
    """The rows as indented lines; a folded one ends in "+"."""
    rows = Rows(index, wish or Wish())
    nodes = done(rows.arrange(folding or Folding(rest=True)))
    return [f"{' ' * node.depth}{rows.text(node)}{'+' if node.can_open and not node.open else ''}" for node in nodes]


def found(index: TensorIndex, order: Order, reverse: bool = False) -> list[str]:
    return lines(index, Wish(flat=True, order=order, reverse=reverse))


def test_modules_are_the_parts_of_names_and_one_tensor_needs_no_module() -> None:
    index = named(
        "conv1.weight", "layer1.0.bn.weight", "layer1.0.bn.bias", "layer1.1.conv.weight", "fc.weight", "fc.bias"
    )
    assert lines(index) == [
        "conv1.weight",
        "fc",
        " bias",
        " weight",
        "layer1",
        " 0.bn",
        "  bias",
        "  weight",
        " 1.conv.weight",
    ]


def test_numbers_in_names_are_in_order() -> None:
    names = [f"layer.{n}" for n in (10, 9, 100, 0, 1)]
    assert lines(named(*names)) == ["layer", " 0", " 1", " 9", " 10", " 100"]
    assert found(named("w10", "w9", "w", "w09", "w9a", "x"), "name") == ["w", "w9", "w09", "w9a", "w10", "x"]


def test_a_tensor_and_a_module_of_one_name_and_empty_parts() -> None:
    assert lines(named("a", "a.b", "a.c")) == ["a", "a", " b", " c"]
    assert lines(named("a", "a.b")) == ["a", "a.b"]
    assert lines(named("a..b", "a..c", "a.x", "a.")) == ["a", " ", " ", "  b", "  c", " x"]
    assert lines(named("", ".", "..")) == ["", "", " ", " ."]


def test_sums_are_those_of_all_below() -> None:
    index = index_of({"a.x": (2, 3), "a.y.p": (5,), "a.y.q": (7,), "b": (11,)})
    rows = Rows(index, Wish())
    told = {
        rows.path(node): (rows.count(node), rows.nbytes(node))
        for node in done(rows.arrange(Folding(rest=True)))
        if node.kind == "module"
    }
    assert told == {"a": (3, 4 * 18), "a.y": (2, 4 * 12)}
    assert rows.nbytes(rows.root) == 4 * 29


def test_orders() -> None:
    index = index_of({"b10": (4, 4), "b9": (100,), "a": (), "c": (4, 4)}, b9="int64", a="bool")
    assert found(index, "name") == ["a", "b9", "b10", "c"]
    assert found(index, "name", reverse=True) == ["c", "b10", "b9", "a"]
    assert found(index, "file") == ["b10", "b9", "a", "c"]
    assert found(index, "size", reverse=True) == ["b9", "b10", "c", "a"]
    assert found(index, "size") == ["a", "b10", "c", "b9"]
    assert found(index, "dtype") == ["a", "b10", "c", "b9"]
    assert found(index, "shape") == ["a", "b9", "b10", "c"]
    assert found(index, "storage") == ["b10", "b9", "a", "c"]


def test_a_tree_is_ordered_by_the_sums_of_modules() -> None:
    index = index_of({"a.x": (1,), "a.y": (2,), "b.x": (50,), "b.y": (60,), "c": (20,)})
    assert lines(index, Wish(order="size", reverse=True)) == ["b", " y", " x", "c", "a", " y", " x"]
    shuffled = index_of({"z.b": (1,), "m": (1,), "z.a": (1,), "a": (1,)})
    assert lines(shuffled, Wish(order="file")) == ["z", " b", " a", "m", "a"]


def test_filters() -> None:
    index = index_of({"conv.weight": (8, 3, 3, 3), "conv.bias": (8,), "n": ()}, (("epoch", "7"),), n="int64")
    assert lines(index, Wish(NameWords.of("conv"))) == ["conv", " bias", " weight"]
    assert lines(index, Wish(dtype="int64")) == ["n"]
    assert lines(index, Wish(shape=ShapeFilter.of("4d"))) == ["conv.weight"]
    assert lines(index, Wish(NameWords.of("epo"))) == ["not tensors", " epoch"]
    assert lines(index, Wish(NameWords.of("nothing"))) == []
    assert lines(index) == ["conv", " bias", " weight", "n", "not tensors", " epoch"]


def test_what_is_unfolded_by_itself_has_room() -> None:
    few = named(*(f"a.{n}.{part}" for n in range(10) for part in "wb"))
    assert len(lines(few, folding=Folding())) == 1 + 10 + 20
    many = named(*(f"{top}.{n}.{part}" for top in "ab" for n in range(20) for part in "wb"))
    assert lines(many, folding=Folding())[:3] == ["a", " 0+", " 1+"]
    wide = named(*(f"{n}.{part}" for n in range(ROWS) for part in "wb"))
    assert lines(wide, folding=Folding()) == [f"{n}+" for n in range(ROWS)]
    single = named(*(f"model.{n}" for n in range(500)))
    assert len(lines(single, folding=Folding())) == 501
    assert len(lines(wide, Wish(NameWords.of("w")), Folding())) == ROWS


def test_what_a_person_folded_stays() -> None:
    index = index_of({"a.x": (1,), "a.y": (1,), "b.x": (1,), "b.y": (1,)}, (("epoch", "7"),))
    folding = Folding({"a": False, SECTION: False})
    assert lines(index, folding=folding) == ["a+", "b", " x", " y", "not tensors+"]
    assert lines(index, folding=Folding({"b": True}, rest=False)) == ["a+", "b", " x", " y", "not tensors+"]


def test_the_way_to_a_tensor() -> None:
    index = named("a.x.p", "a.x.q", "a.y", "b")
    rows = Rows(index, Wish())
    done(rows.arrange(Folding(rest=False)))
    assert [rows.text(node) for node in done(rows.way_to(1))] == ["a", "x", "q"]
    assert [rows.text(node) for node in done(rows.way_to(3))] == ["b"]
    hidden = Rows(index, Wish(NameWords.of("x")))
    done(hidden.arrange(Folding()))
    assert done(hidden.way_to(2)) == []


def test_deep_and_long_names_are_quick() -> None:
    deep = ".".join("a" * 2000)
    index = named(f"{deep}.x", f"{deep}.y", "b" * 10_000, *(f"{'.'.join('c' * n)}.w" for n in range(1, 2000)))
    told = lines(index)
    assert told[:4] == [deep, " x", " y", "b" * 10_000]
    assert told[-2000:-1997] == [f"{' ' * 1997}c", f"{' ' * 1998}c.w", f"{' ' * 1998}w"]
    assert max(len(line) - len(line.lstrip()) for line in told) == 1998


names = st.lists(
    st.one_of(
        st.text(st.sampled_from("ab.019\0\2\3\n\ud800\u202e"), max_size=9),
        st.lists(st.sampled_from(["layer", "1", "10", "9", "007", "", "w"]), max_size=5).map(".".join),
    ),
    unique=True,
    max_size=30,
)


@given(names, st.sampled_from(["name", "size", "shape", "file", "dtype"]), st.booleans())
def test_every_tensor_is_in_the_tree_once_under_the_parts_of_its_name(
    given_names: list[str], order: Order, reverse: bool
) -> None:
    index = named(*given_names)
    rows = Rows(index, Wish(order=order, reverse=reverse))
    nodes = done(rows.arrange(Folding(rest=True)))
    above: list[Node] = []
    seen: list[str] = []
    for node in nodes:
        del above[node.depth :]
        above.append(node)
        if node.kind == "tensor":
            whole = ".".join(rows.text(one) for one in above)
            assert whole == index.names[node.place]
            seen.append(whole)
        else:
            inside = [index.names[place] for place in rows.tensors(node)]
            assert sorted(inside) == sorted(one for one in given_names if one.startswith(f"{rows.path(node)}."))
            assert len(inside) > 1
    assert sorted(seen) == sorted(given_names)
    paths = [rows.path(node) for node in nodes if node.kind == "module"]
    assert len(set(paths)) == len(paths)


def natural(name: str) -> list[list[tuple[int, int, str]]]:
    """The usual key of natural order, for names of letters and digits."""
    split = (re.split("([0-9]+)", part) for part in name.split("."))
    return [[(0, int(bit), "") if bit.isdigit() else (1, 0, bit) for bit in part if bit] for part in split]


@given(st.lists(st.from_regex(r"[a-c0-9]{1,4}(\.[a-c0-9]{1,4}){0,2}", fullmatch=True), unique=True))
def test_the_order_is_the_usual_natural_one(given_names: list[str]) -> None:
    plain = [name for name in given_names if not re.search(r"(?<![0-9])0[0-9]", name)]
    assert sorted(plain, key=NaturalKeys()) == sorted(plain, key=natural)


@given(st.lists(st.text(st.sampled_from("a.0\0\1\2\3\x10\x11\x12\x13"), max_size=8), unique=True))
@example(["w9", "w09", "w009", "w0", "w00"])
def test_no_two_names_have_one_key(given_names: list[str]) -> None:
    key = NaturalKeys()
    assert len({key(name) for name in given_names}) == len(given_names)


@pytest.mark.parametrize("reverse", [False, True])
@pytest.mark.parametrize("count", [0, 1, 1024, 1025, 5000])
def test_sorting_in_slices_is_sorting(count: int, reverse: bool) -> None:
    items = [(n * 7919 % 101, n) for n in range(count)]
    assert done(sorted_in_slices(items, lambda item: item[0], reverse)) == sorted(
        items, key=lambda item: item[0], reverse=reverse
    )


def test_work_stops_often() -> None:
    index = TensorIndex(named(*(f"w{n}" for n in range(5000))).contents, [f"w{n}" for n in range(5000)])
    assert sum(1 for _ in index.build()) > 50

"""What the report says of a file: figures, waste, sentences with links, rows; by arithmetic done here.

Must not know files or widgets.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import pytest

from tensorviz.core.checkpoint_analysis import Analysis
from tensorviz.core.checkpoint_found_rows import (
    comparison_rows,
    comparison_text,
    duplicate_rows,
    duplicates_text,
    healthy_text,
    oddities,
    steps_text,
    value_text,
)
from tensorviz.core.checkpoint_layout import analyse
from tensorviz.core.checkpoint_lost import hindrance, what_is_lost
from tensorviz.core.checkpoint_report import (
    architecture,
    dtype_text,
    figures,
    globals_text,
    headline,
    parted,
    refused_text,
    repairs,
    troubles,
    waste,
    written_text,
)
from tensorviz.core.checkpoint_report_text import report_lines
from tensorviz.core.checkpoint_rows import (
    global_rows,
    metadata_rows,
    module_rows,
    other_rows,
    refusal_rows,
    share_text,
    storage_rows,
)
from tensorviz.core.checkpoint_values import Comparison, Difference, Duplicates, TensorValues, Written
from tensorviz.core.family import Family
from tensorviz.core.layout import Layout, contiguous
from tensorviz.core.stored import Contents, StoredStorage, StoredTensor
from tensorviz.core.text import bytes_pair


def tensor(name: str, storage: str = "A", shape: tuple[int, ...] = (10,), dtype: str = "float32") -> StoredTensor:
    return StoredTensor(name, contiguous(shape, 16 if dtype == "complex128" else 4), dtype, storage)


def contents(*tensors: StoredTensor, **sizes: int) -> Contents:
    storages = tuple(StoredStorage(name, size, "f", 0) for name, size in sizes.items())
    return Contents("f.pt", "pt-zip", 5_000_000, tensors, storages)


def places(whole: Contents) -> dict[str, int]:
    return {one.name: place for place, one in enumerate(whole.tensors)}


SLICE = contents(tensor("x"), A=4_000_000)
TIED = contents(tensor("a"), tensor("b"), tensor("c", "B", (4, 5), "complex128"), A=40, B=320)


def test_waste_is_told_in_one_unit_and_exactly() -> None:
    found = waste(SLICE, analyse(SLICE))
    assert found is not None
    assert found.text() == "3.99996 MB of 4.00 MB wasted"  # 4,000,000 - 40 bytes; never "4.00 of 4.00"
    assert found.exact() == "3,999,960 of 4,000,000 bytes, > 99.9 %"
    assert waste(TIED, analyse(TIED)) is None


@pytest.mark.parametrize(
    ("part", "whole", "text"),
    [
        (3_960_000, 4_000_000, "3.96 MB of 4.00 MB"), (4_000_000, 4_000_000, "all 4.0 MB"), (5, 12, "5 of 12 bytes"),
        (1, 4_000_000, "0.000001 MB of 4.00 MB"), (1, 2 * 10**9, "0.000000001 GB of 2.00 GB"),
        (1_500, 2_000, "1.50 kB of 2.00 kB"),
    ],
)  # fmt: skip  # a table
def test_two_sizes(part: int, whole: int, text: str) -> None:
    assert bytes_pair(part, whole) == text


def test_a_share_never_says_all_or_nothing_of_what_is_neither() -> None:
    assert [share_text(s) for s in (0, 1e-7, 0.5, 0.99999, 1)] == ["0.0 %", "< 0.1 %", "50.0 %", "> 99.9 %", "100.0 %"]


def test_the_family_in_one_line_with_repairs() -> None:
    family = Family("torchvision resnet18, 1000 classes", ("seen",), ('strip "module."',))
    assert headline(family, "x") == "torchvision resnet18, 1000 classes"
    assert repairs(family) == ('Strip "module.".',)
    assert architecture(family) == "resnet18"
    assert architecture(replace(family, exact=False)) == ""
    assert architecture(Family("training checkpoint: torchvision vgg11, 10 classes")) == "vgg11"
    assert architecture(Family("CycleGAN generator, 9 blocks")) == ""
    assert headline(None, "one tensor of 10, float32") == "One tensor of 10, float32"


def test_key_figures() -> None:
    found = {figure.label: (figure.text, figure.more) for figure in figures(TIED, analyse(TIED))}
    assert found == {
        "tensors": ("3", ""), "elements": ("40", "tied ones each time"), "storages": ("2", ""),
        "bytes of storages": ("360", ""), "bytes of file": ("5,000,000", "~5.0 MB"),
    }  # fmt: skip  # a table
    one = {figure.label: figure.text for figure in figures(SLICE, analyse(SLICE))}
    assert (one["tensor"], one["storage"], one["element type"]) == ("1", "1", "float32")


def test_troubles_have_a_tone_each() -> None:
    whole = replace(SLICE, notes=("cut short",), storages=(replace(SLICE.storages[0], device="cuda:0"),))
    said = troubles(whole, analyse(whole))
    assert [(trouble.tone, trouble.text[:26]) for trouble in said] == [
        ("warning", "3,999,960 of 4,000,000 byt"), ("warning", "Saved from cuda:0: loading"), ("warning", "Cut short.")
    ]  # fmt: skip  # a table
    assert [trouble.tone for trouble in troubles(TIED, analyse(TIED))] == ["info"]
    strided = contents(StoredTensor("t", Layout((2, 3), (1, 2), 0, 4), "float32", "A"), A=24)
    assert [trouble.text for trouble in troubles(strided, analyse(strided))] == ['"t" is not contiguous.']


def test_names_in_sentences_are_links() -> None:
    where = {"a": 0, "b.weight": 5}
    assert parted('"a" and "b.weight" reach "big".', where.get) == (
        ('"a"', 0), (" and ", None), ('"b.weight"', 5), (" reach ", None), ('"big"', None), (".", None)
    )  # fmt: skip  # one sentence
    assert parted("none", where.get) == (("none", None),)


def test_globals_are_all_listed_and_nothing_was_run() -> None:
    whole = replace(SLICE, unsafe_globals=tuple(f"posix.f{number}" for number in range(30)))
    assert "30 names that do not belong to tensors. Nothing was run here." in globals_text(whole)
    assert [row.cells[0] for row in global_rows(whole)] == [f"posix.f{number}" for number in range(30)]
    assert globals_text(SLICE) == ""


def test_names_cannot_steer_what_shows_them() -> None:
    whole = replace(SLICE, unsafe_globals=("a\x1b[31m",), others=(("b\nc", "int"),), metadata={"k": "v\r"})
    assert global_rows(whole)[0].cells == ("a\\x1b[31m",)
    assert other_rows(whole)[0].cells == ("b\\nc", "int")
    assert metadata_rows(whole)[0].cells == ("k", "v\\r")
    assert metadata_rows(whole)[0].copied == "v\r"  # what is copied is what is there


def test_metadata_is_exact() -> None:
    rows = metadata_rows(replace(SLICE, metadata={"n": 12345678901234567890, "d": {"a": [1, float("inf")]}, "t": "x"}))
    assert [row.copied for row in rows] == ["12345678901234567890", '{"a": [1, "inf"]}', "x"]


def test_storages_that_are_shared_or_wasted() -> None:
    whole = contents(tensor("a"), tensor("b"), tensor("c", "B"), tensor("d", "C"), A=40, B=80, C=40, D=8)
    rows = storage_rows(analyse(whole), places(whole).get)
    assert [row.cells for row in rows] == [
        ("B", "80", "40", "50.0 %", "c"), ("D", "8", "0", "0.0 %", "no tensor"), ("A", "40", "40", "100.0 %", "a, b")
    ]  # fmt: skip  # a table
    assert [row.place for row in rows] == [2, None, None]
    assert [(row.cells[-1], row.place) for row in rows[2].below] == [("a", 0), ("b", 1)]


def test_modules_with_their_share() -> None:
    whole = contents(tensor("m.a"), tensor("m.b", "B", (30,)), tensor("n", "C"), A=40, B=120, C=40)
    rows = module_rows(analyse(whole), places(whole).get)
    assert [row.cells for row in rows] == [("m", "2", "40", "160", "80.0 %"), ("n", "1", "10", "40", "20.0 %")]
    assert [(row.cells[0], row.place) for row in rows[0].below] == [("b", 1), ("a", 0)]
    assert (rows[0].place, rows[1].place) == (None, 2)
    assert [row.share for row in rows] == [0.8, 0.2]


def test_refusals_are_grouped_by_reason() -> None:
    rows = refusal_rows(analyse(TIED), places(TIED).get)
    assert [(row.cells[0], row.cells[1].partition(";")[0], len(row.below)) for row in rows] == [
        ("2 tensors", "memory is shared", 2), ("1 tensor", "element type that the format does not have", 1)
    ]  # fmt: skip  # a table
    assert rows[1].below[0].cells == ("c", "the format has no element type complex128")
    assert rows[1].below[0].place == 2
    assert refused_text(analyse(TIED)) == "safetensors would refuse 3 tensors as they are."
    assert refused_text(analyse(SLICE)) == ""


def test_rows_are_made_when_they_are_looked_at() -> None:
    whole = contents(*(tensor(f"t{number}") for number in range(5000)), A=40)
    asked: list[str] = []
    rows = storage_rows(analyse(whole), asked.append)
    assert (len(rows[0].below), asked) == (5000, [])
    assert rows[0].below[4999].cells[-1] == "t4999"
    assert asked == ["t4999"]


def test_shares_of_element_types() -> None:
    found = analyse(contents(tensor("a"), tensor("c", "B", (10,), "complex128"), A=40, B=160))
    assert dtype_text(found.dtypes[0], 200) == "80.0 %: 1 tensor, 10 elements, 160 bytes"


def test_what_is_written() -> None:
    assert written_text("/x/small.pt", 1860, 3_999_639) == (
        "Written, read back and found equal: /x/small.pt, 1,860 bytes (~1.9 kB), 3,999,639 bytes (~4.0 MB) less."
    )
    assert written_text("a", 10, -5) == "Written, read back and found equal: a, 10 bytes, 5 bytes more."


# --------------------------------------------------------------------------------------------------------- values


def test_oddities_with_their_channels() -> None:
    seen = TensorValues("w", "float32", 40, nan=3, negative_infinite=1, least=0.1)
    assert list(oddities(seen)) == ["3 NaN", "1 -Inf"]
    channels = TensorValues(
        "w", "float32", 40, channels=20, zero_channels=2, constant_channels=5, first_zero=(1, 4),
        first_constant=(1, 2, 4, 7, 9),
    )  # fmt: skip  # one thought
    assert list(oddities(channels)) == [
        "2 of 20 channels all zero (indices 1, 4)", "3 of 20 channels constant (indices 2, 7, 9)"
    ]  # fmt: skip  # a table
    many = TensorValues("w", "float32", 40, channels=50, zero_channels=30, constant_channels=30, first_zero=range(16))  # type: ignore[arg-type]  # as a sequence
    assert list(oddities(many)) == ["30 of 50 channels all zero (indices 0, 1, 2, 3, 4, 5, 6, 7, ...)"]
    assert list(oddities(TensorValues("w", "float16", 4, least=0.1, constant=True))) == ["one value throughout: 0.1"]
    assert list(oddities(TensorValues("w", "int64", 4, least=2**60 + 1, constant=True))) == [
        f"one value throughout: {2**60 + 1}"
    ]
    assert list(oddities(TensorValues("w", "float32", 4, all_zero=True, constant=True))) == ["all zero"]
    assert list(oddities(TensorValues("w", "x", 4, problem="It is cut short."))) == ["not read: It is cut short"]


def test_the_quiet_line() -> None:
    assert healthy_text(5, 0) == "No NaN, no infinity and nothing constant in all 5 tensors."
    assert healthy_text(5, 4) == "1 other tensor has no NaN, no infinity and nothing constant."
    assert healthy_text(5, 5) == healthy_text(0, 0) == ""


def test_duplicates_that_spare_most_come_first() -> None:
    groups = (Duplicates(("a", "b"), 4, False), Duplicates(("c", "d"), 8, True), Duplicates(("e", "f", "g"), 80, False))
    rows = duplicate_rows(groups, {"e": 4}.get)
    assert [row.cells[1:] for row in rows] == [("3", "80"), ("2", "4")]
    assert [(row.cells[0], row.place) for row in rows[0].below] == [("e", 4), ("f", None), ("g", None)]
    assert duplicates_text(groups) == (
        "2 groups of tensors with the same bytes: one copy of each would spare 84 bytes. "
        "2 tensors of one value throughout are like another."
    )
    assert duplicates_text(()) == "No two tensors hold the same bytes."


# ----------------------------------------------------------------------------------------------------- comparison


def compared() -> Comparison:
    far = Difference("w", ("float32", "float32"), 10, 3, 1, 1_234_567, 0.5, 0.25, (1, 2), (0.1, 0.2))
    unread = Difference("u", ("float32", "complex64"), problem="values are not compared")
    return Comparison(
        ("gone",), ("new",), (("s", (2, 3), (3, 2)),), (("d", "float32", "float16"),), (unread, far), 7, True
    )  # fmt: skip  # in the order of the fields


def test_a_comparison_in_one_line() -> None:
    assert comparison_text(compared(), "b.pt") == (
        "Of the tensors, 1 missing in b.pt, 1 only in b.pt, 1 of another shape, 1 of another element type, "
        "2 with other values, 7 equal. Names were compared without what is wrapped round them."
    )
    same = Comparison((), (), (), (), (), 3)
    assert comparison_text(same, "b.pt") == "Both hold the same 3 tensors with the same values."


def test_differences_as_rows() -> None:
    rows = comparison_rows(compared(), {"w": 9, "gone": 1}.get)
    assert [row.cells[0] for row in rows] == [
        "1 tensor: missing there", "1 tensor: only there", "1 tensor: another shape", "1 tensor: another element type",
        "2 tensors: other values, the largest difference first",
    ]  # fmt: skip  # a table
    assert (rows[0].below[0].place, rows[1].below[0].place) == (1, None)
    assert rows[2].below[0].cells[:3] == ("s", "2x3", "3x2")
    unread, far = rows[4].below
    assert unread.cells[1] == "not compared: values are not compared"
    assert far.cells == ("w", "0.1", "0.2", "~0.5", "~1.23e+06", "3 of 10, 1 NaN on one side", "[1, 2]")
    assert far.place == 9


def test_numbers_say_when_they_are_rounded() -> None:
    assert [steps_text(n) for n in (None, 999_999, 1_000_000)] == ["", "999,999", "~1e+06"]
    assert value_text(0.10000000149011612, "float32") == "0.1"  # the one float32 of that name
    assert value_text(float(2**53 + 2), "int64").startswith("~")
    assert value_text(-3.0, "int64") == "-3"


# ----------------------------------------------------------------------------------------------------- conversion


def test_what_safetensors_would_lose_or_refuse() -> None:
    assert list(what_is_lost(SLICE)) == []
    assert list(what_is_lost(TIED)) == ['"a" and "b" were one tensor and are copies of their own there, 40 bytes more.']
    assert 'because of "c": the format has no element type complex128' in hindrance(TIED, analyse(TIED))
    assert hindrance(SLICE, analyse(SLICE)) == ""
    twice = contents(tensor("x"), tensor("x", "B"), A=40, B=40)
    assert "names there are unlike" in hindrance(twice, analyse(twice))
    assert hindrance(contents(), analyse(contents())) == "There are no tensors to write."


# ------------------------------------------------------------------------------------------------------- as text


@dataclass
class Known:
    """As much of a file as the text asks for."""

    contents: Contents | None = None
    analysis: Analysis | None = None
    path: str = "/x/f.pt"
    family: Family | None = None
    guess: str = "one tensor"
    values: tuple[TensorValues, ...] = ()
    duplicates: tuple[Duplicates, ...] | None = None
    comparison: Comparison | None = None
    other: str = ""
    copies: dict[str, Written] = field(default_factory=dict)


def test_the_report_as_text() -> None:
    assert list(report_lines(Known())) == []
    whole = replace(SLICE, unsafe_globals=("posix.system",), others=(("epoch", "int 3"),), metadata={"v": 3})
    known = Known(whole, analyse(whole))
    known.values = (TensorValues("x", "float32", 10, nan=2),)
    known.comparison, known.other = compared(), "/x/b.pt"
    known.copies = {"compact": Written("/x/small.pt", 40, 9)}
    text = "\n".join(report_lines(known))
    for said in (
        "/x/f.pt  (pt-zip, 5.0 MB)", "1 tensor of 10 elements over 1 storage, 4.0 MB", "3.99996 MB of 4.00 MB wasted",
        "looks like: One tensor", "  v: 3", "x  10  float32  40 bytes  A", "storages shared or not fully used",
        "  A  4,000,000  40", "big[:10] was saved", "  epoch  int 3", "  posix.system", '"x": 2 NaN.',
        "compared with /x/b.pt", '"s" has the shape [2, 3] here', "/x/small.pt, 40 bytes, 9 bytes less.",
    ):  # fmt: skip  # a table
        assert said in text, said
    assert "\n\n\n" not in text


def test_the_text_of_very_many_tensors_is_cut_and_says_so() -> None:
    whole = contents(
        *(tensor(f"t{number}", f"S{number}") for number in range(1200)), **{f"S{n}": 40 for n in range(1200)}
    )
    lines = list(report_lines(Known(whole, analyse(whole))))
    assert "and 200 more tensors" in lines
    assert sum(line.startswith("t") for line in lines) == 1000

"""What names, layouts and storages tell, by arithmetic done here.

Must not know files.
"""

from __future__ import annotations

from tensorviz.core.checkpoint_layout import analyse, slice_text, wasted_bytes
from tensorviz.core.layout import Layout, contiguous
from tensorviz.core.stored import Contents, StoredStorage, StoredTensor


def tensor(name: str, layout: Layout, storage: str = "A", dtype: str = "float32") -> StoredTensor:
    return StoredTensor(name, layout, dtype, storage)


def contents(*tensors: StoredTensor, **sizes: int) -> Contents:
    storages = tuple(StoredStorage(name, size, "f", 0) for name, size in sizes.items())
    return Contents("f", "pt-zip", 0, tensors, storages)


def test_waste_is_told_with_the_slice_that_was_saved() -> None:
    found = analyse(contents(tensor("x", Layout((10,), (1,))), A=4_000_000))
    assert found.wasted == 3_999_960
    assert found.sentences == (
        '3,999,960 of 4,000,000 bytes of storage A are wasted (> 99.9 %): "x" is the only tensor there; '
        "big[:10] was saved, and all of big with it.",
    )


def test_slices_are_written_as_python_has_them() -> None:
    cases = [
        (Layout((10,), (1,), 5), 400, "big[5:15]"), (Layout((5,), (2,), 1), 40, "big[1::2]"),
        (Layout((), (), 3), 40, "big[3]"),
        (Layout((2, 5), (5, 1), 10), 400, "big[2:4]"), (Layout((98, 5), (5, 1), 10), 2000, "big[2:]"),
        (Layout((2, 5), (1, 2)), 400, ""), (Layout((3,), (1,)), 13, ""), (Layout((2, 5), (5, 1), 3), 400, ""),
    ]  # fmt: skip  # a table
    assert [slice_text(tensor("x", layout), nbytes) for layout, nbytes, _ in cases] == [text for _, _, text in cases]


def test_tied_strided_empty_and_mixed() -> None:
    found = analyse(
        contents(
            tensor("embed", contiguous((3, 4))), tensor("head", contiguous((3, 4))),
            tensor("turned", Layout((4, 3), (1, 4))),
            tensor("none", contiguous((0, 4)), "B"), tensor("half", contiguous((2,), 2), "B", "float16"), A=48, B=4,
        )
    )  # fmt: skip  # a table
    assert found.tied == (("embed", "head"),)
    assert (found.strided, found.empty, found.elements, found.wasted) == (("turned",), ("none",), 38, 0)
    assert [(row.dtype, row.tensors, row.elements, row.nbytes) for row in found.dtypes] == [
        ("float32", 4, 36, 144), ("float16", 1, 2, 4),
    ]  # fmt: skip  # a table
    assert {(row.name, row.kind) for row in found.refused} == {
        ("embed", "shared"), ("head", "shared"), ("turned", "shared"), ("turned", "strided"),
    }  # fmt: skip  # a table


def test_modules_are_a_tree_with_the_largest_first() -> None:
    found = analyse(
        contents(
            tensor("a.x.w", contiguous((2,))), tensor("b.w", contiguous((9,))), tensor("a.y", contiguous((3,))), A=36
        )
    )
    rows = [(depth, module.path, module.tensors, module.elements) for depth, module in found.modules.walk(3)]
    assert rows == [
        (0, "b", 1, 9), (1, "b.w", 1, 9), (0, "a", 2, 5), (1, "a.y", 1, 3), (1, "a.x", 1, 2), (2, "a.x.w", 1, 2),
    ]  # fmt: skip  # a table
    assert (found.modules.elements, found.modules.tensors) == (14, 3)


def test_modules_of_one_size_are_in_the_order_of_their_numbers() -> None:
    found = analyse(contents(*(tensor(f"block.{at}.w", contiguous((2,))) for at in range(12)), A=8))
    (block,) = found.modules.children
    assert [child.name for child in block.children] == [str(at) for at in range(12)]


def test_storages_without_tensors_are_all_waste() -> None:
    assert wasted_bytes(contents(A=100)) == 100
    assert "no tensor looks at it" in analyse(contents(A=100)).sentences[0]


def test_a_name_of_many_dots_is_no_trouble() -> None:
    found = analyse(contents(tensor(".".join("a" * 5000), contiguous((1,))), A=4))
    assert found.modules.elements == 1

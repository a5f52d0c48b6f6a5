"""The rig for files: what is opened is there, and its bytes are read as they were given."""

from __future__ import annotations

import struct

from tensorviz.core.dtypes import dtype_named
from tensorviz.core.errors import Problem
from tests.ui.files.shelf import Shelf, contents, many, stored


def test_a_file_is_opened_and_its_bytes_are_served() -> None:
    shelf = Shelf()
    file = shelf.open(
        contents(stored("a", "A", (2, 3)), stored("b", "A", (3,), offset=1), stored("n", "B", (2,), "int64")),
        A=struct.pack("<6f", 1, 2, 3, 4, 5, 6),
    )
    assert file.contents is not None
    assert [(one.id, one.nbytes, one.start) for one in file.contents.storages] == [("A", 24, 64), ("B", 16, 88)]
    assert file.analysis is not None
    assert file.show(1)
    assert file.looking is not None
    memory, kind = file.looking.memory, dtype_named("float32")
    assert memory.number("A", 4, kind) is None
    assert memory.number("B", 1, dtype_named("int64")) is None
    shelf.serve()
    assert (memory.number("A", 4, kind), memory.number("B", 1, dtype_named("int64"))) == (5.0, 0)
    assert file.looking.session.facts.storages[0].tensors == ("a", "b")


def test_two_files_have_bytes_of_their_own() -> None:
    shelf = Shelf()
    one = shelf.open(contents(stored("a", "A", (1,))), "/x/one.pt", A=struct.pack("<f", 1))
    two = shelf.open(contents(stored("a", "A", (1,))), "/x/two.pt", A=struct.pack("<f", 2))
    for file, value in ((one, 1.0), (two, 2.0)):
        assert file.show(0)
        assert file.looking is not None
        file.looking.memory.number("A", 0, dtype_named("float32"))
        shelf.serve()
        assert file.looking.memory.number("A", 0, dtype_named("float32")) == value


def test_a_file_that_cannot_be_read() -> None:
    shelf = Shelf()
    file = shelf.files.open("/x/bad.pt")
    shelf.fail(file, Problem("It is cut short.", "Fetch it again."))
    assert file.contents is None
    assert file.problem is not None


def test_many_tensors() -> None:
    made = many(1001, (4, 2))
    assert [one.name for one in made.tensors[:3]] == ["layers.0.weight", "layers.0.bias", "layers.1.weight"]
    assert (made.tensors[2].layout.shape, made.tensors[1].layout.shape) == ((4, 2), (4,))
    assert made.nbytes == 64 + 501 * 32 + 500 * 16

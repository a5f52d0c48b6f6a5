"""Every displayed number equals tensor[index]: random sessions of the engine, looked at through the window's states.

Must not know how facts are made, pages read or texts laid out: torch says what each element is and where it lies.
"""

from __future__ import annotations

import math
import random
import re
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from itertools import product
from typing import TYPE_CHECKING, Any

import pytest
import torch

from tensorviz.core.canvas_cells import cell_text
from tensorviz.core.dtypes import unpacked
from tensorviz.core.number_format import NumberFormat
from tensorviz.core.session_data import TensorFacts
from tensorviz.engine.messages.session import PagesRead, ReadPages
from tensorviz.ui.state.pointing import MOST_INDICES
from tensorviz.ui.tensors.grid_cells import GridCells
from tensorviz.ui.tensors.grid_formula import formula_parts
from tests.engine.tensors.rig import new_desk, run
from tests.ui.tensors.desk import Desk

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

    from tensorviz.engine.tensors.desk import Desk as EngineDesk

pytestmark = pytest.mark.filterwarnings("ignore:ComplexHalf support is experimental")

Index = tuple[int, ...]
WORDS = (
    "bool uint8 int8 uint16 int16 uint32 int32 uint64 int64 float16 bfloat16 float32 float64 complex32 complex64 "
    "complex128 float8_e4m3fn float8_e5m2 float8_e4m3fnuz float8_e5m2fnuz float8_e8m0fnu float4_e2m1fn_x2"
)
DTYPES = tuple(WORDS.split())
MOST_LOOKED_AT = 24  # elements of one tensor
STEPS = (
    "{0}.transpose({a}, {b})", "{0}.t()", "{0}.flip({a})", "{0}.unsqueeze({a})", "{0}[..., ::2]", "{0}[1:]",
    "{0}.unfold({a}, 2, 1)", "{0}.expand(3, *{0}.shape)", "{0}.diagonal()", "{0}.conj()", "{0}.conj().imag",
    "{0}.imag", "{0}.view(torch.uint8)", "{0}.reshape(-1)", "{0}.contiguous()", "{0}.clone()", "{0}.movedim({a}, {b})",
    "{0}.as_strided((2, 3), (1, 2), {0}.storage_offset())", "{0}.narrow({a}, 0, 1)", "{0}.squeeze()", "{0}[0]",
    "{0}.add_(1)", "{0}.mul_(2)", "{0}.zero_()", "{0}.detach()", "{0}.conj().view(torch.uint8)",
)  # fmt: skip


class Looked(Desk):
    """The window's states over a session of the real engine: facts and pages are its own."""

    def __init__(self, desk: EngineDesk) -> None:
        super().__init__()
        self.desk = desk
        self.tell(desk.facts())

    def pages(self, job: int, request: ReadPages) -> PagesRead:
        """What the engine answers."""
        memory, pages = self.desk.board.read(request.storage, request.pages)
        return PagesRead(job, request.storage, memory, pages)


def base(draw: random.Random, dtype: str) -> torch.Tensor:
    """A tensor of any bits: any layout, with memory before and behind it."""
    kind = getattr(torch, dtype)
    cells = draw.randint(90, 120)
    raw = torch.tensor([draw.randrange(256) for _ in range(cells * kind.itemsize)], dtype=torch.uint8)
    whole = (raw % 2 if dtype == "bool" else raw).view(kind)
    shape = [draw.randint(1, 4) for _ in range(draw.randint(0, 3))]
    stride = [draw.randint(0, 9) for _ in shape]
    return whole.as_strided(shape, stride, draw.randint(0, 5))


def session(seed: int) -> EngineDesk:
    """A session of two storages with a chain of views, copies and writes on each."""
    draw, desk = random.Random(seed), new_desk()
    made = {name: base(draw, draw.choice(DTYPES)) for name in ("p", "q")}
    desk.session.put("# made", made)
    names = list(made)
    for number in range(draw.randint(2, 5)):
        name = draw.choice(names)
        dims = max(desk.session.tensors()[name].dim(), 1)
        code = draw.choice(STEPS).format(name, a=draw.randrange(dims), b=draw.randrange(dims))
        [row] = run(desk, f"v{number} = {code}")
        names += [f"v{number}"] if row.trouble is None else []
    return desk


def truth(tensor: torch.Tensor) -> dict[Index, Any]:
    """What torch says every element is; the two numbers of a packed one."""
    plain = tensor.detach().resolve_conj().resolve_neg()
    if tensor.dtype is torch.float4_e2m1fn_x2:
        plain = plain.view(torch.uint8)
    elif tensor.dtype.is_floating_point:
        plain = plain.to(torch.float64 if tensor.dtype.itemsize > 1 else torch.float32)
    elif tensor.dtype is torch.complex32:
        plain = plain.to(torch.complex64)
    values = plain.reshape(-1).tolist()
    return dict(zip(product(*map(range, tensor.shape)), values, strict=True))


def same(left: Any, right: Any) -> bool:
    """Equal to the sign of a zero; all NaN are one."""
    if isinstance(left, complex):
        return same(left.real, right.real) and same(left.imag, right.imag)
    if isinstance(left, float):
        return (
            math.isnan(right)
            if math.isnan(left)
            else (left, math.copysign(1, left)) == (right, math.copysign(1, right))
        )
    return type(left) is type(right) and left == right


def parts(text: str) -> tuple[str, str]:
    """ "1.-2.5e-7j" as "1." and "-2.5e-7"."""
    number = r"nan|inf|#|[\d.]+(?:e[-+]?\d+)?"
    found = re.fullmatch(f"(-?(?:{number}))([-+](?:{number}))j", text)
    assert found, text
    return found[1], found[2].removeprefix("+")


def names_it(text: str, value: Any, dtype: torch.dtype) -> bool:
    """Whether an exact text is that of the value and of no other of its type."""
    if isinstance(value, complex):
        real, imaginary = parts(text)
        return names_it(real, value.real, dtype.to_real()) and names_it(imaginary, value.imag, dtype.to_real())
    if not isinstance(value, float):
        return text == str(value) or (isinstance(value, bool) and text == str(value)[0])
    if math.isnan(value) or dtype is torch.float8_e8m0fnu:
        return text == "nan" if math.isnan(value) else math.isclose(float(text), value, rel_tol=0.25)
    back = torch.tensor(float(text), dtype=torch.float64).to(dtype).to(torch.float64).item()
    return same(back, value)


def rounds_it(text: str, value: Any) -> bool:
    """Whether a text that is not exact is the value rounded to its last digit."""
    if text == "#":
        return True
    if isinstance(value, complex):
        return all(map(rounds_it, parts(text), (value.real, value.imag)))
    if not math.isfinite(value):
        return text == str(value)
    if isinstance(value, bool):
        return text == str(value)[: len(text)]
    unit = Decimal(1).scaleb(Decimal(text).normalize().as_tuple().exponent)  # type: ignore[arg-type]  # it is finite
    return abs(Decimal(text) - Decimal(value)) <= unit * Decimal("0.500001") + abs(Decimal(value)) * Decimal("1e-15")


def check_texts(looked: Looked, facts: TensorFacts, tensor: torch.Tensor, index: Index, value: Any, room: int) -> None:
    """What stands in a cell of the grid, in one of the canvas, and in a line of the inspector."""
    memory, address = looked.workspace.memory, facts.layout.address(index)
    cells = GridCells(memory, looked.workspace.grids)
    look = looked.workspace.grids.look(facts)
    for numbers in (look.numbers, NumberFormat("scientific", 3), NumberFormat("fixed", 2)):
        cells.show(facts, replace(look, numbers=numbers))
        cell = cells.at(address)
        assert cell is not None
        if facts.kind.kind == "packed":
            assert [float(part) for part in cell.text.split()] == list(unpacked(value))
        elif cell.exact:
            assert names_it(cell.text, value, tensor.dtype), (cell.text, value)
        else:
            assert cell.text == "#" or (cell.text[0] == "~" and rounds_it(cell.text[1:], value)), (cell.text, value)
    if facts.kind.kind == "packed":
        return
    text = cell_text(lambda most: memory.element_text(facts, address, most), room)
    exact = not text.startswith(("~", "#"))
    assert names_it(text, value, tensor.dtype) if exact else rounds_it(text.removeprefix("~"), value), (text, value)


def check_element(looked: Looked, facts: TensorFacts, tensor: torch.Tensor, index: Index, value: Any) -> None:
    """The value, the place, the formula and the bytes of one element."""
    begins, size = tensor.untyped_storage().data_ptr(), tensor.element_size()
    place = tensor[index].data_ptr() - begins
    address = facts.layout.address(index)
    assert facts.layout.byte_range(index) == (place, place + size)
    sums, _, result = facts.layout.formula(index).partition(" = ")
    assert eval(sums) == int(result) == address == place // size
    painted = "".join(text for text, _ in formula_parts(facts, index, ""))
    assert painted.endswith(facts.layout.formula(index))
    found = looked.workspace.memory.element(facts, address)
    assert same(found, value), (facts.name, index, found, value)


def elements(looked: Looked) -> Iterator[tuple[TensorFacts, torch.Tensor, dict[Index, Any]]]:
    """Each tensor with its memory here, and what its elements are."""
    for facts in looked.facts.tensors:
        tensor = looked.desk.session.tensors()[facts.name]
        storage = looked.facts.storage(facts.storage)
        assert storage is not None
        looked.workspace.memory.raw(storage.id, 0, storage.nbytes)
        looked.serve()
        yield facts, tensor, truth(tensor)


def check_pointing(looked: Looked, draw: random.Random) -> None:
    """Pointing at an element, or at a cell, finds every index of every tensor that has bytes there, and no other."""
    places = {facts.name: (tensor, {index: place(tensor, index) for index in values})
              for facts, tensor, values in elements(looked)}  # fmt: skip
    pointing = looked.workspace.pointing
    for facts in looked.facts.tensors:
        if not places[facts.name][1]:
            continue
        index = draw.choice(list(places[facts.name][1]))
        pointing.at_element(facts, index)
        low, high = places[facts.name][1][index]
        for at_cell in (False, True):
            if at_cell:
                storage = looked.facts.storage(facts.storage)
                assert storage is not None
                address = draw.randrange(storage.cells)
                low, high = address * storage.kind.itemsize, (address + 1) * storage.kind.itemsize
                pointing.at_cell(storage.id, address, storage.kind.itemsize)
            for other in looked.facts.tensors:
                there = {i for i, (a, b) in places[other.name][1].items() if a < high and low < b}
                expected = there if other.storage == facts.storage else set()
                found = pointing.indices(other)
                assert len(found) == len(set(found)) == min(len(expected), MOST_INDICES)
                assert set(found) <= expected


def place(tensor: torch.Tensor, index: Index) -> tuple[int, int]:
    first = tensor[index].data_ptr() - tensor.untyped_storage().data_ptr()
    return first, first + tensor.element_size()


def check(seed: int) -> int:
    """One session; gives how many elements were compared."""
    draw, looked, count = random.Random(~seed), Looked(session(seed)), 0
    for facts, tensor, values in elements(looked):
        assert facts.layout.shape == tuple(tensor.shape)
        assert facts.layout.stride == tensor.stride()
        for index in draw.sample(list(values), min(len(values), MOST_LOOKED_AT)):
            check_element(looked, facts, tensor, index, values[index])
            check_texts(looked, facts, tensor, index, values[index], draw.randint(1, 12))
            count += 1
    check_pointing(looked, draw)
    return count


@pytest.mark.parametrize("part", range(4))
def test_every_number_is_that_of_the_element(part: int, qapp: QApplication) -> None:
    assert sum(check(seed) for seed in range(part * 40, part * 40 + 40)) > 800


@pytest.mark.slow
@pytest.mark.parametrize("part", range(100))
def test_thousands_of_sessions(part: int, qapp: QApplication) -> None:
    assert sum(check(1000 + seed) for seed in range(part * 40, part * 40 + 40)) > 800


def test_the_sessions_have_every_type_and_every_mark() -> None:
    facts = [one for seed in range(160) for one in session(seed).facts().tensors]
    assert {one.dtype for one in facts} == set(DTYPES)
    assert {one.conjugated for one in facts} == {one.negated for one in facts} == {True, False}
    assert len({one.storage for one in facts}) > 2
    assert any(one.layout.overlaps for one in facts)
    assert any(one.layout.offset and one.layout.numel == 0 for one in facts)

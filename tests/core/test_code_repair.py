"""A refused step written again: only where it is sure what is meant, and nothing else is touched."""

from __future__ import annotations

import ast

from tensorviz.core.code_repair import repairs_of
from tensorviz.core.layout import Layout
from tensorviz.core.reasons import Obstacle, Repair
from tensorviz.core.session_data import Trouble
from tensorviz.core.why import why_no_view, why_not_broadcast, why_not_in_place

TRANSPOSED = Layout((3, 2), (1, 3), 0, 4)


def broken(subject: str) -> Trouble:
    return Trouble("no", subject=subject, reason=why_no_view(TRANSPOSED, (6,)))


def test_the_call_that_failed_is_replaced_and_nothing_else() -> None:
    code = 'é = "points.t().view(6)"; flat = [points.t().view(6), points.view(6)]  # view'
    ways = repairs_of(broken("points.t()"), code)
    assert ways[0].text == "reshape"
    assert ways[0].sure
    assert ways[0].code == code.replace("[points.t().view(6)", "[points.t().reshape(6)")
    assert [way.code.count(".contiguous().view(6)") for way in ways] == [0, 1, 0]


def test_the_way_that_gives_another_order_comes_last_and_says_so() -> None:
    ways = repairs_of(broken("x"), "x.view(6)")
    assert ways[-1].text == "permute, view (another order)"
    assert ways[-1].code == "x.permute(1, 0).view(6)"


def test_a_call_that_stands_there_twice_is_left_to_the_person() -> None:
    [first, *_] = repairs_of(broken("x"), "x.view(6); x.view(6)")
    assert not first.sure
    assert first.code == "x.reshape(6)"
    [first, *_] = repairs_of(broken("x + y"), "f(x)")
    assert first.code == "(x + y).reshape(6)"


def test_a_call_of_several_lines_is_replaced() -> None:
    [first, *_] = repairs_of(broken("x"), "y = (x\n     .view(\n  6))\nz = 1")
    assert ast.unparse(ast.parse(first.code)) == "y = x.reshape(6)\nz = 1"


def test_a_tensor_whose_elements_share_cells_is_copied_first() -> None:
    shared = Trouble("no", subject="e", reason=why_not_in_place(Layout((3, 4), (1, 0), 0, 4)))
    [way] = repairs_of(shared, "e.add_(1)")
    assert way.sure
    assert way.code.splitlines()[1] == "e.add_(1)"
    assert way.code.startswith("e = e.clone(")
    [way] = repairs_of(Trouble("no", subject="a[0]", reason=shared.reason), "a[0].add_(1)")
    assert not way.sure


def test_everything_in_the_way_of_numpy_is_removed_at_once() -> None:
    obstacles = (
        Obstacle("It requires grad.", Repair(".detach()", 0, "shares memory")),
        Obstacle("It is conjugated.", Repair(".resolve_conj()", 0, "copies")),
    )
    [way] = repairs_of(Trouble("no", subject="w", obstacles=obstacles), "a = w.numpy()")
    assert way.code == "a = w.detach().resolve_conj().numpy()"
    assert way.note == "shares memory, copies"


def test_where_nothing_is_known_there_is_no_way_out() -> None:
    assert repairs_of(Trouble("no"), "x") == ()
    assert repairs_of(Trouble("no", subject="x", reason=why_not_broadcast((2, 3), (4, 2))), "x + y") == ()
    assert repairs_of(Trouble("no", reason=broken("x").reason), "x.view(6)") == ()


def test_code_that_cannot_be_parsed_is_left_to_the_person() -> None:
    assert not repairs_of(broken("x"), "x.view(6")[0].sure
    assert not repairs_of(broken("x"), "(" * 5000 + "x.view(6)")[0].sure

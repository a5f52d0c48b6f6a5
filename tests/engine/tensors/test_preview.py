"""A preview says what running then does: random chains of operations, run after they were previewed, are the judge.

Must not know how a preview is worked out.
"""

from __future__ import annotations

import os
import time
import warnings
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from tensorviz.core.reasons import BrokenView, Clash
from tensorviz.core.session_data import Preview
from tensorviz.engine.console.history import StepDone
from tensorviz.engine.session import Session
from tensorviz.engine.tensors.dry_run import DryMachine
from tensorviz.engine.tensors.facts import named_tensors, session_facts
from tensorviz.engine.tensors.preview import preview
from tests.engine.console.test_chains import a_chain, bits

CHAINS = int(os.environ.get("TENSORVIZ_CHAINS", "200"))
MANY = int(os.environ.get("TENSORVIZ_MANY_CHAINS", "5000"))
POINTS = "points = torch.tensor([[4., 1], [5, 3], [2, 1]])"


def session(*code: str) -> Session:
    made = Session(seed=1)
    for step in made.run("\n".join((POINTS, *code))):
        assert step.problem is None, step
    return made


def run(made: Session, code: str) -> StepDone:
    """The last step of the code, run."""
    return list(made.run(code))[-1]


def results(made: Session, code: str) -> dict[str, torch.Tensor]:
    """What the code bound to the name before its equals sign, as the console names it."""
    name = code.partition(" = ")[0]
    return named_tensors({name: made.variables[name]})[0]


def fingerprint(made: Session) -> Any:
    """All of a session that a person could notice."""
    tensors, _ = named_tensors(made.variables)
    return {
        name: (id(one), one.shape, one.stride(), one.storage_offset(), one._version, bits(one), one.requires_grad)
        for name, one in tensors.items()
    }, list(made.variables)


def check(made: Session, code: str, colours: bool = True) -> Preview:
    """Previews, looks that nothing changed, runs, and compares."""
    before, state = fingerprint(made), torch.get_rng_state()
    told = preview(made, code)
    assert fingerprint(made) == before, code
    assert torch.equal(torch.get_rng_state(), state), code
    old_bytes = {one.untyped_storage()._cdata for one in named_tensors(made.variables)[0].values()}
    step = run(made, code)
    if told.unknown:
        return told
    assert (told.trouble is None) == (step.problem is None), (code, told, step.problem)
    if step.problem is not None:
        return told
    assert (told.effect, told.bytes_copied) == (step.effect, step.bytes_copied), (code, told, step)
    if code.partition(" = ")[0].isidentifier():
        compare(made, code, told, old_bytes, colours)
    return told


def compare(made: Session, code: str, told: Preview, old: set[int], colours: bool) -> None:
    """The tensors that were told of against those that are there, and their storages."""
    real = results(made, code)
    rows = {row.name: row for row in session_facts(made, 0).tensors}
    assert [one.name for one in told.results] == list(real), code
    for facts in told.results:
        tensor = real[facts.name]
        assert facts.layout.shape == tuple(tensor.shape), code
        assert facts.layout.stride == tuple(tensor.stride()), (code, facts, tensor.stride())
        assert facts.layout.offset == tensor.storage_offset(), code
        assert facts.dtype == str(tensor.dtype).removeprefix("torch.")
        assert facts.device == "cpu"
        assert facts.requires_grad == tensor.requires_grad
        assert (facts.conjugated, facts.negated) == (tensor.is_conj(), tensor.is_neg())
        new = tensor.untyped_storage()._cdata not in old
        assert facts.storage == ("" if new else rows[facts.name].storage), code
        assert not colours or facts.keys == rows[facts.name].keys, (code, facts.keys, rows[facts.name].keys)
    fresh = {one.untyped_storage()._cdata: one.untyped_storage().nbytes() for one in real.values()}
    assert told.new_bytes == sum(size for key, size in fresh.items() if key not in old), code


def check_chain(seed: int) -> int:
    """How many steps of a chain could not be told of beforehand."""
    made, untold = Session(seed=seed), 0
    for code, _ in a_chain(seed):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            untold += bool(check(made, code, colours=False).unknown)
    return untold


@settings(max_examples=CHAINS, deadline=None, database=None, derandomize=True)
@given(st.integers(0, 10**9))
def test_chains_are_told_as_they_then_run(seed: int) -> None:
    check_chain(seed)


@pytest.mark.slow
@pytest.mark.timeout(3000)
@settings(max_examples=MANY, deadline=None, database=None)
@given(st.integers(0, 10**12))
def test_thousands_of_chains(seed: int) -> None:
    check_chain(seed)


def test_most_steps_can_be_told() -> None:
    steps = sum(len(a_chain(seed)) for seed in range(200))
    assert sum(check_chain(seed) for seed in range(200)) < 0.1 * steps


@pytest.mark.parametrize(
    "code",
    [
        "points.item()", "points[points > 2]", "points.nonzero()", "bool(points[0, 0])", "points.tolist()",
        "f'{points}'", "if points[0, 0] > 1: points.zero_()", "points.numpy()", "torch.from_numpy(arr)", "arr[0]",
        "float(points[0, 0])", "torch.equal(points, points)", "points.unique()", "[int(x) for x in points[0]]",
        "points.untyped_storage()[0]", "while True: pass", "for i in range(10 ** 6): points += 1",
        "points.sum().backward()",
        "list(range(500000))", "_", "it", "str(points)", "points.masked_select(points > 1)", "len(repr(points))",
        "max(points[0])",
    ],
)  # fmt: skip
def test_what_depends_on_values_or_takes_long_is_left_untold(code: str) -> None:
    made = session("arr = points.numpy()", "it = iter([1])")
    before = fingerprint(made)
    started = time.perf_counter()
    assert preview(made, code).unknown.endswith("."), code
    assert time.perf_counter() - started < 2
    assert fingerprint(made) == before


@pytest.mark.parametrize(
    "code",
    [
        "points.exp_().sqrt_()", "points.copy_(points.flip(0))", "points[0] = 7", "points += 1", "points.t_()",
        "points.resize_(10)", "points.data = torch.zeros(2)", "del points", "points = 3", "points.requires_grad_()",
        "parts[0].zero_()", "parts.append(points)", "parts.clear()", "d['a'].fill_(3)", "torch.manual_seed(3)",
        "torch.rand(3)", "points.uniform_()", "s[0] = 9", "s.fill_(1)", "points.storage()[0] = 5", "w.grad.zero_()",
        "torch.set_printoptions(precision=1)", "import torch as t", "points.set_()", "parts[0] = points",
        "torch.add(points, 1, out=points)", "points.unsqueeze_(0)", "np.random.seed(3)",
    ],
)  # fmt: skip
def test_nothing_of_the_session_changes(code: str) -> None:
    made = session(
        "parts = list(points.unbind())", "d = {'a': points.clone()}", "s = points.storage()",
        "w = torch.ones(3, requires_grad=True)", "(w * 2).sum().backward()",
    )  # fmt: skip
    before, random = fingerprint(made), made._random[0].clone()
    inside = len(made.variables["parts"]), made.here.number
    preview(made, code)
    assert fingerprint(made) == before
    assert (len(made.variables["parts"]), made.here.number) == inside
    assert torch.equal(made._random[0], random)
    assert run(made, "print(points)").output == run(session(), "print(points)").output


@pytest.mark.parametrize(
    "code",
    [
        "open('/etc/passwd')", "points.__class__", "torch.load('x')", "'{0.__class__}'.format(points)",
        "torch.from_file('x')", "points.tofile('x')", "exec('1')", "torch.save(points, 'x')", "import os",
    ],
)  # fmt: skip
def test_the_list_of_what_is_allowed_holds(code: str) -> None:
    told = preview(session(), code)
    assert told.trouble is not None
    step = run(session(), code)
    assert step.problem is not None
    assert told.trouble.message == step.problem.message


def test_what_may_surprise_is_told_as_the_step_tells_it() -> None:
    made = session("o = torch.arange(10.).as_strided((3, 3), (2, 1))")
    for code in ("points.contiguous()", "points.squeeze(0)", "torch.squeeze(points, 1)", "o.add_(1)", "o.fill_(1)"):
        told = preview(made, code)
        assert told.trouble is None
        assert told.remarks == run(made, code).remarks
    assert preview(made, "o.add_(1)").remarks[0].startswith("Elements [0, 2] and [1, 0] lie on one cell of the storage")


def test_a_refusal_has_its_reason_as_the_step_has_it() -> None:
    made = session()
    told = preview(made, "points.t().view(6)").trouble
    step = run(made, "points.t().view(6)").problem
    assert told is not None
    assert step is not None
    assert step.found is not None
    assert isinstance(told.reason, BrokenView)
    assert (told.message, told.subject, told.reason) == (step.message, "points.t()", step.found.reason)
    clash = preview(made, "points + torch.ones(4)").trouble
    assert clash is not None
    assert isinstance(clash.reason, Clash)
    assert clash.reason.sizes == (2, 4)


@pytest.mark.parametrize("code", ["b.abs()", "-b", "i.softmax(0)", "points.to(torch.uint16) + 1", "c.clamp(0, 1)"])
def test_a_dtype_that_torch_has_no_kernel_for_is_refused_beforehand(code: str) -> None:
    made = session("b = torch.ones(2, dtype=torch.bool)", "i = torch.arange(3)", "c = torch.zeros(2) * 1j")
    assert preview(made, code).trouble is not None
    assert run(made, code).problem is not None


def test_writing_where_elements_share_memory_is_refused_beforehand() -> None:
    made = session()
    for code in ("points.expand(2, 3, 2).mul_(2)", "points.expand(1, 3, 2).mul_(2)", "points.expand(2, 3, 2).zero_()",
                 "points.expand(2, 3, 2).copy_(points)"):  # fmt: skip
        check(made, code)
    large = session("row = torch.zeros(1, 100_000)")
    for code in ("row.expand(4, -1).mul_(2)", "row.expand(4, -1).zero_()", "row.to(torch.bool).mul_(2)"):
        check(large, code)


def test_autograd_refuses_beforehand_what_it_will_refuse() -> None:
    made = session("w = torch.ones(3, requires_grad=True)", "y = w * 2", "z = y.view(3)")
    for code in ("w.zero_()", "w[0] = 1", "w.view(3).zero_()"):
        assert preview(made, code).trouble is not None, code
    for code in ("y.mul_(2)", "z.mul_(2)", "y[0] = 1", "w.detach().zero_()"):
        check(made, code)
    told = check(made, "u = w + 1")
    assert told.results[0].requires_grad


def test_memory_is_told_and_not_taken() -> None:
    told = preview(session(), "big = torch.zeros(10 ** 9, 10)")
    assert (told.effect, told.new_bytes, told.trouble) == ("new", 40_000_000_000, None)
    copied = preview(session(), "points.repeat(10 ** 6, 10 ** 6)")
    assert copied.bytes_copied == copied.new_bytes == 24 * 10**12


@pytest.mark.parametrize(
    "code",
    [
        "x = points.t()", "x, y = points.unbind(1)", "x = [points, points.t()]", "x = parts[1].t()",
        "x = m.values[None]",
        "x = points.cpu()", "x = points.to('cpu')", "x = points.to(points)", "x = points.to(torch.float64)",
        "x = points.to('cpu', torch.float64, copy=True)", "x = points.to(dtype=torch.int8)", "x = points.to(copy=True)",
        "x = points.new_zeros(2, 2, device='cpu')", "x = torch.zeros(3, device=points.device)", "x = c.real",
        "x = c + 1", "x = c.imag", "x = c.resolve_conj()", "x = points.sort()", "x = points.topk(1)",
        "x = points.std(0)",
        "x = points.max(1)", "x = points @ points.t()", "x = torch.cat([points, points.t().reshape(3, 2)], 1)",
        "x = torch.where(points > 2, points, 0)", "x = points[torch.tensor([0, 2])]", "x = points[[0, 1], [1, 0]]",
        "x = torch.nn.functional.pad(points, (1, 1))", "x = points.softmax(1)", "x = points.unflatten(0, (3, 1))",
        "x = torch.einsum('ij,kj->ik', points, points)", "x = points.half().float()", "x = points.view(torch.uint8)",
        "x = image.contiguous(memory_format=torch.channels_last)", "x = image.permute(0, 2, 3, 1)",
        "x = torch.nn.functional.conv2d(image, image[:1])", "x = image.flip(1)", "x = points.repeat_interleave(2, 0)",
    ],
)  # fmt: skip
def test_these_are_told_as_they_then_run(code: str) -> None:
    made = session(
        "parts = list(points.split(2))", "m = points.max(0)", "c = torch.zeros(2, 3, dtype=torch.complex64).conj()",
        "image = torch.zeros(2, 3, 4, 4)",
    )  # fmt: skip
    if "= [" in code or "unbind" in code:
        told, step = preview(made, code), run(made, code)
        assert (told.effect, told.bytes_copied) == (step.effect, step.bytes_copied)
        rows = {row.name: row for row in session_facts(made, 0).tensors}
        assert [(one.name, one.layout) for one in told.results] == [
            (one.name, rows[one.name].layout) for one in told.results
        ]
    else:
        assert not check(made, code).unknown


def test_colours_are_those_the_result_will_have() -> None:
    made = session("q = points.t()", "z = points.t().contiguous()")
    for code in ("a = q[0]", "b = z + 1", "c = z.t()[1:]", "d = q.unsqueeze(0)", "e = points.reshape(6)"):
        check(made, code)


def test_a_small_step_is_told_in_twenty_milliseconds() -> None:
    made = session(*(f"x{number} = points[{number % 3}:]" for number in range(200)))
    preview(made, "y = points.t()")
    times = []
    for _ in range(20):
        started = time.perf_counter()
        preview(made, "y = points.t().reshape(6)")
        times.append(time.perf_counter() - started)
    assert sorted(times)[10] < 0.02


def test_what_is_made_elsewhere_is_told_to_be_there() -> None:
    """As on a computer with a GPU, of which the mirrors have no need."""
    machine = DryMachine()
    mirror, gpu = torch.empty(3, device="meta"), torch.device("cuda:0")
    machine.places.put([mirror], gpu)
    machine.begin(None)
    machine.recorder.begin({}, (), None)
    with machine.recorder:
        made = (mirror + 1).t().contiguous()
        stays = machine._moved(mirror, gpu, (), {})
        moved = machine._moved(mirror, torch.device("cpu"), (), {})
    assert machine.places.of(made) == gpu
    assert stays is mirror
    assert moved is not mirror
    assert machine.places.of(moved).type == "cpu"
    assert machine.recorder.recorded().ops[-1].name == "aten._to_copy"

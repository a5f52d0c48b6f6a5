"""The language against Python itself: the same code prints the same, fails where Python fails,
    leaves the same values.

Must not know how the interpreter works.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from tensorviz.engine.session import Session
from tests.engine.console.prompt import at_prompt

BASICS = (
    "a = [1.0, 2.0, 1.0]\na[0]\na[2] = 3.0\na",
    "x = 1\nx += 2\nx -= 1\nx *= 7\nx //= 2\nx **= 3\nx %= 10\nx",
    "a = b = [1]\na.append(2)\nb\na is b",
    "a, b = 1, 2\na, b = b, a\n(a, b)",
    "first, *rest = range(5)\nfirst, rest\n*start, last = 'abc'\nstart, last\n(a, (b, *c)) = 1, [2, 3, 4]\nc",
    "_ = 5\n_ + 1",
    "x = 3\nx\n_ + 1\n_",
    "x = 5\ndel x\nx",
    "d = {'a': 1, 'b': [2, 3]}\nd['c'] = 4\ndel d['a']\nd\nd.get('z', 0)\nsorted(d.items(), key=str)",
    "s = {1, 2} | {3}\nlen(s)\n2 in s, 5 not in s",
    "[i * j for i in range(3) for j in range(3) if i != j]",
    "{i: i ** 2 for i in range(4)}\n{i % 3 for i in range(9)}\nsum(i for i in range(10))",
    "x = 10\n[x for x in range(3)]\nx",
    "(y := 4) + 1\ny",
    "assert 1 == 1\nassert 1 == 2, 'one is not two'\nassert []",
    "if 0:\n    x = 1\nelif 1:\n    x = 2\nelse:\n    x = 3\nx",
    "for i in range(3):\n    i\nelse:\n    'done'",
    "for i in range(10):\n    if i == 2: continue\n    if i == 5: break\n    print(i, end=' ')\nelse:\n"
    "    print('never')",
    "n = 0\nwhile n < 3:\n    n += 1\nelse:\n    n = 10\nn",
    "for k, v in {'a': 1}.items(): print(k, v, sep='=')",
    "try:\n    1 / 0\nexcept ZeroDivisionError as e:\n    print('caught', e)\nfinally:\n    print('end')",
    "try:\n    [][1]\nexcept (KeyError, IndexError) as e:\n    text = str(e)\nelse:\n    text = 'none'\ntext\ne",
    "try:\n    torch.zeros(2) + torch.zeros(3)\nexcept RuntimeError as e:\n    print(str(e)[:20])",
    "try:\n    raise ValueError('mine')\nexcept Exception as e:\n    e.args\n    print(repr(e))",
    "try:\n    try:\n        1 / 0\n    except ValueError:\n        print('wrong')\nexcept:\n    print('right')",
    "x = 3.14159\nf'{x:.2f} {x!r} {x:>10.3f} {1 + 1} {\"a\":<3}|'",
    "'{} {1} {0:.1f}'.format(1, 2)",
    "'{} {:.1f} {a[0]} {b[k]} {0!r}'.replace('{0!r}', '').format(1, 2.0, a=[7], b={'k': 3})",
    "'%d %5.2f %s %r %%' % (1, 2.5, 'x', 'y')\n'%(a)s' % {'a': 1}",
    "1 < 2 < 3, 3 > 2 > 2, 1 == 1 != 2",
    "not 1, -2, +3, ~4, 1 or 0, 0 and 1, None or 'x'",
    "7 // 2, 7 % 3, -7 // 2, 2 ** 10, 7 / 2, 5 & 3, 5 | 3, 5 ^ 3, 1 << 4, 256 >> 2, 2 ** -1",
    "1 if [] else 2",
    "list(map(str, [1, 2])), list(zip('ab', [1, 2])), list(enumerate('ab', 1)), list(filter(None, [0, 1, 2]))",
    "max(3, 1, 2), min([4, 2]), max('abc', key=ord), max([], default=5), abs(-3), round(2.567, 1), "
    "round(2.5), divmod(7, 2)",
    "any([0, 1]), all([1, 0]), sum([1, 2], 10), len('abc'), sorted([3, 1, 2], reverse=True), list(reversed([1, 2]))",
    "isinstance(1, int), isinstance('a', (int, str)), isinstance(torch.zeros(1), torch.Tensor), type(1) == int",
    "int('12'), int('ff', 16), float('1.5'), str(5), bool([]), complex(1, 2), list('ab'), tuple([1]), "
    "dict(a=1), set([1])",
    "hex(255), bin(5), oct(8), chr(97), ord('a'), repr('a'), format(3.14159, '.2f'), pow(2, 5, 7)",
    "it = iter([1, 2])\nnext(it), next(it), next(it, 'end')",
    "'a-b'.split('-'), ' x '.strip(), 'abc'.upper(), ','.join(['a', 'b']), 'aXa'.replace('X', '-'), 'abc'.find('c')",
    "x = [1, 2, 3, 4]\nx[1:3], x[::-1], x[-1]\nx[1:3] = [9]\nx\nx += [5]\nx.pop(), x.index(9), "
    "x.count(1)\nx.reverse()\nx",
    "x = [3, 1, 2]\nx.sort()\nx\nx.insert(0, 7)\nx.remove(1)\nx.extend((8, 9))\nx\nx * 2",
    "y: int = 4\ny",
    "'abc'[1], 'abc'[::-1], (1, 2, 3)[-1], 'a' in 'abc', 'a' * 3, (1,) * 2, 'a' 'b'",
    "x = 1\nx.real, (2.5).is_integer(), (1+2j).imag, (5).bit_length()",
    "print()\nprint(1, 'a', None, [1], sep='-', end='!\\n')\nprint('a\\nb')",
    "None\n...\nTrue\n'text'\n1e10, 1e-5, float('nan'), float('inf'), -0.0, 1j",
    "import math\nmath.sqrt(2), math.pi, math.floor(2.5), math.isnan(math.nan)",
    "from math import sqrt, pi as p\nsqrt(4), p",
    "pass\nimport torch\nimport numpy as np\nimport torch.nn.functional as F\nfrom torch.nn import functional",
    "[1, 2] == [1, 2], [1] < [2], (1, 'a') == (1, 'a'), {1: 2} == {1: 2}, {1} <= {1, 2}",
    "[*range(3), *'ab'], {**{'a': 1}, 'b': 2}, (*[1], 2)\nprint(*[1, 2], **{'sep': '-'})",
    "i = 0\nx = [0, 0]\nx[i] += 5\nx\nd = {'k': 1}\nd['k'] *= 3\nd",
)
TENSORS = (
    "a = torch.arange(6.).reshape(2, 3)\na\na.T\na[0], a[:, 1], a[..., -1], a[None].shape, a[a > 2], a[[1, 0]]",
    "a = torch.zeros(2, 2)\na[0, 0] = 5\na[1] = torch.tensor([1., 2.])\na[:, 1] += 3\na",
    "x = torch.arange(10)\nx[2:8:2] = 0\nx[x > 5] *= 2\nx",
    "x = torch.ones(2)\ny = x\ny += 1\nx\nx = x + 1\ny",
    "x = torch.tensor([1.5, 2.5])\nx.int(), x.long(), x.bool(), x.half(), x.double(), x.to(torch.int16), "
    "x.type(torch.int8)",
    "torch.tensor([1, 2]).dtype, torch.tensor([1., 2]).dtype, torch.tensor(True), torch.tensor(1 + 2j), "
    "torch.tensor([])",
    "torch.tensor([1, 2]) + 0.5, torch.tensor([1, 2]) / 2, torch.tensor([1, 2]) // 2, "
    "2 ** torch.tensor([1, 2]), -torch.ones(1)",
    "torch.zeros(2, 3).shape, torch.zeros(2, 3).size(), torch.zeros(2, 3).size(0), torch.Size([2, 3]), "
    "torch.zeros(2).numel()",
    "m, i = torch.tensor([[1., 5.], [7., 2.]]).max(dim=1)\nm, i",
    "r = torch.tensor([3., 1.]).sort()\nr.values, r.indices, r[0]\nr",
    "float(torch.tensor(1.5)), int(torch.tensor(3)), bool(torch.tensor(0)), torch.tensor([2.]).item(), "
    "len(torch.zeros(3, 2))",
    "[row.tolist() for row in torch.eye(2)], list(torch.arange(3)), [int(v) for v in torch.arange(3)]",
    "a, b, c = torch.arange(3)\na, b, c\nx, y = torch.arange(4).chunk(2)\nx, y",
    "torch.stack([torch.ones(2), torch.zeros(2)]), torch.cat((torch.ones(1), torch.zeros(1)))",
    "torch.tensor([1., float('nan'), float('inf')]), torch.isnan(torch.tensor([float('nan')]))",
    "if torch.tensor(1): print('true')\nif torch.tensor([1, 2]): print('never')",
    "bool(torch.zeros(0))\ntorch.zeros(0).shape\ntorch.zeros(2, 0, 3)",
    "x = torch.arange(24).view(2, 3, 4)\nx.permute(2, 0, 1).shape, x.transpose(0, 2).stride(), x[1, ..., "
    "::2], x.flatten(1).shape",
    "x = torch.eye(3)\nx @ x, x.mm(x), torch.einsum('ij->i', x), x.sum(), x.mean(dim=0), x.std(), x.argmax()",
    "torch.manual_seed(7)\ntorch.rand(2), torch.randn(2), torch.randint(0, 10, (3,)), torch.randperm(4)".replace(
        "torch.manual_seed(7)", "_ = torch.manual_seed(7)"),
    "torch.linspace(0, 1, 3), torch.logspace(0, 2, 3), torch.full((2,), 7), "
    "torch.ones_like(torch.zeros(2)), torch.eye(2)",
    "x = torch.tensor([1., 2.])\nf'{x} {x[0]:.1f}'\nprint(x, x.shape)\nstr(x)",
    "F.relu(torch.tensor([-1., 1.])), torch.nn.functional.softmax(torch.zeros(2), dim=0), "
    "F.pad(torch.ones(1), (1, 1))",
    "torch.where(torch.tensor([True, False]), 1, 2), torch.tensor([1, 2]) == torch.tensor([1, 3]), "
    "torch.equal(torch.ones(1), torch.ones(1))",
    "torch.zeros(2, dtype=float), torch.zeros(2, dtype=torch.bool), torch.tensor([1], dtype=int)",
    "torch.device('cpu'), torch.float32, torch.float64.itemsize, torch.finfo(torch.float32).eps, "
    "torch.iinfo(torch.int8).max",
    "x = torch.ones(2)\nx.foo\nx.add(torch.ones(3))\nx.view(5)\ntorch.zeros(2)[5]\nx",
    "torch.set_printoptions(precision=2)\ntorch.tensor([1.23456])\n"
    "torch.set_printoptions(profile='default')\ntorch.tensor([1.23456])",
    "x = torch.tensor([1., 2.], requires_grad=True)\ny = (x * x).sum()\ny\ny.backward()\nx.grad\n"
    "x.grad.zero_()\nx.is_leaf, y.requires_grad",
    "x = torch.ones(2, requires_grad=True)\nwith torch.no_grad():\n    x -= 0.5\n"
    "    (x * 2).requires_grad\nx\nx.detach()",
    "x = torch.ones(2, requires_grad=True)\nx.add_(1)\nx.numpy()\ntorch.autograd.grad((x ** 2).sum(), "
    "x)\nx.sum().grad_fn is None",
    "c = torch.tensor([1+2j, 3-4j])\nc.conj(), c.real, c.imag, c.abs(), torch.view_as_real(c), c.conj().is_conj()",
    "torch.FloatTensor([1, 2]), torch.Tensor([1, 2]), torch.LongTensor([3]), torch.Tensor(0), "
    "torch.DoubleTensor([[1], [2]])",
    "torch.promote_types(torch.int8, torch.float16), torch.result_type(torch.ones(1), 1), "
    "torch.can_cast(torch.float, torch.int)",
    "torch.tensor([1., 2.]).unbind(), torch.meshgrid(torch.arange(2), torch.arange(2), indexing='ij')",
    "torch.arange(5).unfold(0, 3, 1), torch.arange(3).expand(2, 3), torch.arange(6).as_strided((2, 2), (1, 2), 1)",
)
NUMPY = (
    "import numpy as np\na = np.arange(6).reshape(2, 3)\na\na.strides, a.T.strides, a[:, ::-1].strides, "
    "a.shape, a.dtype",
    "x = torch.zeros(3)\na = x.numpy()\na[1] = 5\nx\na += 1\nx\nx[0] = -1\na",
    "a = np.ones(3)\nt = torch.from_numpy(a)\nt[0] = 9\na\nt.dtype\nt += 1\na",
    "a = np.arange(3)[::-1]\na\ntorch.from_numpy(a)\ntorch.from_numpy(a.copy())",
    "np.zeros((2, 2)), np.linspace(0, 1, 3), np.eye(2), np.full((2,), 7), np.array([[1, 2], [3, 4]]).sum(axis=0)",
    "np.sqrt(np.array([4., 9.])), np.dot(np.ones(2), np.ones(2)), np.concatenate([np.ones(1), np.zeros(1)])",
    "a = np.array([3, 1, 2])\na.sort()\na\na.fill(7)\na\nnp.pi, np.float32(1.5), np.array([1], "
    "dtype=np.int16), np.array([1.], dtype='float32')",
    "a = np.zeros(3)\nnp.add(a, 1, out=a)\na\na[a > 0] = 2\na\na.mean(), a.max(), a.tolist(), "
    "a.astype(np.int64), len(a)",
    "torch.tensor(np.array([1, 2])), torch.as_tensor(np.array([1.5])), np.array(torch.ones(2)), "
    "np.asarray([1, 2]) * 2.5",
    "np.isnan(np.nan), np.where(np.array([True, False]), 1, 2), np.allclose([1.], [1.]), np.arange(3) @ np.arange(3)",
    "np.random.seed(3)\nnp.random.rand(2)\nnp.random.randint(0, 10, size=3)\nnp.random.randn(1)",
)


def ran(source: str) -> tuple[list[Any], dict[str, Any]]:
    """What the console printed for each step with the kind of the error, and the variables at the end."""
    torch.manual_seed(0)
    session = Session(history=False)
    steps = list(session.run(source))
    return [(step.output, step.problem) for step in steps], session.variables


def same(ours: Any, theirs: Any) -> bool:
    """Whether two values are equal, tensors and arrays by kind, layout and bits."""
    if isinstance(theirs, torch.Tensor):
        return (
            isinstance(ours, torch.Tensor)
            and (ours.dtype, ours.shape, ours.stride()) == (theirs.dtype, theirs.shape, theirs.stride())
            and bool(torch.equal(ours.nan_to_num(1e9), theirs.nan_to_num(1e9)))
        )
    if isinstance(theirs, np.ndarray):
        return isinstance(ours, np.ndarray) and ours.strides == theirs.strides and bool(np.array_equal(ours, theirs))
    if isinstance(theirs, list | tuple):
        return len(ours) == len(theirs) and all(map(same, ours, theirs))
    return repr(ours) == repr(theirs) or ours == theirs


@pytest.mark.parametrize("source", [*BASICS, *TENSORS, *NUMPY], ids=lambda source: source[:40])
def test_the_console_is_a_python_prompt(source: str) -> None:
    torch.manual_seed(0)
    theirs, their_names = at_prompt(source)
    ours, our_names = ran(source)
    assert [output for output, _ in ours] == [output for output, _ in theirs]
    assert [problem is not None for _, problem in ours] == [kind is not None for _, kind in theirs]
    names = [name for name, value in their_names.items() if not callable(value) or isinstance(value, torch.Tensor)]
    names = [name for name in names if type(their_names[name]).__name__ not in ("module", "list_iterator")]
    assert [name for name in names if not same(our_names.get(name), their_names[name])] == []


def test_a_later_step_runs_after_a_failed_one() -> None:
    steps = list(Session().run("x = 1\nx = y\nx + 1"))
    assert [step.problem is None for step in steps] == [True, False, True]
    assert steps[2].output == "2\n"


def test_a_broken_line_takes_no_other_along() -> None:
    source = "x = [1,\n     2]\nif x\n    y = 1\nfor i in x:\n    i\n\n    print('a')\nx = = 2\nx\n'''a\nb'''\n"
    steps = list(Session().run(source))
    assert [step.code.splitlines()[0] for step in steps] == ["x = [1,", "if x", "for i in x:", "x = = 2", "x", "'''a"]
    assert [step.problem is None for step in steps] == [True, False, True, False, True, True]
    assert steps[4].output == "[1, 2]\n"
    assert steps[3].problem is not None
    assert "is not Python" in steps[3].problem.message


def test_two_statements_on_a_line_are_two_steps() -> None:
    assert [step.code for step in Session().run("a = 1; b = 2  # note")] == ["a = 1", "b = 2"]


@pytest.mark.parametrize(
    ("code", "meant"),
    [
        ("points = 1\npoint", "points"),
        ("torch.zeroes(2)", "zeros"),
        ("torch.zeros(2).transposed(0, 1)", "transpose"),
        ("np.arrange(3)", "arange"),
        ("import nunpy", "numpy"),
        ("'a'.uper()", "upper"),
    ],
)
def test_unknown_names_say_what_was_meant(code: str, meant: str) -> None:
    problem = list(Session().run(code))[-1].problem
    assert problem is not None
    assert f"Did you mean {meant}" in problem.hint


@pytest.mark.parametrize("code", ["torch.ones(1).to('cuda')", "torch.ones(1).cuda()",
    "torch.ones(1, device='cuda:0')",
                                  "torch.ones(1).to(device=torch.device('cuda'))",
                                  "torch.tensor([1], device='cuda')"])  # fmt: skip
@pytest.mark.skipif(torch.cuda.is_available(), reason="this computer has a GPU")
def test_cuda_without_one_has_its_own_sentence(code: str) -> None:
    problem = list(Session().run(code))[-1].problem
    assert problem is not None
    assert "no usable NVIDIA GPU" in problem.message


@pytest.mark.parametrize("code", ["torch.zeros(2, names=('a', 'b'))", "torch.zeros(2).refine_names('a')",
                                  "torch.zeros(2).names", "torch.zeros(2).align_to('a')"])  # fmt: skip
def test_named_tensors_are_refused_with_the_reason(code: str) -> None:
    problem = list(Session().run(code))[-1].problem
    assert problem is not None
    assert "removed its named tensors" in problem.message


def test_torchs_own_words_are_kept() -> None:
    problem = list(Session().run("torch.arange(6).reshape(2, 3).t().view(6)"))[-1].problem
    assert problem is not None
    assert problem.explanation.startswith("RuntimeError: view size is not compatible")
    assert "reshape()" in problem.hint


def test_long_output_is_cut_and_says_so() -> None:
    step = list(Session().run("for i in range(2000): print('x' * 1000)"))[-1]
    assert len(step.output) < 1_000_100
    assert step.output.endswith("(the rest of the output is cut)\n")


def test_warnings_of_torch_stand_beside_the_step() -> None:
    step = list(Session().run("torch.zeros(2, 2, 2).T"))[-1]
    assert step.problem is None
    assert any("deprecated" in text for text in step.warnings)

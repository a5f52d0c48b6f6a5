"""Sessions that resist: loops without end, questions nobody answers, too many variables, texts that are no texts."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from tensorviz.engine.messages import JobCancelled, JobFailed, JobFinished, JobStarted
from tensorviz.engine.messages.session import (
    AnswerCost,
    CompleteCode,
    CompletionsFound,
    CostAsked,
    JumpToStep,
    MeasureTensor,
    PagesRead,
    PreviewCode,
    ReadPages,
    RunCode,
    SessionChanged,
    StepRan,
    TensorMeasured,
    UndoStep,
)
from tests.engine.tensors.rig import Running, holds, new_desk, restored, run

STOPS = 3.0  # seconds in which a window that is closed must be gone
ENDLESS = (
    "while True:\n    pass",
    "while True:\n    try:\n        while True:\n            x = 1\n    except:\n        pass",
    "while True:\n    try:\n        1 / 0\n    except Exception:\n        continue",
    "[i for i in range(1000) for j in range(1000) for k in range(1000)]",
    "while True:\n    x = torch.ones(300, 300) @ torch.ones(300, 300)",
    "while True:\n    x = torch.arange(10_000).sort()",
    "while True:\n    print('a')",
)
QUESTION = "torch.zeros(10**9)"


@pytest.mark.parametrize("code", ENDLESS)
def test_what_never_ends_is_cancelled_and_the_session_goes_on(code: str) -> None:
    with Running() as engine:
        engine.ask(RunCode("kept = torch.ones(3)"))
        job = engine.send(RunCode(code))
        engine.wait(lambda: any(isinstance(one, JobStarted) for one in engine.of(job)))
        began = time.perf_counter()
        engine.engine.cancel(job)
        events = engine.ended(job)
        assert time.perf_counter() - began < STOPS
        assert isinstance(events[-1], JobCancelled | JobFinished)
        [step] = engine.find(engine.ask(RunCode("kept + 1")), StepRan)
        assert step.step.output.startswith("tensor([2., 2., 2.])")


def test_a_question_that_is_open_can_be_cancelled() -> None:
    with Running() as engine:
        job = engine.send(RunCode(f"x = 1\ny = {QUESTION}\nz = 3"))
        engine.wait(lambda: bool(engine.find(engine.of(job), CostAsked)))
        engine.engine.cancel(job)
        assert isinstance(engine.ended(job)[-1], JobCancelled)
        [asked] = engine.find(engine.of(job), CostAsked)
        engine.ask(AnswerCost(asked.question, True))  # too late: passed over
        facts = engine.find(engine.ask(RunCode("w = 4")), SessionChanged)[-1].facts
        assert [name for name, _ in facts.other] == ["x", "w"]


@pytest.mark.parametrize("code", [ENDLESS[0], ENDLESS[1], ENDLESS[4], QUESTION])
def test_the_engine_stops_in_time_whatever_runs(code: str) -> None:
    engine = Running()
    engine.ask(RunCode("x = 1"))
    job = engine.send(RunCode(code))
    kind = CostAsked if code == QUESTION else JobStarted
    engine.wait(lambda: bool(engine.find(engine.of(job), kind)))
    began = time.perf_counter()
    assert engine.engine.stop(STOPS)
    assert time.perf_counter() - began < STOPS


def test_five_thousand_variables_are_counted_and_the_first_thousand_listed() -> None:
    desk = new_desk()
    for first in range(0, 5000, 500):
        names = ", ".join(f"v{first + n}" for n in range(500))
        run(desk, f"{names} = [torch.zeros(2) for _ in range(500)]")
    facts = desk.facts()
    assert (len(facts.tensors), facts.left_out) == (1000, 4000)
    run(desk, "v4999[0] = 7")
    assert desk.session.tensors()["v4999"].tolist() == [7.0, 0.0]
    desk.undo()
    assert desk.session.tensors()["v4999"].tolist() == [0.0, 0.0]
    assert desk.facts() == desk.facts()


CODES = (
    "\x00", "x = 1\x00", "'\udc80'", "'\udfff' + 'x'", "x = '\U0001d518'", "λ = torch.ones(2)", "λ", "ﬁ = 3", "fi",
    f"{'n' * 5000} = torch.zeros(1)", "None = 3", "lambda = 2", "class = torch.ones(1)", "'\\x00'", "print('\\ud800')",
    "x = '''a\nb'''", "x = (\n1,\n2)", "\ufeffx = 1", "#" * 1000, "\r\nx = 2\r\n", "\f x", "\t",
)  # fmt: skip


def test_texts_that_are_no_texts_are_answered_logged_and_brought_back(tmp_path: Path) -> None:
    desk = new_desk(tmp_path)
    for code in CODES:
        for row in desk.run(code, None, None):
            assert row.code is not None
            str(row).encode("utf-8", "surrogatepass")
    again, steps, notes = restored(tmp_path)
    assert notes == []
    assert holds(again) == holds(desk)
    assert len(steps) == len(holds(desk)["steps"])


AWKWARD = (
    "x = torch.tensor([float('nan'), float('inf'), -float('inf'), -0.0])",
    "c = torch.complex(x, x).conj()",
    "c.imag.neg()",
    "e = torch.empty(0, 3)",
    "deep = torch.zeros(1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2)",
    "box = {'a': [x, (e, deep)], 'b': {'c': x[1:]}}",
    "box['a'].append(x * 2)",
    "box['b'].clear()",
    "r = torch.arange(6.)",
    "v = r[2:]",
    "r.resize_(1000)",
    "w = torch.ones(3)",
    "w.set_(r)",
    "w.data = torch.zeros(5)",
    "g = torch.ones(3, requires_grad=True)",
    "(g * g).sum().backward()",
    "g.grad.zero_()",
    "g.grad = None",
    "a = torch.ones(4).numpy()",
    "t = torch.from_numpy(a)",
    "a[0] = 5",
    "del a",
    "t += 1",
    "h = x.to(torch.float16)",
    "b = torch.tensor([True, False])",
    "q = h.view(torch.int16)",
    "r.resize_(2)",
    "v",
    "del r, v, w",
    "s = torch.tensor(3)",
    "s.fill_(2)",
)


def test_awkward_tensors_are_told_measured_read_previewed_and_taken_back() -> None:
    with Running() as engine:
        for number, code in enumerate(AWKWARD, 1):
            events = engine.ask(RunCode(code))
            [step] = engine.find(events, StepRan)
            assert step.step.number == number
            facts = engine.find(events, SessionChanged)[-1].facts
            for storage in facts.storages:
                [pages] = engine.find(engine.ask(ReadPages(storage.id, (0, 1, 10**9))), PagesRead)
                assert sum(len(raw) for _, raw in pages.pages) == min(storage.nbytes, 8192)
            for tensor in facts.tensors:
                told = engine.ask(MeasureTensor(tensor.name))
                assert isinstance(told[-1], JobFinished | JobFailed)
                for one in engine.find(told, TensorMeasured):
                    assert one.statistics.numel == tensor.layout.numel
            preview = engine.ask(PreviewCode(code))
            assert isinstance(preview[-1], JobFinished)
            assert engine.find(engine.ask(CompleteCode(code, len(code))), CompletionsFound)
        for number in range(len(AWKWARD) - 1, -1, -1):
            events = engine.ask(UndoStep())
            if isinstance(events[-1], JobFailed):
                assert "autograd" in str(events[-1].problem.message)
                break
            assert engine.find(events, SessionChanged)[-1].facts.here == number
        assert isinstance(engine.ask(JumpToStep(len(AWKWARD)))[-1], JobFinished)


def test_a_large_output_is_cut_and_the_session_goes_on() -> None:
    desk = new_desk()
    [row] = run(desk, "for i in range(100_000):\n    print('x' * 100)")
    assert len(row.output) <= 1_100_000  # the limit, and the sentence that it was met
    [row] = run(desk, "1 + 1")
    assert row.output == "2\n"

"""Slow layers in a process of their own: the same bits, killed when asked, and every way in which it may die.

The generators are tiny; what goes to the workshop is decided by a limit of nought seconds. Only where the process
itself is looked at is one started.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import psutil
import pytest
import torch

from tensorviz.core.errors import Cancelled, MemoryExhausted, TensorvizError
from tensorviz.core.translation import INPUT_RANGES
from tensorviz.core.translation_time import Speed, slowest_layer
from tensorviz.engine.cancel import CancelToken
from tensorviz.engine.tasks.translate.apart import ForwardApart
from tensorviz.engine.tasks.translate.build import build_generator
from tensorviz.engine.tasks.translate.forward import Forward
from tensorviz.engine.tasks.translate.translator import Identity, Translator
from tensorviz.engine.tasks.translate.workshop import Workshop
from tests.engine.translate.plain import Variant, checkpoint
from tests.engine.translate.test_blocks import picture

CPU = torch.device("cpu")
TINY = Variant(4, 3)
PIXELS = np.random.default_rng(0).integers(0, 256, (32, 44, 3), dtype=np.uint8)
STARTS = pytest.mark.slow  # a process with torch in it, or two: 2 to 4 s of processor time each
POSIX = pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")


@pytest.fixture(scope="module")
def workshop() -> Iterator[Workshop]:
    """One process for all tests that do not kill it."""
    made = Workshop()
    yield made
    made.close()
    made.settle()


@pytest.fixture
def own() -> Iterator[Workshop]:
    made = Workshop()
    yield made
    made.close()
    made.settle()


def apart(workshop: Workshop, variant: Variant = TINY, seed: int = 0, longest: float = -1.0) -> ForwardApart:
    return ForwardApart(build_generator(checkpoint(variant, seed)).network, CPU, workshop, longest=longest)


def here(variant: Variant = TINY, seed: int = 0) -> Forward:
    return Forward(build_generator(checkpoint(variant, seed)).network, CPU)


# ------------------------------------------------------------------------------------------------------- the same


@pytest.mark.parametrize("variant", [TINY, Variant(2, 1, True, True)], ids=str)
@pytest.mark.parametrize("threads", [1, 2])
def test_the_same_bits_as_here(workshop: Workshop, variant: Variant, threads: int) -> None:
    torch.set_num_threads(threads)
    there, ours = apart(workshop, variant), here(variant)
    for input_range in INPUT_RANGES:
        assert torch.equal(there.drawn(PIXELS, input_range), ours.drawn(PIXELS, input_range))
    features = there.features(PIXELS, "trained")
    assert torch.equal(features, ours.features(PIXELS, "trained"))
    assert torch.equal(there.features(PIXELS, "trained", 1), ours.features(PIXELS, "trained", 1))
    for block in range(variant.blocks + 1):
        one, other = there.step(features, block), ours.step(features, block)
        assert torch.equal(one.features, other.features)
        assert torch.equal(one.drawn, other.drawn)
        numbers = (other.minimum, other.maximum, other.mean, other.change)
        assert (one.minimum, one.maximum, one.mean, one.change) == numbers
        features = one.features
    assert torch.equal(one.drawn, ours.drawn(PIXELS, "trained"))


def test_the_translator_does_not_know_the_difference(workshop: Workshop) -> None:
    one, other = (Translator(Identity("small", "file", resize=0), way) for way in (apart(workshop), here()))
    image = picture(45, 31)
    assert one.translate(image).image.tobytes() == other.translate(image).image.tobytes()
    assert list(one.blocks(image)) == list(other.blocks(image))
    for stage in ("input", "block-0", "block-2", "output"):
        found = one.stage(image, stage)
        assert torch.equal(found, other.stage(image, stage))
        found.requires_grad_(True).sum().backward()


def test_stages_are_told_in_order_with_their_features(workshop: Workshop) -> None:
    met: list[tuple[int, torch.Tensor]] = []
    told = list[int]()
    there = apart(workshop)
    there.drawn(PIXELS, "trained", stage=lambda index, features: met.append((index, features)))
    there.drawn(PIXELS, "trained", CancelToken(), tell=told.append)
    assert [index for index, _ in met] == told == [0, 1, 2]
    for index, features in met:
        assert torch.equal(features, here().features(PIXELS, "trained", index + 1))


def test_three_generators_take_turns(workshop: Workshop) -> None:
    ways = [(apart(workshop, seed=seed), here(seed=seed)) for seed in range(3)]
    for turn in (0, 1, 2, 0, 0, 2, 1):
        there, ours = ways[turn]
        assert torch.equal(there.drawn(PIXELS, "trained"), ours.drawn(PIXELS, "trained"))


def test_the_process_is_kept_warm(workshop: Workshop) -> None:
    there = apart(workshop)
    there.drawn(PIXELS, "trained")
    first = workshop.pid
    there.drawn(PIXELS, "book")
    assert first is not None
    assert workshop.pid == first


# ----------------------------------------------------------------------------------------------------- the decision


def test_what_has_a_layer_that_takes_long_goes_there() -> None:
    workshop, size = Workshop(), (1280, 1024)
    work = slowest_layer(size, 4)
    for rate, goes in ((work / 0.49, False), (work / 0.51, True)):
        network = build_generator(checkpoint(TINY)).network
        way = ForwardApart(network, CPU, workshop, speed=Speed(usual=rate))
        assert way.is_apart(size) is goes
    assert not workshop.alive  # nothing was asked


def test_what_is_quick_starts_no_process() -> None:
    workshop = Workshop()
    way = apart(workshop, longest=0.5)
    drawn = way.drawn(PIXELS, "trained")
    assert torch.equal(drawn, here().drawn(PIXELS, "trained"))
    way.step(way.features(PIXELS, "trained"), 1)
    assert not workshop.alive


def test_only_the_processor_needs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    way = apart(Workshop())
    assert way.is_apart((8, 8))
    monkeypatch.setattr(way, "device", torch.device("meta"))
    assert not way.is_apart((8, 8))


def test_a_program_frozen_into_one_file_starts_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    assert not apart(Workshop()).is_apart((8, 8))


def test_a_fresh_process_needs_memory_too(workshop: Workshop) -> None:
    network = build_generator(checkpoint(TINY)).network
    cold = ForwardApart(network, CPU, Workshop(), lambda _device: 10**9)
    assert 0 < 10**9 - cold.free() < 10**9
    apart(workshop).drawn(PIXELS, "trained")
    assert ForwardApart(network, CPU, workshop, lambda _device: 10**9).free() == 10**9


# -------------------------------------------------------------------------------------------------------- cancelled


def test_a_wish_kills_it_and_the_next_picture_is_drawn_by_another(own: Workshop) -> None:
    there, token, met = apart(own), CancelToken(), list[int | None]()

    def told(_index: int) -> None:
        met.append(own.pid)
        token.cancel()

    with pytest.raises(Cancelled):
        there.drawn(PIXELS, "trained", token, tell=told)
    assert len(met) == 1
    assert not own.alive
    own.settle()
    assert not psutil.pid_exists(met[0] or 0)
    assert torch.equal(there.drawn(PIXELS, "trained"), here().drawn(PIXELS, "trained"))
    assert own.pid != met[0]


def test_a_wish_is_heard_while_nothing_comes() -> None:
    """The process never answers: it only reads, as one does whose layer takes long."""
    silent = Workshop((sys.executable, "-c", "import sys; sys.stdin.buffer.read()"))
    token = CancelToken()
    wish = threading.Timer(0.05, token.cancel)
    wish.start()
    with pytest.raises(Cancelled):
        apart(silent).drawn(PIXELS, "trained", token)
    wish.join()
    assert not silent.alive
    silent.settle()


def test_a_wish_is_heard_while_it_does_not_even_read() -> None:
    deaf = Workshop((sys.executable, "-c", "import signal; signal.pause()" if os.name == "posix" else "input()"))
    token = CancelToken()
    threading.Timer(0.05, token.cancel).start()
    with pytest.raises(Cancelled):
        apart(deaf, Variant(32, 1)).drawn(PIXELS, "trained", token)  # more bytes than a pipe holds
    assert not deaf.alive
    deaf.settle()


def test_a_wish_from_before_starts_nothing(own: Workshop) -> None:
    token = CancelToken()
    token.cancel()
    with pytest.raises(Cancelled):
        apart(own).drawn(PIXELS, "trained", token)
    assert not own.alive


@STARTS
def test_what_a_listener_raises_ends_it(own: Workshop) -> None:
    def told(_index: int) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        apart(own).drawn(PIXELS, "trained", tell=told)
    assert not own.alive


# ------------------------------------------------------------------------------------------------------------ death


@POSIX
@pytest.mark.parametrize(
    ("number", "kind", "said"),
    [
        (signal.SIGKILL, MemoryExhausted, "the memory of the computer ran out"),
        (signal.SIGSEGV, TensorvizError, "signal 11"),
    ],
)
def test_a_process_that_dies_is_a_sentence(number: signal.Signals, kind: type[Exception], said: str) -> None:
    dying = Workshop((sys.executable, "-S", "-c", f"import os, sys; sys.stdin.buffer.read(9); os.kill(os.getpid(), {int(number)})"))  # fmt: skip  # noqa: E501 - one row
    with pytest.raises(kind, match=said) as caught:
        apart(dying).drawn(PIXELS, "trained")
    assert isinstance(caught.value, TensorvizError)
    assert caught.value.hint
    dying.settle()


@STARTS
def test_after_a_death_another_draws(own: Workshop) -> None:
    there = apart(own)
    there.drawn(PIXELS, "trained")
    dead = psutil.Process(own.pid)
    dead.kill()
    dead.wait()
    assert torch.equal(there.drawn(PIXELS, "trained"), here().drawn(PIXELS, "trained"))
    assert own.pid != dead.pid


def test_one_that_cannot_start_is_a_sentence() -> None:
    broken = Workshop((sys.executable, "-c", "raise SystemExit(3)"))
    with pytest.raises(TensorvizError, match="exit code 3"):
        apart(broken).drawn(PIXELS, "trained")


@pytest.mark.parametrize("said", [b"no frame" * 3, b"\xff" * 400, b"\1\0\0\0\3\0\0\0\0\0\0\0abc"], ids=("text", "ff", "abc"))  # fmt: skip  # noqa: E501 - one row
def test_one_that_answers_nonsense_is_a_sentence(said: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    """Too long a length, and what is no pickle, in a process that goes on: nothing may wait for it."""
    monkeypatch.setattr("tensorviz.engine.tasks.translate.workshop.LAST_MOMENT", 0.05)
    babbling = Workshop((sys.executable, "-S", "-c", f"import sys, os; os.write(1, {said!r}); sys.stdin.buffer.read()"))
    with pytest.raises(TensorvizError, match=r"makes no sense|memory was not enough"):
        apart(babbling).drawn(PIXELS, "trained")
    assert not babbling.alive
    babbling.settle()


@STARTS
def test_what_is_refused_there_is_refused_here(own: Workshop) -> None:
    there = apart(own)
    with pytest.raises(RuntimeError) as caught:
        there.step(torch.zeros(1, 5, 8, 8), 1)  # of 16 channels
    assert "In the process that draws" in "".join(caught.value.__notes__)
    assert torch.equal(there.drawn(PIXELS, "trained"), here().drawn(PIXELS, "trained"))


def instead_of_building(line: str) -> Workshop:
    """A workshop that does this when it is given a generator."""
    child = f"""
        import os, sys
        sys.path[:] = sys.argv[1:]
        from tensorviz.engine.tasks.translate import workshop_main
        from tensorviz.engine.tasks.translate.forward import not_enough
        def built(*_):
            {line}
        workshop_main._built = built
        workshop_main.main()
        """
    places = (place or str(Path.cwd()) for place in sys.path)
    return Workshop((sys.executable, "-c", textwrap.dedent(child), *places))


@STARTS
def test_no_memory_there_is_told_as_such() -> None:
    full = instead_of_building('raise not_enough("cpu", (3, 4, 3))')
    with pytest.raises(MemoryExhausted, match="4 x 3 pixels") as caught:
        apart(full).drawn(PIXELS, "trained")
    assert "--resize" in caught.value.hint
    assert not full.alive
    full.settle()


# ----------------------------------------------------------------------------------------------- beside the program

PARENT = """
    import sys
    print("script", __name__, flush=True)
    import numpy, torch
    from tensorviz.engine.tasks.translate.apart import ForwardApart
    from tensorviz.engine.tasks.translate.generator import GeneratorPlan, ResNetGenerator
    from tensorviz.engine.tasks.translate.workshop import Workshop
    network = ResNetGenerator(GeneratorPlan(2, 1)).eval().requires_grad_(False)
    workshop = Workshop()
    way = ForwardApart(network, torch.device("cpu"), workshop, longest=-1.0)
    way.drawn(numpy.zeros((8, 8, 3), numpy.uint8), "trained")
    print("child", workshop.pid, flush=True)
"""


def parent(tmp_path: Path, more: str = "") -> subprocess.Popen[str]:
    """A plain script without a guard, started as a person would, its folder on the path."""
    script = tmp_path / "script.py"
    script.write_text(textwrap.dedent(PARENT) + textwrap.dedent(more))
    places = os.pathsep.join([str(Path(__file__).resolve().parents[3]), os.environ.get("PYTHONPATH", "")])
    return subprocess.Popen(
        [sys.executable, str(script)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": places},
        start_new_session=True,
    )


def child_of(program: subprocess.Popen[str]) -> psutil.Process:
    assert program.stdout is not None
    for line in program.stdout:
        if line.startswith("child"):
            return psutil.Process(int(line.split()[1]))
    raise AssertionError(program.stderr and program.stderr.read())


@STARTS
def test_a_script_without_a_guard_is_not_run_again(tmp_path: Path) -> None:
    said, complaints = parent(tmp_path).communicate(timeout=120)
    lines = said.splitlines()
    assert lines[0] == "script __main__"
    assert len(lines) == 2
    assert lines[1].startswith("child")
    assert complaints == ""
    assert not psutil.pid_exists(int(lines[1].split()[1]))  # it ended with the script


@POSIX
@pytest.mark.parametrize("busy", [pytest.param(False, marks=pytest.mark.slow), True])
def test_it_ends_with_a_parent_that_is_killed(tmp_path: Path, busy: bool) -> None:
    more = """
        print("told", flush=True)
        large = numpy.zeros((2048, 2048, 3), numpy.uint8)
        way.drawn(large, "trained", tell=None)
    """
    program = parent(tmp_path, more if busy else "sys.stdin.read()")
    child = child_of(program)
    program.kill()
    program.communicate(timeout=60)
    assert psutil.wait_procs([child], timeout=30)[1] == []


@STARTS
@POSIX
def test_ctrl_c_in_the_terminal_is_not_for_it(tmp_path: Path) -> None:
    program = parent(tmp_path, "sys.stdin.read()")
    child = child_of(program)
    os.killpg(program.pid, signal.SIGINT)  # what a terminal does
    _, complaints = program.communicate(timeout=60)
    assert complaints.count("Traceback") == 1  # of the script itself
    assert "workshop_main" not in complaints
    assert psutil.wait_procs([child], timeout=30)[1] == []


def test_the_other_process_knows_no_window(workshop: Workshop) -> None:
    apart(workshop).drawn(PIXELS, "trained")
    maps = {Path(found.path).name for found in psutil.Process(workshop.pid).memory_maps()}
    assert any(name.startswith("libtorch") for name in maps)
    assert not any("Qt" in name or "PySide" in name for name in maps)

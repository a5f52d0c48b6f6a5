"""The command line as a whole: quick without torch, one sentence for an error, exit codes as promised.

Must not know what a command computes.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
import types
from collections.abc import Callable
from pathlib import Path

import pytest

import tensorviz
from tensorviz.cli.main import COMMANDS, main

ROOT = Path(__file__).resolve().parents[2]
Run = Callable[..., subprocess.CompletedProcess[bytes]]
USAGE_ERRORS = (
    ("classify",),
    ("classify", "x.jpg", "--model", "resnet1O1"),
    ("classify", "x.jpg", "--weights", "IMAGENET1K_V7", "--model", "resnet18"),
    ("classify", "x.jpg", "--weights", "absent.pth", "--model", "resnet18"),
    ("classify", "x.jpg", "--model", "resnet18"),
    ("classify", "x.jpg", "--labels", "absent.txt"),
    ("classify", "x.jpg", "--format", "yaml"),
    ("classify", "x.jpg", "--precision", "fp8"),
    ("classify", "x.jpg", "--top", "0"),
    ("classify", "x.jpg", "--crop", "0"),
    ("classify", "x.jpg", "--std", "0", "1", "1"),
    ("classify", "x.jpg", "--mean", "1", "nan", "1"),
    ("classify", "x.jpg", "--resize", "many"),
    ("classify", "x.jpg", "--device", "gpu"),
    ("classify", "x.jpg", "--nonsense"),
    ("clasify", "x.jpg"),
)


@pytest.fixture
def poisoned(tmp_path: Path) -> str:
    """A place in front of all others where torch and Qt explode when they are imported."""
    for name in ("torch", "torchvision", "PySide6"):
        (tmp_path / "poison" / name).mkdir(parents=True)
        (tmp_path / "poison" / name / "__init__.py").write_text(f"raise SystemExit('{name} was imported')\n")
    return str(tmp_path / "poison")


def test_the_version_is_that_of_the_project() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert tensorviz.__version__ == project["version"]


@pytest.mark.parametrize(
    "arguments",
    [("--help",), ("--version",), ("classify", "--help"), ("classify", "--version"), ("models", "--format", "json")],
)
def test_help_version_and_models_import_no_torch(run: Run, poisoned: str, arguments: tuple[str, ...]) -> None:
    done = run(*arguments, PYTHONPATH=poisoned)
    assert done.returncode == 0, done.stderr.decode()
    assert done.stdout
    assert done.stderr == b""


def test_usage_errors_import_no_torch(run: Run, poisoned: str) -> None:
    for arguments in (USAGE_ERRORS[1], USAGE_ERRORS[10]):
        done = run(*arguments, PYTHONPATH=poisoned)
        assert done.returncode == 2
        assert b"was imported" not in done.stderr
        assert done.stdout == b""


@pytest.mark.parametrize("arguments", USAGE_ERRORS, ids=" ".join)
def test_what_cannot_be_run_is_one_sentence_and_exit_code_two(
    arguments: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert len(err.strip().splitlines()) == 1
    assert "Traceback" not in err


@pytest.mark.parametrize(
    ("arguments", "guess"),
    [(USAGE_ERRORS[1], "resnet101"), (USAGE_ERRORS[2], "IMAGENET1K_V1"), (USAGE_ERRORS[15], "classify")],
)
def test_an_unknown_name_gets_a_guess(
    arguments: tuple[str, ...], guess: str, capsys: pytest.CaptureFixture[str]
) -> None:
    main(arguments)
    assert guess in capsys.readouterr().err


def test_debug_shows_where_an_error_came_from(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["classify", "x.jpg", "--model", "resnet1O1", "--debug"]) == 2
    assert "Traceback" in capsys.readouterr().err


@pytest.fixture
def window(monkeypatch: pytest.MonkeyPatch) -> list[tuple[tuple[str, ...], bool]]:
    """Stands in for the window: remembers what it was opened with."""
    opened: list[tuple[tuple[str, ...], bool]] = []

    def stand_in(paths: tuple[str, ...] = (), *, smoke: bool = False) -> int:
        opened.append((tuple(paths), smoke))
        return 0

    monkeypatch.setitem(sys.modules, "tensorviz.app", types.SimpleNamespace(run=stand_in))
    return opened


def test_no_command_opens_the_window_with_the_paths(window: list[tuple[tuple[str, ...], bool]], tmp_path: Path) -> None:
    here = str(tmp_path)
    assert main([]) == 0
    assert main([here, "b.jpg"]) == 0
    assert main(["--smoke", here]) == 0
    assert window == [((), False), ((here, "b.jpg"), False), ((here,), True)]


def test_a_file_that_resembles_a_command_is_a_path(
    window: list[tuple[tuple[str, ...], bool]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "clasify").mkdir()
    assert main(["clasify"]) == 0
    assert window == [(("clasify",), False)]


@pytest.mark.parametrize(
    ("raised", "code", "said"),
    [(KeyboardInterrupt(), 130, "Stopped"), (ValueError("odd thing"), 2, "odd thing"), (BrokenPipeError(), 141, "")],
)
def test_whatever_happens_is_said_without_a_traceback(
    raised: BaseException, code: int, said: str, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def explode(*_: object, **__: object) -> int:
        raise raised

    monkeypatch.setitem(sys.modules, "tensorviz.app", types.SimpleNamespace(run=explode))
    monkeypatch.setattr("tensorviz.cli.main.discard_output", lambda: None)
    assert main([]) == code
    err = capfd.readouterr().err
    assert said in err
    assert "Traceback" not in err


def test_output_that_nobody_reads_any_more_is_quiet(run: Run) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        [sys.executable, "-m", "tensorviz", "models", "--format", "json"],
        cwd=ROOT,
        stdout=writing,
        stderr=subprocess.PIPE,
        check=False,
    )
    os.close(writing)
    assert done.stderr == b""
    assert done.returncode == 141


@pytest.mark.skipif(os.name != "posix", reason="a shell closes streams there")
@pytest.mark.parametrize(
    ("command", "code", "said"),
    [
        ("models >&-", 2, "Standard output is closed"),
        ("--version >&-", 0, ""),
        ("classify x.jpg --nonsense 2>&-", 2, ""),
        ("classify x.jpg --nonsense >&- 2>&-", 2, ""),
    ],
)
def test_closed_streams_change_no_exit_code(command: str, code: int, said: str) -> None:
    line = f"'{sys.executable}' -m tensorviz {command}"
    done = subprocess.run(["sh", "-c", line], cwd=ROOT, capture_output=True, check=False)
    assert done.returncode == code
    assert said.encode() in done.stderr
    assert len(done.stderr.splitlines()) == (1 if said else 0)


@pytest.mark.skipif(not Path("/dev/full").is_char_device(), reason="this system has no device that is always full")
@pytest.mark.parametrize("arguments", [("models",), ("models", "--format", "json")], ids=" ".join)
def test_output_that_cannot_be_written_is_a_sentence(arguments: tuple[str, ...]) -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "tensorviz", *arguments], cwd=ROOT, stdout=full, stderr=subprocess.PIPE, check=False
        )
    assert done.returncode == 2
    assert b"Standard output cannot be written" in done.stderr
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.skipif(sys.platform != "linux", reason="the other systems always have a display")
def test_a_window_without_a_display_is_a_sentence(run: Run) -> None:
    done = run(str(ROOT), DISPLAY="", WAYLAND_DISPLAY="", WAYLAND_SOCKET="", QT_QPA_PLATFORM="")
    assert done.returncode == 2
    assert b"no display" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_the_programs_own_options_may_stand_after_the_paths(
    window: list[tuple[tuple[str, ...], bool]], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["x.jpg", "--smoke", "--debug"]) == 0
    assert window == [(("x.jpg",), True)]
    assert main(["x.jpg", "--help"]) == 0
    told = capsys.readouterr().out
    assert main(["--help"]) == 0
    assert capsys.readouterr().out == told
    assert main(["x.jpg", "--nonsense"]) == 2
    assert "`tensorviz --help`" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--std", "1", "1"), "`tensorviz classify --help`"),
        (("--std", "0", "1", "1"), "std is 0 1 1;"),
        (("--mean", "nan", "0.5", "1"), "mean is nan 0.5 1;"),
        (("--top", "many"), "many is not a whole number from 1."),
        (("--batch", "0"), "0 is not a whole number from 1 to 4096."),
        (("--labels", "absent.txt"), "absent.txt cannot be read: no such file or directory."),
        (("--labels", "."), "The labels file . cannot be read: is a directory."),
        (("--report", "."), ". is a folder"),
    ],
)
def test_sentences_are_for_a_person(arguments: tuple[str, ...], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["classify", "x.jpg", *arguments]) == 2
    err = capsys.readouterr().err
    assert said in err
    assert not any(python in err for python in ("Errno", "(0.0", "x>=", "range", "unexpected"))


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="has no pipes with names")
def test_weights_in_a_pipe_are_there_and_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    os.mkfifo(tmp_path / "pipe.pth")
    assert main(["classify", "x.jpg", "--weights", str(tmp_path / "pipe.pth")]) == 2
    assert "pipe.pth is no ordinary file." in capsys.readouterr().err


@pytest.mark.parametrize("name", list(COMMANDS))
def test_every_command_has_the_common_options(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([name, "--help"]) == 0
    told = capsys.readouterr().out
    assert all(option in told for option in ("--format", "--report", "--device", "--quiet", "--debug", "--version"))

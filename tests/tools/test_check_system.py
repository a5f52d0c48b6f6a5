"""The check before installing: what is missing is found, installed by root on Debian, and told to everybody else.

Nothing is installed here: the loader and the package program are faked.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tensorviz.engine.system_libraries import (
    FONT,
    PACKAGES,
    System,
    has_scalable_font,
    install_command,
    missing_libraries,
    os_family,
    packages_for,
)
from tools.check_system import mend, python_problem

ROOT = Path(__file__).resolve().parents[2]
DEBIAN_ROOT = System(frozenset({"debian"}), root=True, installers=frozenset({"apt-get"}))
DEBIAN_USER = System(frozenset({"ubuntu", "debian"}), root=False, installers=frozenset({"apt-get"}))


class FakeLoader:
    """Finds every library but those named."""

    def __init__(self, *absent: str) -> None:
        self.absent = absent
        self.asked: list[str] = []

    def __call__(self, name: str) -> object:
        self.asked.append(name)
        if name in self.absent:
            raise OSError(f"{name}: cannot open shared object file: No such file or directory")
        return object()


class FakeInstaller:
    """Remembers the commands; `missing` is what is missing before and after apt-get install."""

    def __init__(self, before: list[str], after: list[str]) -> None:
        self.missing, self._after = before, after
        self.commands: list[list[str]] = []

    def run(self, command: list[str]) -> int:
        self.commands.append(command)
        if "install" in command:
            self.missing = self._after
        return 0


def test_absent_libraries_are_found_and_all_are_tried() -> None:
    loader = FakeLoader("libEGL.so.1", "libxcb-cursor.so.0")
    assert missing_libraries(loader) == ["libEGL.so.1", "libxcb-cursor.so.0"]
    assert loader.asked == list(PACKAGES)


def test_packages_are_named_once() -> None:
    assert packages_for(["libgthread-2.0.so.0", "libglib-2.0.so.0", FONT]) == ["fonts-dejavu-core", "libglib2.0-0"]


def test_root_on_debian_installs_after_an_update() -> None:
    fake = FakeInstaller(before=["libEGL.so.1", FONT], after=[])
    assert mend(lambda: fake.missing, DEBIAN_ROOT, fake.run) == 0
    assert [command[:2] for command in fake.commands] == [["apt-get", "update"], ["apt-get", "install"]]
    assert fake.commands[1][-2:] == ["fonts-dejavu-core", "libegl1"]


def test_what_could_not_be_installed_fails(capsys: pytest.CaptureFixture[str]) -> None:
    fake = FakeInstaller(before=["libEGL.so.1", "libGL.so.1"], after=["libGL.so.1"])
    assert mend(lambda: fake.missing, DEBIAN_ROOT, fake.run) == 1
    assert "Still missing: libGL.so.1" in capsys.readouterr().err


def test_nothing_is_run_when_nothing_is_missing() -> None:
    fake = FakeInstaller(before=[], after=[])
    assert mend(lambda: fake.missing, DEBIAN_ROOT, fake.run) == 0
    assert fake.commands == []


def test_others_are_told_the_exact_command(capsys: pytest.CaptureFixture[str]) -> None:
    fake = FakeInstaller(before=["libxcb-cursor.so.0"], after=[])
    assert mend(lambda: fake.missing, DEBIAN_USER, fake.run) == 1
    assert fake.commands == []
    assert "  sudo apt-get update && sudo apt-get install -y libxcb-cursor0\n" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("installer", "expected"),
    [
        ("dnf", "sudo dnf install -y 'libEGL.so.1()(64bit)' dejavu-sans-mono-fonts"),
        ("pacman", "libglvnd"),
        ("", "libEGL.so.1, a scalable font"),
    ],
)
def test_every_family_gets_an_answer(installer: str, expected: str) -> None:
    system = System(frozenset({"other"}), root=False, installers=frozenset({installer} - {""}))
    assert expected in install_command(["libEGL.so.1", FONT], system)


def test_a_debian_like_system_is_known_by_its_release_file(tmp_path: Path) -> None:
    release = tmp_path / "os-release"
    release.write_text('NAME="Linux Mint"\nID=linuxmint\nID_LIKE="ubuntu debian"\nVERSION_ID="22"\n', encoding="utf-8")
    assert os_family(release) == {"linuxmint", "ubuntu", "debian"}
    assert os_family(tmp_path / "absent") == frozenset()


def test_a_font_at_any_depth_is_found_and_a_bitmap_font_is_not_enough(tmp_path: Path) -> None:
    (tmp_path / "a" / "b").mkdir(parents=True)
    (tmp_path / "a" / "fixed.pcf.gz").touch()
    assert not has_scalable_font([tmp_path, tmp_path / "absent"])
    (tmp_path / "a" / "b" / "Some.TTF").touch()
    assert has_scalable_font([tmp_path])


def test_an_old_python_is_told_what_to_do() -> None:
    assert "3.11 or newer; this is 3.9" in python_problem((3, 9), has_venv=True)
    assert python_problem((3, 11), has_venv=True) == ""


def test_it_runs_as_a_program_with_the_standard_library_alone() -> None:
    # -S -I: no site-packages, no environment, so whatever it imports is the standard library or the checkout.
    script = str(ROOT / "tools" / "check_system.py")
    done = subprocess.run([sys.executable, "-S", "-I", script], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")

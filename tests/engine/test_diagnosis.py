"""What doctor finds: each kind of broken installation is recognised, and a sound one is left in peace.

Versions, metadata and the outcome of importing are faked; the sentences of torch and torchvision are theirs.
"""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tensorviz.core.findings import Finding, usable
from tensorviz.engine import diagnosis, import_probe
from tensorviz.engine.fitting import pair_finding, pyside_finding
from tensorviz.engine.import_probe import Probed, read_answer
from tensorviz.engine.system_libraries import System

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

NMS = Probed(torchvision_error="RuntimeError: operator torchvision::nms does not exist", threads=2)
SOUND = Probed(cuda="13.0", threads=2, devices=(("cpu", "processor", 0),))
CPU_ONLY = Probed(threads=2, devices=(("cpu", "processor", 0),))
PINNED = ["numpy", "torch==2.14.0", "pillow!=8.3.*,>=5.3.0", 'scipy ; extra == "scipy"']


def test_a_cpu_torch_with_a_cuda_torchvision_is_explained() -> None:
    found = pair_finding("2.14.0+cpu", "0.29.0", PINNED, NMS)
    assert found.status == "problem"
    assert "torch was built for cpu, and torchvision comes from another index" in found.value
    assert "torch torchvision" in found.hint


def test_two_labelled_builds_that_differ_are_explained() -> None:
    found = pair_finding("2.14.0+cu126", "0.29.0+cu130", PINNED, NMS)
    assert "torch was built for cu126 and torchvision for cu130" in found.value


def test_versions_made_for_one_another_are_read_from_metadata() -> None:
    found = pair_finding("2.13.0", "0.29.0", PINNED, NMS)
    assert found.status == "problem"
    assert "this torchvision was made for torch ==2.14.0" in found.value


@pytest.mark.parametrize("line", ["torch (>=2.14.0)", "torch>=2.14.0", "torch (==2.14.0)"])
def test_every_spelling_of_the_requirement_is_read(line: str) -> None:
    assert pair_finding("2.13.0", "0.29.0", [line], SOUND).status == "warning"
    assert pair_finding("2.14.0+cu130", "0.29.0+cu130", [line], SOUND) == Finding(
        "torch with torchvision", "torch 2.14.0+cu130 with torchvision 0.29.0+cu130: fit"
    )


def test_a_pair_without_labels_that_does_not_load_is_explained_by_what_torch_has() -> None:
    found = pair_finding("2.14.0", "0.29.0", PINNED, NMS)
    assert "made for another torch (this one has no CUDA)" in found.value


def test_a_pair_that_works_is_left_in_peace_whatever_its_labels() -> None:
    assert pair_finding("2.14.0+cpu", "0.29.0", PINNED, CPU_ONLY).status == "ok"


def test_an_unrelated_failure_is_not_blamed_on_the_pair() -> None:
    found = pair_finding("2.14.0", "0.29.0", PINNED, Probed(torchvision_error="ImportError: no module named foo"))
    assert "do not fit" not in found.value


@pytest.mark.parametrize(
    ("version", "python", "status"),
    [
        ("6.12.0", (3, 11), "problem"),
        ("6.12.1", (3, 11), "problem"),
        ("6.12.0", (3, 12), "ok"),
        ("6.11.3", (3, 11), "ok"),
        (None, (3, 12), "problem"),
    ],
)
def test_the_pyside_that_dies_on_python_3_11(version: str | None, python: tuple[int, int], status: str) -> None:
    assert pyside_finding(version, python).status == status


def test_a_missing_library_is_a_problem_with_its_command() -> None:
    found = {f.name: f for f in diagnosis.packages(lambda name: None if name in ("numpy", "tqdm") else "1.0")}
    assert found["numpy"] == Finding("numpy", "not installed", "problem", "python -m pip install numpy")
    assert found["tqdm"].status == "problem"
    assert found["torch"] == Finding("torch", "1.0")
    assert "click" not in found


def test_missing_system_libraries_come_with_the_exact_command() -> None:
    debian = System(frozenset({"debian"}), root=False, installers=frozenset({"apt-get"}))
    found = diagnosis.libraries(["libEGL.so.1"], debian)
    assert (found.status, found.hint) == ("problem", "sudo apt-get update && sudo apt-get install -y libegl1")


def test_a_folder_that_cannot_be_written_is_a_problem(tmp_path: Path) -> None:
    # A file where a folder should be: not writable for anybody, root included.
    (tmp_path / "file").touch()
    found = diagnosis.kept_folder("weights", tmp_path / "file" / "hub", "TORCH_HOME", 0)
    assert (found.status, "TORCH_HOME" in found.hint) == ("problem", True)


def test_a_folder_not_made_yet_is_no_problem_and_is_not_made(tmp_path: Path) -> None:
    found = diagnosis.kept_folder("cache", tmp_path / "a" / "b", "TENSORVIZ_CACHE_HOME", 0)
    assert found.status == "ok"
    assert found.value.endswith("not made yet")
    assert list(tmp_path.iterdir()) == []


def test_little_space_is_a_warning(tmp_path: Path) -> None:
    assert diagnosis.kept_folder("weights", tmp_path, "TORCH_HOME", 10**18).status == "warning"


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("http://ada:pa@ss@proxy.example:3128", "http://***@proxy.example:3128"),
        ("http://proxy.example:3128/", "http://proxy.example:3128/"),
        ("ada:secret@proxy.example", "***@proxy.example"),
    ],
)
def test_passwords_of_proxies_are_not_told(address: str, shown: str) -> None:
    assert list(diagnosis.proxies({"https": address})) == [Finding("https proxy", shown)]


def test_no_screen_is_a_warning_since_commands_work(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    assert [f.status for f in diagnosis.screen({})] == ["warning"]
    assert [f.status for f in diagnosis.screen({"WAYLAND_DISPLAY": "wayland-0"})] == ["ok"]
    assert [f.status for f in diagnosis.screen({"QT_QPA_PLATFORM": "offscreen"})] == ["ok"]


def test_a_broken_torch_is_found_and_its_devices_are_not_invented() -> None:
    found = diagnosis.diagnose(probe=lambda: Probed(torch_error="OSError: libtorch.so: cannot open shared object file"))
    named = {finding.name: finding for finding in found}
    assert named["import torch"].status == "problem"
    assert "devices" not in named
    assert not usable(found)


@pytest.mark.parametrize(("name", "status"), [("cpu", "ok"), ("cuda", "ok"), ("cuda:0", "ok"), ("cuda:1", "problem")])
def test_the_device_asked_for_is_looked_for(name: str, status: str) -> None:
    probed = Probed(cuda="13.0", devices=(("cpu", "processor", 0), ("cuda:0", "a GPU", 10**10)))
    assert [finding.status for finding in diagnosis.wanted_device(name, probed)] == [status]


def test_no_device_asked_for_is_nothing_to_tell() -> None:
    assert diagnosis.wanted_device("auto", CPU_ONLY) == []


def test_this_installation_is_sound() -> None:
    found = diagnosis.diagnose(probe=lambda: CPU_ONLY)
    assert [finding for finding in found if finding.status == "problem"] == []
    assert {"tensorviz", "Python", "torch", "assets", "weights folder", "memory"} <= {finding.name for finding in found}


def test_the_probe_really_imports() -> None:
    import torch

    probed = import_probe.probe_imports()
    assert (probed.torch_error, probed.torchvision_error) == ("", "")
    assert probed.cuda == (torch.version.cuda or "")
    assert probed.devices[0][0] == "cpu"


def test_a_crash_while_importing_is_an_answer() -> None:
    assert "signal 11" in read_answer(-11, "", "").torch_error
    told = read_answer(1, "", "Traceback ...\nImportError: no such thing").torch_error
    assert told.endswith("(exit status 1): ImportError: no such thing")


@pytest.mark.parametrize("raised", [subprocess.TimeoutExpired("python", 180), OSError("no memory")])
def test_an_interpreter_that_hangs_or_does_not_start_is_an_answer(
    raised: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(subprocess, "run", _raising(raised))
    assert import_probe.probe_imports().torch_error != ""


def _raising(error: Exception) -> Callable[..., None]:
    def run(*_: object, **__: object) -> None:
        raise error

    return run

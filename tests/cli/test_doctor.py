"""`tensorviz doctor` as a person or a program meets it: what is printed, where it goes, how it ends.

Must not know how findings are made.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tensorviz.cli.main import main
from tensorviz.core.findings import Finding
from tensorviz.engine import diagnosis

if TYPE_CHECKING:
    from pathlib import Path

GOOD = [Finding("Python", "3.11.7"), Finding("memory", "1.0 GB of 8.0 GB free", "warning", "Close other programs.")]
BAD = [*GOOD, Finding("torch", "not installed", "problem", "python -m pip install torch")]
Captured = pytest.CaptureFixture[str]


def found(monkeypatch: pytest.MonkeyPatch, findings: list[Finding]) -> None:
    monkeypatch.setattr(diagnosis, "diagnose", lambda _device: findings)


def test_a_sound_installation_ends_with_0(monkeypatch: pytest.MonkeyPatch, capsys: Captured) -> None:
    found(monkeypatch, GOOD)
    assert main(["doctor"]) == 0
    told = capsys.readouterr()
    assert "Close other programs." in told.out
    assert told.err == "tensorviz can work here (1 warning).\n"


def test_a_problem_ends_with_1_and_stands_out(monkeypatch: pytest.MonkeyPatch, capsys: Captured) -> None:
    found(monkeypatch, BAD)
    assert main(["doctor"]) == 1
    told = capsys.readouterr()
    assert [line.split() for line in told.out.splitlines() if "PROBLEM" in line] == [
        ["PROBLEM", "torch", "not", "installed"]
    ]
    assert told.err.startswith("1 problem found")


def test_json_holds_every_finding(monkeypatch: pytest.MonkeyPatch, capsys: Captured) -> None:
    found(monkeypatch, BAD)
    assert main(["doctor", "--format", "json", "--quiet"]) == 1
    told = capsys.readouterr()
    assert [finding["name"] for finding in json.loads(told.out)] == ["Python", "memory", "torch"]
    assert json.loads(told.out)[2] == {
        "name": "torch",
        "value": "not installed",
        "status": "problem",
        "hint": "python -m pip install torch",
    }
    assert told.err == ""


def test_a_report_goes_to_its_file_and_nowhere_else(
    monkeypatch: pytest.MonkeyPatch, capsys: Captured, tmp_path: Path
) -> None:
    found(monkeypatch, GOOD)
    assert main(["doctor", "--format", "json", "--report", str(tmp_path / "report.json")]) == 0
    assert capsys.readouterr().out == ""
    assert [path.name for path in tmp_path.iterdir()] == ["report.json"]
    assert json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))[0]["value"] == "3.11.7"


def test_a_report_into_a_folder_that_is_not_there_cannot_be_written(
    monkeypatch: pytest.MonkeyPatch, capsys: Captured, tmp_path: Path
) -> None:
    found(monkeypatch, GOOD)
    assert main(["doctor", "--report", str(tmp_path / "absent" / "report.txt")]) == 2
    assert "cannot be written" in capsys.readouterr().err


def test_the_device_is_handed_on(monkeypatch: pytest.MonkeyPatch, capsys: Captured) -> None:
    asked: list[str] = []

    def diagnose(device: str) -> list[Finding]:
        asked.append(device)
        return GOOD

    monkeypatch.setattr(diagnosis, "diagnose", diagnose)
    main(["doctor", "--device", "cuda:1"])
    assert asked == ["cuda:1"]
    assert capsys.readouterr().out

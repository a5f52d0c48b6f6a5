"""`tensorviz doctor` as a person or a program meets it: what is printed, where it goes, how it ends.

Must not know how findings are made.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from tensorviz.cli.doctor import doctor
from tensorviz.core.errors import ValueRefused
from tensorviz.core.findings import Finding
from tensorviz.engine import diagnosis

if TYPE_CHECKING:
    from pathlib import Path

GOOD = [Finding("Python", "3.11.7"), Finding("memory", "1.0 GB of 8.0 GB free", "warning", "Close other programs.")]
BAD = [*GOOD, Finding("torch", "not installed", "problem", "python -m pip install torch")]


def found(monkeypatch: pytest.MonkeyPatch, findings: list[Finding]) -> None:
    monkeypatch.setattr(diagnosis, "diagnose", lambda: findings)


def test_a_sound_installation_ends_with_0(monkeypatch: pytest.MonkeyPatch) -> None:
    found(monkeypatch, GOOD)
    ended = CliRunner().invoke(doctor)
    assert (ended.exit_code, ended.stderr) == (0, "")
    assert ended.stdout.splitlines()[-1] == "tensorviz can work here (1 warning)."
    assert "Close other programs." in ended.stdout


def test_a_problem_ends_with_1_and_stands_out(monkeypatch: pytest.MonkeyPatch) -> None:
    found(monkeypatch, BAD)
    ended = CliRunner().invoke(doctor)
    assert ended.exit_code == 1
    assert "PROBLEM torch   not installed" in ended.stdout
    assert ended.stdout.splitlines()[-1].startswith("1 problem found")


def test_json_holds_every_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    found(monkeypatch, BAD)
    told = json.loads(CliRunner().invoke(doctor, ["--format", "json"]).stdout)
    assert told["usable"] is False
    assert told["findings"][2] == {
        "name": "torch", "value": "not installed", "status": "problem", "hint": "python -m pip install torch",
    }


def test_a_report_goes_to_its_file_and_nowhere_else(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    found(monkeypatch, GOOD)
    ended = CliRunner().invoke(doctor, ["--format", "json", "--report", str(tmp_path / "report.json")])
    assert (ended.exit_code, ended.stdout) == (0, "")
    assert [path.name for path in tmp_path.iterdir()] == ["report.json"]
    assert json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))["usable"] is True


def test_a_report_into_a_folder_that_is_not_there_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    found(monkeypatch, GOOD)
    with pytest.raises(ValueRefused, match="cannot be written"):
        CliRunner().invoke(doctor, ["--report", str(tmp_path / "absent" / "r.txt")], catch_exceptions=False)

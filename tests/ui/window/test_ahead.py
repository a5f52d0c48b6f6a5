"""What is imported before it is needed: in turns, all of it, and without anything long left to one of them."""

from __future__ import annotations

import importlib
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from tensorviz.ui.window.ahead import OF_FILES, Ahead

ROOT = Path(__file__).resolve().parents[3]
# As in the program: the window and its pages are there. Tells how many modules of tensorviz each name brings.
BROUGHT = """
import importlib, json, sys
import tensorviz.ui.main_window, tensorviz.ui.tensors.page
def ours():
    return sum(name.startswith("tensorviz.") for name in sys.modules)
told = []
for name in sys.argv[1:]:
    before = ours()
    importlib.import_module(name)
    told.append((name, ours() - before))
print(json.dumps(told))
"""


def test_each_turn_imports_one_and_then_it_rests(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    imported: list[str] = []
    monkeypatch.setattr(importlib, "import_module", imported.append)
    ahead = Ahead(("one.a", "json", "two.b"))
    assert (ahead.waiting, imported) == (["one.a", "json", "two.b"], [])
    ahead.start()
    qtbot.waitUntil(lambda: imported == ["one.a"])
    assert ahead.waiting == ["json", "two.b"]  # the other waits for its turn
    qtbot.waitUntil(lambda: not ahead.active)
    assert imported == ["one.a", "two.b"]  # json was there


def test_a_first_file_finds_its_modules_there_and_no_turn_brings_many() -> None:
    done = subprocess.run(
        [sys.executable, "-c", BROUGHT, *OF_FILES],
        cwd=ROOT,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        check=True,
    )
    told = dict(json.loads(done.stdout))
    assert OF_FILES[-1] == "tensorviz.ui.files.file_view"  # which needs all the others
    assert sum(told.values()) > 30
    assert max(told.values()) <= 4, told

"""What importing really loads, seen from outside in processes of their own.

Must not know what the modules do.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
IMPORT_AND_TELL = """
import importlib, json, sys
for name in sys.argv[1:]:
    importlib.import_module(name)
print(json.dumps(sorted({name.split(".")[0] for name in sys.modules})))
"""


def loaded_by(*names: str) -> set[str]:
    """The top-level modules in memory after a fresh interpreter has imported `names`."""
    done = subprocess.run(
        [sys.executable, "-c", IMPORT_AND_TELL, *names],
        cwd=ROOT, env={**os.environ, "QT_QPA_PLATFORM": "offscreen"}, capture_output=True, text=True, check=False,
    )
    assert done.returncode == 0, done.stderr
    return set(json.loads(done.stdout))


def modules_in(*rooms: str) -> list[str]:
    """The dotted names of all modules in the rooms, programs (`__main__`) left out."""
    found = [path for room in rooms for path in sorted((ROOT / room).rglob("*.py"))]
    names = [".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__") for path in found]
    return [name for name in names if not name.endswith("__main__")]


def test_the_package_loads_neither_torch_nor_qt() -> None:
    assert loaded_by("tensorviz") & {"torch", "torchvision", "PySide6", "numpy", "PIL"} == set()


def test_core_loads_neither_torch_nor_qt() -> None:
    assert loaded_by(*modules_in("tensorviz/core")) & {"torch", "torchvision", "PySide6"} == set()


def test_the_window_loads_no_torch() -> None:
    assert loaded_by(*modules_in("tensorviz/ui")) & {"torch", "torchvision"} == set()


def test_the_command_line_loads_no_torch_and_no_qt() -> None:
    # --help, --version, usage errors, models and inspect never import torch, so no command may at module level.
    assert loaded_by(*modules_in("tensorviz/cli")) & {"torch", "torchvision", "PySide6"} == set()


def test_the_engine_loads_no_qt() -> None:
    assert loaded_by(*modules_in("tensorviz/engine")) & {"PySide6", "shiboken6", "pyqtgraph"} == set()

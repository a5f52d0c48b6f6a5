"""Checks, before anything is installed, that this computer can run tensorviz: Python, and the libraries that Qt needs.

As root on Debian and its relatives it installs what is missing; elsewhere it prints the exact command and fails.
Must not import anything but the standard library and the one engine file that holds the table.
"""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from tensorviz.engine.system_libraries import System

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # run as a file, the checkout is not on the path

OLDEST = (3, 11)


def main() -> int:
    """The exit status: 0 when nothing is missing any more."""
    sentence = python_problem(sys.version_info[:2], has_venv=importlib.util.find_spec("ensurepip") is not None)
    if sentence:
        print(sentence, file=sys.stderr)
        return 1
    # Only now: its syntax needs the Python that was just checked.
    from tensorviz.engine import system_libraries

    return mend(system_libraries.missing_on_this_system, system_libraries.this_system(), run)


def python_problem(version: tuple[int, ...], *, has_venv: bool) -> str:
    """What is wrong with the Python that runs this, or an empty text."""
    name = ".".join(str(number) for number in version)
    if version < OLDEST:
        return f"tensorviz needs Python 3.11 or newer; this is {name}. Name another: make PYTHON=python3.11 ..."
    if not has_venv and sys.prefix == sys.base_prefix:
        return f"This Python cannot make virtual environments. On Debian: sudo apt-get install -y python{name}-venv"
    return ""


def mend(missing_now: Callable[[], list[str]], system: System, run: Callable[[list[str]], int]) -> int:
    """Installs what is missing where that is possible, else tells how; 0 when nothing is missing afterwards."""
    from tensorviz.engine.system_libraries import install_command, packages_for

    missing = missing_now()
    if not missing:
        return 0
    print(f"Qt needs what this computer does not have: {', '.join(missing)}", file=sys.stderr)
    if not (system.root and system.debian):
        print(f"Please run:\n  {install_command(missing, system)}", file=sys.stderr)
        return 1
    packages = packages_for(missing)
    print(f"Installing {' '.join(packages)}", file=sys.stderr)
    run(["apt-get", "update", "-qq"])  # a failing mirror of something else must not stop the installation
    run(["apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages])
    still = missing_now()
    if still:
        print(f"Still missing: {', '.join(still)}. apt-get said why, above.", file=sys.stderr)
    return 1 if still else 0


def run(command: list[str]) -> int:
    """Runs a command with its output going to standard error; gives its exit status."""
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    return subprocess.run(command, env=quiet, stdout=sys.stderr, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())

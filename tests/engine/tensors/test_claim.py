"""Two programs at once do not write into one session; a dead one's folder is taken over.

Must not know what a session is.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from tensorviz.engine.tensors.claim import OWNER, claimed


def test_a_living_program_keeps_its_folder(tmp_path: Path) -> None:
    code = "import sys, pathlib; from tensorviz.engine.tensors.claim import claimed; "
    code += "print(claimed(pathlib.Path(sys.argv[1])), flush=True); sys.stdin.read()"
    with subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path / "session")],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[3],
    ) as other:  # fmt: skip
        assert other.stdout is not None
        assert other.stdout.readline().strip() == str(tmp_path / "session")
        assert claimed(tmp_path / "session") == tmp_path / "session-2"
        other.communicate("")
    (tmp_path / "session-2" / OWNER).unlink()
    assert claimed(tmp_path / "session") == tmp_path / "session"


@pytest.mark.parametrize("owner", ["", "nonsense", "999999999999999999999 1", f"{os.getppid()} 12.5", "1", "-1 0"])
def test_marks_of_programs_that_are_gone_do_not_count(owner: str, tmp_path: Path) -> None:
    (tmp_path / OWNER).write_text(owner)
    assert claimed(tmp_path) == tmp_path
    assert (tmp_path / OWNER).read_text() == f"{os.getpid()} {psutil.Process().create_time()}"


def test_a_folder_that_cannot_be_made_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert claimed(tmp_path / "file" / "session") is None

"""Takes the screenshots that the README shows, of the real program with pictures of our own.

    python tools/take_screenshots.py [--out docs/images]

Runs itself on a virtual screen (Xvfb) when there is no display. Settings, caches and weights are those of a new
computer; the samples that come along are classified by the network that comes along, and a session of tensors is run,
in both themes.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tensorviz.app import Program

ROOT = Path(__file__).resolve().parents[1]
SIZE = (1280, 800)
SETTLE = 3500  # milliseconds for previews, pipeline, blocks and reports after the last answer
PATIENCE = 120_000


@dataclass(frozen=True)
class Shot:
    """One picture: its name, its theme, and what is done before it is taken. code: run in the console before."""

    name: str
    theme: str
    prepare: Callable[..., None]  # given the Program
    code: str = ""


def show_picture(program: Program) -> None:
    """A picture with its answer and the pipeline."""
    program.window.show_page("models")
    program.workspace.results.set_view("picture")
    horse = next(path for path in program.workspace.pictures.paths if "horse" in path)
    program.workspace.pictures.set_current(horse)


def show_table(program: Program) -> None:
    """All answers as a table."""
    program.workspace.results.set_view("table")


POINTS = """\
points = torch.tensor([[4., 1.], [5., 3.], [2., 1.]])
points_t = points.t()
second = points[1]
second[0] = 7.
flat = points_t.reshape(6)
points_t.view(6)"""
IMAGES = """\
batch = torch.arange(48.).reshape(1, 3, 4, 4)
last = batch.contiguous(memory_format=torch.channels_last)
window = batch[0, 0].unfold(0, 2, 1)
window.mean(0)"""


def show_points(program: Program) -> None:
    """The points of the book, their transpose, and an element that lights up wherever it is seen."""
    workspace = program.workspace
    program.window.show_page("tensors")
    workspace.showing.show("points_t")
    facts = workspace.session.facts.tensor("points_t")
    if facts is not None:
        workspace.pointing.at_element(facts, (1, 1))


def show_images(program: Program) -> None:
    """A batch of pictures and its windows, in colours."""
    workspace = program.workspace
    workspace.pointing.leave()
    workspace.showing.show("window")
    facts = workspace.session.facts.tensor("window")
    if facts is not None:
        workspace.grids.set_scale(facts, "sequential")


def checkpoint() -> str:
    """A file with a tied weight and a slice that drags its storage along, in a folder that goes with the program."""
    import torch

    path = Path(os.environ["TENSORVIZ_CACHE_HOME"]) / "translator.pt"
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        torch.manual_seed(0)
        embedding = torch.randn(1000, 64)
        tensors = {"encoder.embedding.weight": embedding, "decoder.output.weight": embedding}
        for layer in range(6):
            tensors[f"encoder.layers.{layer}.attention.weight"] = torch.randn(192, 64)
            tensors[f"encoder.layers.{layer}.attention.bias"] = torch.zeros(192)
            tensors[f"encoder.layers.{layer}.mlp.weight"] = torch.randn(64, 256).t()
        tensors["decoder.output.bias"] = torch.randn(100_000)[:1000]
        torch.save(tensors, path)
    return str(path)


def show_report(program: Program) -> None:
    """A file of tensors, what is in it and what is wrong with it."""
    program.window.show_page("tensors")
    program.workspace.files.open(checkpoint())


def show_stored(program: Program) -> None:
    """A tensor of the file, where it lies."""
    file = program.workspace.files.open(checkpoint())
    if file.tensors is not None:
        page = program.window.page()
        page.view.show_tensor(file.tensors.place("encoder.layers.0.mlp.weight"))  # type: ignore[attr-defined]  # Tensors


def show_translation(program: Program) -> None:
    """A picture before and after, and what each residual block made of it."""
    program.window.show_page("models")
    workspace = program.workspace
    workspace.task.set_task("translate")
    horse = next(path for path in workspace.pictures.paths if "horse" in path)
    workspace.pictures.set_current(horse)


def show_way_back(program: Program) -> None:
    """There and back, with the reconstruction error."""
    program.workspace.translations.set_view("back")


SHOTS = (
    Shot("models-light", "light", show_picture),
    Shot("models-dark", "dark", show_picture),
    Shot("table-light", "light", show_table),
    Shot("translate-light", "light", show_translation),
    Shot("translate-back-dark", "dark", show_way_back),
    Shot("tensors-light", "light", show_points, POINTS),
    Shot("tensors-dark", "dark", show_points),
    Shot("windows-light", "light", show_images, IMAGES),
    Shot("file-report-light", "light", show_report),
    Shot("file-report-dark", "dark", show_report),
    Shot("file-looked-at-light", "light", show_stored),
)


class Photographer:
    """Waits for the answers, then takes one shot after the other, and closes the program."""

    def __init__(self, program: Program, out: Path) -> None:
        from PySide6.QtCore import QTimer

        self._program, self._out, self._left = program, out, list(SHOTS)
        self._timer = QTimer()
        self._timer.setInterval(100)
        self._timer.timeout.connect(self._look)
        self._timer.start()
        QTimer.singleShot(PATIENCE, program.window, self._give_up)

    def _look(self) -> None:
        workspace = self._program.workspace
        if workspace.pictures.count and workspace.results.count == workspace.pictures.count:
            self._timer.stop()
            self._next()

    def _next(self) -> None:

        if not self._left:
            self._program.window.close()
            self._program.application.quit()
            return
        shot = self._left.pop(0)
        self._program.workspace.settings.set("theme", shot.theme)
        self._program.workspace.session.run(shot.code)
        self._prepare_when_ready(shot)

    def _prepare_when_ready(self, shot: Shot) -> None:
        from PySide6.QtCore import QTimer

        window = self._program.window
        if self._program.workspace.session.running:
            QTimer.singleShot(100, window, lambda: self._prepare_when_ready(shot))
            return
        shot.prepare(self._program)
        QTimer.singleShot(SETTLE, window, lambda: self._take(shot))

    def _take(self, shot: Shot) -> None:
        self._out.mkdir(parents=True, exist_ok=True)
        path = self._out / f"{shot.name}.png"
        self._program.window.grab().save(str(path))
        print(path)
        self._next()

    def _give_up(self) -> None:
        self._program.application.exit(1)


def on_a_virtual_screen(arguments: list[str]) -> int:
    """Runs this script again under xvfb-run; gives its exit code."""
    runner = shutil.which("xvfb-run")
    if runner is None:
        print("There is no display, and xvfb-run is not installed (Debian: apt-get install xvfb).", file=sys.stderr)
        return 2
    screen = f"-screen 0 {SIZE[0]}x{SIZE[1]}x24"
    return subprocess.run([runner, "-a", "-s", screen, sys.executable, __file__, *arguments], check=False).returncode


def take(out: Path) -> int:
    """Opens the program on the samples and takes every shot; gives its exit code."""
    sys.path.insert(0, str(ROOT))
    with tempfile.TemporaryDirectory() as home:
        for variable in ("TENSORVIZ_CONFIG_HOME", "TENSORVIZ_CACHE_HOME", "TORCH_HOME"):
            os.environ[variable] = str(Path(home) / variable.lower())
        from tensorviz.app import build
        from tensorviz.engine.places import assets_folder

        os.chdir(assets_folder())
        program = build(("samples",))
        program.window.resize(*SIZE)
        photographer = Photographer(program, out)
        program.window.show()
        code = program.application.exec()
        del photographer
        program.end()
    return int(code)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "images")
    options = parser.parse_args()
    has_display = os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY") or sys.platform != "linux"
    out = options.out.resolve()
    raise SystemExit(take(out) if has_display else on_a_virtual_screen(["--out", str(out)]))


if __name__ == "__main__":
    main()

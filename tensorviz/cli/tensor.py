"""`tensorviz tensor`: code in, its steps, tensors and storages out, in the interpreter of the console.

Must not know how code is run; torch is imported when the code is at hand.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tensorviz.cli.options import Common, common_options
from tensorviz.cli.output import deliver, say
from tensorviz.core.errors import ValueRefused
from tensorviz.core.text import path_text, plural

if TYPE_CHECKING:
    from tensorviz.engine.console.history import StepDone
    from tensorviz.engine.session import Session

LARGEST_FILE = 1_000_000  # bytes


@click.command("tensor")
@click.argument("code", metavar="CODE|-|FILE.py")
@click.option("--allow-bytes", type=click.IntRange(min=1), metavar="N", help="How large a new tensor may be, in bytes.")
@click.option(
    "--image",
    metavar="FILE.png|FILE.svg",
    callback=lambda _context, _parameter, value: _picture_name(value),
    help="Draw the storages and the tensors that look at them.",
)
@common_options(("text", "json", "jsonl"))
def tensor(code: str, allow_bytes: int | None, image: str | None, common: Common) -> int:
    """Run tensor code and tell for each step whether it made a view, a copy, something new, or wrote in place.

    CODE is the code itself; - reads it from standard input, a name that ends in .py from a file.
    """
    source = _source(code)
    session = _session(common, allow_bytes)
    steps = list(session.run(source))
    if image is not None:
        _draw(session, image)
    deliver(_text(session, steps, common.format), common)
    failed = sum(step.problem is not None for step in steps)
    if failed and not common.quiet:
        say(f"{failed} of {plural(len(steps), 'step')} could not be done.")
    return 1 if failed else 0


def _picture_name(value: str | None) -> str | None:
    if value is not None and not value.lower().endswith((".png", ".svg")):
        raise click.BadParameter(f"{path_text(value)} ends neither in .png nor in .svg.")
    return value


def _draw(session: Session, image: str) -> None:
    from tensorviz.core.storage_picture import draw_storages
    from tensorviz.engine.storage_image import write_drawing
    from tensorviz.engine.storage_views import storage_views

    write_drawing(draw_storages(storage_views(session.tensors(), session.storage_names.name_of)), image)


def _source(code: str) -> str:
    if code == "-":
        return sys.stdin.buffer.read().decode("utf-8", "replace")
    return _read(Path(code)) if code.endswith(".py") and "\n" not in code else code


def _read(path: Path) -> str:
    try:
        size = path.stat().st_size
        if size > LARGEST_FILE:
            raise ValueRefused(f"{path_text(path)} has {size} bytes; code has up to {LARGEST_FILE}.")
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise ValueRefused(f"{path_text(path)} cannot be read: {error.strerror}.", "Is the name right?") from error
    except UnicodeDecodeError as error:
        raise ValueRefused(f"{path_text(path)} is not text in UTF-8.", "Save it as UTF-8.") from error


def _session(common: Common, allow_bytes: int | None) -> Session:
    from tensorviz.engine.devices import choose
    from tensorviz.engine.session import Session

    device = "" if common.device == "auto" else str(choose(common.device))
    return Session(allow_bytes=allow_bytes, device=device, history=False)


def _text(session: Session, steps: list[StepDone], wanted: str) -> str:
    from tensorviz.engine.console.report import report

    if wanted == "text":
        return _for_people(session, steps)
    whole = report(session, steps)
    return json.dumps(whole, indent=None if wanted == "jsonl" else 1, ensure_ascii=False, allow_nan=False) + "\n"


def _for_people(session: Session, steps: list[StepDone]) -> str:
    """Each step as at a prompt with its effect under it; then the tensors."""
    from tensorviz.engine.console.describe import describe

    lines: list[str] = []
    for step in steps:
        lines.extend(_step_lines(step))
    for name, value in session.tensors().items():
        letter = "" if value.is_meta else f" on storage {session.storage_names.name_of(value)}"
        lines.append(f"{name}: {describe(value)}{letter}")
    return "".join(f"{line}\n" for line in lines)


def _step_lines(step: StepDone) -> list[str]:
    first, *rest = step.code.splitlines() or [""]
    lines = [f">>> {first}", *(f"... {line}" for line in rest)]
    lines.extend(step.output.splitlines())
    if step.problem is not None:
        lines.append(f"refused: {step.problem.message} {step.problem.hint}".rstrip())
        lines.extend(f"    {line}" for line in step.problem.explanation.splitlines())
    if step.effect is not None:
        lines.append(_effect_line(step))
    lines.extend(f"note: {text}" for text in step.remarks)
    lines.extend(f"warning: {text}" for text in step.warnings)
    return lines


def _effect_line(step: StepDone) -> str:
    words = {"inplace": "in place", "same": "the same tensor"}
    copied = f", {plural(step.bytes_copied, 'byte')} copied" if step.bytes_copied else ""
    ops = ", ".join(dict.fromkeys(operation.name for operation in step.ops[:8]))
    effect: Any = step.effect
    return f"[{words.get(effect, effect)}{copied}{f'; {ops}' if ops else ''}]"

"""`tensorviz doctor`: versions, devices, folders, and what is missing; what a bug report should hold.

Must not know how anything is found out.
"""

from __future__ import annotations

import json

import click

from tensorviz.cli.options import Common, common_options
from tensorviz.cli.output import say, write_out
from tensorviz.core.findings import Finding, usable
from tensorviz.core.text import plural

MARKS = {"ok": "ok", "warning": "warning", "problem": "PROBLEM"}
MARK_WIDTH, NAME_WIDTH = 9, 24  # characters; the longest name is "torch with torchvision"


@click.command("doctor")
@common_options(("text", "json"))
@click.pass_context
def doctor(context: click.Context, common: Common) -> None:
    """Look at versions, devices and folders, and say what is missing. Nothing is sent anywhere.

    The exit code is 0 when tensorviz can work, 1 when something found is a problem.
    """
    from tensorviz.engine.diagnosis import diagnose
    from tensorviz.engine.writing import replacing

    findings = diagnose(common.device)
    text = as_json(findings) if common.format == "json" else "\n".join(as_text(finding) for finding in findings)
    if common.report is None:
        write_out(text + "\n")
    else:
        with replacing(common.report) as file:
            file.write(text + "\n")
    if not common.quiet:
        say(summary(findings))
    context.exit(0 if usable(findings) else 1)


def as_json(findings: list[Finding]) -> str:
    """An array with an object for each finding; ASCII, so that any terminal can show it."""
    return json.dumps([finding.as_dict() for finding in findings], indent=1)


def as_text(finding: Finding) -> str:
    """A line, and the hint under it."""
    line = f"{MARKS[finding.status]:{MARK_WIDTH}}{finding.name:{NAME_WIDTH}}{finding.value}"
    return f"{line}\n{'':{MARK_WIDTH + NAME_WIDTH}}{finding.hint}" if finding.hint else line


def summary(findings: list[Finding]) -> str:
    """What it comes to."""
    problems = sum(finding.status == "problem" for finding in findings)
    warnings = sum(finding.status == "warning" for finding in findings)
    if problems:
        return f"{plural(problems, 'problem')} found: tensorviz does not work as it should until mended."
    return "tensorviz can work here" + (f" ({plural(warnings, 'warning')})." if warnings else ".")

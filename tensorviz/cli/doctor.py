"""`tensorviz doctor`: versions, devices, folders, and what is missing; what a bug report should hold.

Must not know how anything is found out.
"""

from __future__ import annotations

import json
from pathlib import Path

import click

from tensorviz.core.findings import Finding, usable
from tensorviz.core.text import plural

MARKS = {"ok": "ok", "warning": "warning", "problem": "PROBLEM"}
COLOURS = {"ok": "green", "warning": "yellow", "problem": "red"}


@click.command()
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help="How it is written.")
@click.option("--report", type=click.Path(path_type=Path), help="Write it to this file instead of standard output.")
def doctor(form: str, report: Path | None) -> None:
    """Look at versions, devices and folders, and say what is missing.

    Nothing is sent anywhere. The exit code is 0 when tensorviz can work, 1 when something found is a problem.
    """
    from tensorviz.engine.diagnosis import diagnose
    from tensorviz.engine.writing import replacing

    findings = diagnose()
    text = as_json(findings) if form == "json" else as_text(findings)
    if report is None:
        click.echo(text)
    else:
        with replacing(report) as file:
            file.write(click.unstyle(text) + "\n")
    raise SystemExit(0 if usable(findings) else 1)


def as_json(findings: list[Finding]) -> str:
    """One object: whether it is usable, and the findings in their order."""
    told = {"usable": usable(findings), "findings": [finding.as_dict() for finding in findings]}
    return json.dumps(told, ensure_ascii=False, indent=2)


def as_text(findings: list[Finding]) -> str:
    """A line for each finding, its hint under it, and a line that sums up."""
    width = max(len(finding.name) for finding in findings)
    lines = []
    for finding in findings:
        mark = click.style(f"{MARKS[finding.status]:8}", fg=COLOURS[finding.status])
        lines.append(f"{mark}{finding.name:{width}}  {finding.value}")
        lines += [f"{'':8}{'':{width}}  {finding.hint}"] if finding.hint else []
    return "\n".join([*lines, "", summary(findings)])


def summary(findings: list[Finding]) -> str:
    """What it comes to."""
    problems = sum(finding.status == "problem" for finding in findings)
    warnings = sum(finding.status == "warning" for finding in findings)
    if problems:
        return f"{plural(problems, 'problem')} found: tensorviz does not work as it should until mended."
    return "tensorviz can work here" + (f" ({plural(warnings, 'warning')})." if warnings else ".")

"""Which versions of libraries fit together, judged from what they say of themselves and from how importing went.

Must not know how versions are found out; imports none of the libraries it judges.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from packaging.requirements import InvalidRequirement, Requirement
from packaging.version import InvalidVersion, Version

from tensorviz.core.findings import Finding

if TYPE_CHECKING:
    from tensorviz.engine.import_probe import Probed

PAIR = "torch with torchvision"
TOGETHER = (
    "Install both anew, together and from the same package index: "
    "python -m pip install --upgrade --force-reinstall torch torchvision"
)
# What torchvision says when its compiled part does not fit the torch that loads it.
NOT_LOADED = ("operator torchvision::", "undefined symbol", "couldn't load custom c++ ops", "_c.so", "dll load failed")


def pair_finding(torch: str | None, torchvision: str | None, requires: list[str], probed: Probed) -> Finding:
    """Whether this torch and this torchvision fit, and if not, in which way they do not.

    torch, torchvision: installed versions, with the build after "+" ("2.13.0+cpu"). requires: torchvision's metadata.
    """
    if torch is None or torchvision is None:
        return Finding(PAIR, "one of them is not installed", "problem", TOGETHER)
    told = f"torch {torch} with torchvision {torchvision}"
    error = probed.torchvision_error
    works = not (error or probed.torch_error)
    reason = version_reason(torch, requires) or ("" if works else build_reason(torch, torchvision))
    if not reason and any(words in error.lower() for words in NOT_LOADED):
        reason = "the compiled part of torchvision was made for another torch"
        reason += f" (this one {'has no CUDA' if not probed.cuda else f'has CUDA {probed.cuda}'})"
    if not reason:
        return Finding(PAIR, f"{told}: fit" if works else told)
    # With a reason that importing did not confirm, everything may still work.
    return Finding(PAIR, f"{told} do not fit: {reason}", "problem" if error else "warning", TOGETHER)


def version_reason(torch: str, requires: list[str]) -> str:
    """Why torchvision's own requirement refuses this torch; empty when it does not, or says nothing."""
    for line in requires:
        try:
            requirement = Requirement(line)
            refused = requirement.name == "torch" and not requirement.specifier.contains(torch, prereleases=True)
        except (InvalidRequirement, InvalidVersion):
            continue
        if refused:
            return f"this torchvision was made for torch {requirement.specifier}"
    return ""


def build_reason(torch: str, torchvision: str) -> str:
    """Why two builds differ ("+cpu" beside "+cu130"); a version without a label tells nothing of its build alone.

    The usual accident on Linux: torch from an index of CPU builds, torchvision, without a label, from the general
    index, where it is a CUDA build.
    """
    ours, theirs = _build(torch), _build(torchvision)
    if ours == theirs or not (ours or theirs):
        return ""
    if ours and theirs:
        return f"torch was built for {ours} and torchvision for {theirs}"
    named, labelled, other = ("torch", ours, "torchvision") if ours else ("torchvision", theirs, "torch")
    return f"{named} was built for {labelled}, and {other} comes from another index, which builds for something else"


def _build(version: str) -> str:
    try:
        local = Version(version).local or ""
    except InvalidVersion:
        return ""
    return local if local == "cpu" or local.startswith(("cu", "rocm", "xpu")) else ""


def pyside_finding(version: str | None, python: tuple[int, ...]) -> Finding:
    """Whether this PySide6 survives on this Python: 6.12.0 loses references to None on 3.11, and the program dies."""
    name = "PySide6 with Python"
    spelled = ".".join(str(number) for number in python)
    if version is None:
        return Finding(name, "PySide6-Essentials is not installed", "problem", "See the finding about it.")
    if python < (3, 12) and Version(version).release[:2] >= (6, 12):
        hint = "python -m pip install 'PySide6-Essentials>=6.10.1,<6.12'"
        told = f"PySide6 {version} aborts on Python {spelled} after some thousands of calls"
        return Finding(name, told, "problem", hint)
    return Finding(name, f"PySide6 {version} with Python {spelled}: fit")

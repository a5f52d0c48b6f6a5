"""The options that every command has, and how they are checked.

Must not know any command, nor torch.
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

import click

import tensorviz

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

FORMATS = ("text", "json", "jsonl", "csv")
Function = TypeVar("Function", bound="Callable[..., Any]")


@dataclass(frozen=True, slots=True)
class Common:
    """format: one of FORMATS. report: the file that gets the result instead of standard output, or None.

    device: where networks compute. quiet: no progress and no closing remark. debug: tracebacks.
    """

    format: str = "text"
    report: str | None = None
    device: str = "auto"
    quiet: bool = False
    debug: bool = False


class WholeNumber(click.IntRange):
    """click's IntRange, with a sentence for a person: "0 is not a whole number from 1 to 4096"."""

    name = "whole number"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The number; a usage error for anything else."""
        try:
            return super().convert(value, param, ctx)
        except click.BadParameter:
            end = "" if self.max is None else f" to {self.max}"
            self.fail(f"{value} is not a whole number from {self.min}{end}.", param, ctx)


def common_options(formats: Sequence[str] = FORMATS) -> Callable[[Function], Function]:
    """A decorator: adds the common options to a command and hands them over as one argument `common`.

    formats: those the command can write; the others are refused as a usage error.
    """

    def decorate(function: Function) -> Function:
        @functools.wraps(function)
        def gathered(*args: Any, **values: Any) -> Any:
            own = {name: values.pop(name) for name in ("format", "report", "device", "quiet", "debug")}
            return function(*args, common=Common(**own), **values)

        wrapped: Any = gathered
        for option in reversed(_options(formats)):
            wrapped = option(wrapped)
        return wrapped  # type: ignore[no-any-return]  # click's decorators keep the function

    return decorate


def _options(formats: Sequence[str]) -> list[Callable[[Any], Any]]:
    return [
        click.option("--format", type=click.Choice(formats), default="text", show_default=True, help="How to print."),
        click.option("--report", metavar="FILE", help="Write the result to FILE, whole or not at all."),
        click.option(
            "--device",
            default="auto",
            show_default=True,
            callback=_checked_device,
            metavar="auto|cpu|cuda|cuda:N|mps",
            help="Where networks compute.",
        ),
        click.option("--quiet", is_flag=True, help="No progress, no remarks."),
        click.option("--debug", is_flag=True, help="Show where an error came from."),
        click.version_option(tensorviz.__version__, prog_name="tensorviz"),
    ]


def _checked_device(_context: click.Context, _parameter: click.Parameter, value: str) -> str:
    if not re.fullmatch(r"auto|cpu|mps|cuda(:\d+)?", value):
        raise click.BadParameter(f"there is no device {value!r}; use auto, cpu, cuda, cuda:N or mps.")
    return value

"""The command `tensorviz`: the window, or one of the commands, with errors as sentences and exit codes as promised.

Must not know what the commands do; each is imported when it is asked for, and torch by none of this.
"""

from __future__ import annotations

import contextlib
import importlib
import os
import sys
import traceback
from typing import TYPE_CHECKING

import click

import tensorviz
from tensorviz.cli.output import discard_output, say, write_out
from tensorviz.core.errors import Cancelled, InstallationBroken, TensorvizError, problem_of
from tensorviz.core.names import did_you_mean
from tensorviz.core.text import path_text

if TYPE_CHECKING:
    from collections.abc import Sequence

# command -> the module in tensorviz.cli that has a click command of that name, and its line in the help
COMMANDS = {
    "classify": "Name what pictures show.",
    "translate": "Draw what pictures show in another manner.",
    "caption": "Say in a sentence what pictures show.",
    "models": "List the models, their weights, and what is on this computer.",
    "fetch": "Download published weights ahead of time.",
    "tensor": "Run tensor code, and see what is a view and what is a copy.",
    "inspect": "What is inside a tensor or checkpoint file, nothing executed.",
    "doctor": "Versions, devices, folders, what is missing; for bug reports.",
}
DISPLAYS = ("DISPLAY", "WAYLAND_DISPLAY", "WAYLAND_SOCKET", "QT_QPA_PLATFORM")  # any of them tells Qt where to draw
DONE, SOME_FAILED, CANNOT_RUN, INTERRUPTED, PIPE_CLOSED = 0, 1, 2, 130, 141


class _Commands(click.Group):
    """Imports a command's module when it is invoked; a first word that is no command is a path for the window."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = getattr(importlib.import_module(f"tensorviz.cli.{cmd_name}"), cmd_name)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args[0] in COMMANDS:
            return super().resolve_command(ctx, args)
        guess = did_you_mean(args[0], COMMANDS)
        if guess and not os.path.lexists(args[0]):
            raise click.UsageError(f"There is no command or file {path_text(args[0])!r}. {guess}", ctx)
        return "window", _window, args

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(cls=_Commands, invoke_without_command=True, context_settings={"help_option_names": ["--help", "-h"]})
@click.version_option(tensorviz.__version__, prog_name="tensorviz")
@click.option("--debug", is_flag=True, help="Show where an error came from.")
@click.option("--smoke", is_flag=True, hidden=True, help="Close the window once it has answered; for tests.")
@click.pass_context
def _tensorviz(context: click.Context, debug: bool, smoke: bool) -> int | None:
    """See tensors, run pretrained networks. Without a command: the window, with the given files and folders.

    tensorviz [PATH...] opens the window.
    """
    context.obj = smoke
    return _open_window((), smoke) if context.invoked_subcommand is None else None


def _tell_help(context: click.Context, _parameter: click.Parameter, wanted: bool) -> None:
    if wanted:
        click.echo(context.find_root().get_help())
        context.exit()


@click.command("window", hidden=True, add_help_option=False)
@click.argument("paths", nargs=-1)
@click.option("--help", "-h", "told", is_flag=True, is_eager=True, expose_value=False, callback=_tell_help)
@click.version_option(tensorviz.__version__, prog_name="tensorviz")
@click.option("--debug", is_flag=True, expose_value=False)
@click.option("--smoke", is_flag=True)
@click.pass_obj
def _window(asked: bool, paths: tuple[str, ...], smoke: bool) -> int:
    """Opens the window with files and folders; the program's own options may also stand after the paths."""
    return _open_window(paths, smoke or asked)


def _open_window(paths: Sequence[str], smoke: bool) -> int:
    if sys.platform == "linux" and not any(os.environ.get(name) for name in DISPLAYS):  # Qt would abort
        raise InstallationBroken(
            "The window was asked for, and there is no display to open it on (DISPLAY and WAYLAND_DISPLAY are empty).",
            "Run it on a desktop, or use a command such as `tensorviz classify`, which needs none.",
        )
    app = importlib.import_module("tensorviz.app")
    return int(app.run(paths, smoke=smoke))


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command line; gives the exit code (0 done, 1 some inputs failed, 2 cannot run, 130 interrupted)."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    debug = "--debug" in given
    with contextlib.suppress(AttributeError):  # a replaced stream may be no TextIOWrapper
        sys.stdout.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    try:
        return _run(given)
    except click.ClickException as error:
        return _refuse(_usage_text(error, given), debug)
    except TensorvizError as error:
        return _refuse(str(error), debug)
    except (KeyboardInterrupt, Cancelled, click.Abort):
        say("Stopped.")
        return INTERRUPTED
    except BrokenPipeError:
        discard_output()
        return PIPE_CLOSED
    except Exception as error:  # noqa: BLE001 - the last line of defence: a sentence, and the rest with --debug
        return _refuse(_unexpected_text(error), debug)


def _run(arguments: list[str]) -> int:
    """Like click's own `main`, which answers a closed pipe and Ctrl-C in its own ways."""
    try:
        with _tensorviz.make_context("tensorviz", arguments) as context:
            code = _tensorviz.invoke(context)
    except click.exceptions.Exit as end:
        code = end.exit_code
    if sys.stdout is not None:
        write_out("")  # what click printed
    return code if isinstance(code, int) else DONE


def _refuse(text: str, debug: bool) -> int:
    if debug:
        traceback.print_exc()
    say(text)
    return CANNOT_RUN


def _usage_text(error: click.ClickException, given: Sequence[str]) -> str:
    named = next((word for word in given if word != "--debug"), "")
    command = f"tensorviz {named}" if named in COMMANDS else "tensorviz"
    said = error.format_message().strip().replace("\n", " ")
    return f"{said}{'' if said.endswith(('.', '?')) else '.'} `{command} --help` tells more."


def _unexpected_text(error: BaseException) -> str:
    problem = problem_of(error)
    return f"{problem.message} {problem.hint}"


if __name__ == "__main__":
    sys.exit(main())

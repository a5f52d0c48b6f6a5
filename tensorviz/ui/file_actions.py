"""What the commands about files of tensors do, and when they make sense.

Must not know widgets; the rows that name these functions are in `ui/file_commands.py`.
"""

from __future__ import annotations

import os
import shlex
from pathlib import Path
from typing import TYPE_CHECKING

from tensorviz.core.checkpoint_report import is_generator
from tensorviz.core.text import bytes_text, path_text, plural

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from tensorviz.core.stored import Contents
    from tensorviz.engine.messages.files import CopyKind
    from tensorviz.ui.screen import Context
    from tensorviz.ui.state.tensor_file import TensorFile
    from tensorviz.ui.state.workspace import Workspace

PAGE = "tensors"
ASKED_BEFORE_TAKING = 200  # tensors that come into the session at once
PICTURES = "*.jpg *.jpeg *.png *.webp *.gif *.bmp *.tif *.tiff *.heic *.heif *.avif *.ppm *.pgm *.ico"
PICTURE_FILTERS = (f"Pictures ({PICTURES})", "All files (*)")
INDEX = ".safetensors.index.json"
CAN_BE_A_MODEL = (".pth", ".pt", ".safetensors")
# What a copy is called after the file it is of, its suffix, the suffixes it may have, and what a dialog says.
COPIES: dict[CopyKind, tuple[str, str, tuple[str, ...], str]] = {
    "compact": ("-compact", ".pt", (".pt", ".pth", ".bin", ".ckpt", ".th"), "PyTorch checkpoint (*.pt *.pth)"),
    "safetensors": ("", ".safetensors", (".safetensors",), "safetensors (*.safetensors)"),
}


# ----------------------------------------------------------------------------------------------------- when


def has_file(workspace: Workspace) -> bool:
    """Whether a file is looked at, which may still be read or not be readable."""
    return workspace.files.current is not None


def is_read(workspace: Workspace) -> bool:
    """Whether a file is looked at and it is known what it holds."""
    return contents_of(workspace) is not None


def has_tensors(workspace: Workspace) -> bool:
    """Whether the file that is looked at has any."""
    contents = contents_of(workspace)
    return contents is not None and bool(contents.tensors)


def can_be_compact(workspace: Workspace) -> bool:
    """Whether a copy without unreached bytes can be asked for: only torch's files hold such bytes."""
    contents = contents_of(workspace)
    return has_tensors(workspace) and contents is not None and contents.format.startswith("pt")


def can_be_converted(workspace: Workspace) -> bool:
    """Whether a copy as safetensors can be asked for."""
    contents = contents_of(workspace)
    return has_tensors(workspace) and contents is not None and contents.format != "safetensors"


def can_be_a_model(workspace: Workspace) -> bool:
    """Whether the file may become an own checkpoint."""
    file = workspace.files.current
    return is_read(workspace) and file is not None and file.path.casefold().endswith(CAN_BE_A_MODEL)


def has_tabs(workspace: Workspace) -> bool:
    """Whether there is another tab to go to."""
    return bool(workspace.files.files)


def contents_of(workspace: Workspace) -> Contents | None:
    """What the file that is looked at holds."""
    file = workspace.files.current
    return file.contents if file is not None else None


# ------------------------------------------------------------------------------------------------------ opening


def filters_of(suffixes: Iterable[str]) -> tuple[str, ...]:
    """The filters of a dialog that opens anything as tensors."""
    known = " ".join(f"*{suffix}" for suffix in suffixes)
    first = (f"Files of tensors ({known})",) if known else ()
    return (*first, f"Pictures, as tensors ({PICTURES})", "All files (*)")


def open_files(context: Context) -> None:
    """Asks for files and opens them on the Tensors page, whatever they are."""
    context.screen.choose_files(
        "Open files of tensors",
        filters_of(context.workspace.files.suffixes),
        lambda paths: context.screen.take(paths, "tensors"),
    )


def open_raw(context: Context) -> None:
    """Asks for a file; its tab asks how to take its bytes."""

    def ask(paths: list[str]) -> None:
        context.screen.show_page(PAGE)
        context.workspace.files.ask_raw(paths[0])

    context.screen.choose_files("Open a file as raw numbers", ("All files (*)",), ask)


def open_pictures(context: Context) -> None:
    """Asks for pictures and opens their samples in the session."""

    def take(paths: list[str]) -> None:
        context.screen.show_page(PAGE)
        for path in paths:
            context.workspace.files.open_pixels(path)

    context.screen.choose_files("Open pictures as tensors", PICTURE_FILTERS, take)


# ---------------------------------------------------------------------------------------------- the file looked at


def on_file(work: Callable[[Context, TensorFile], None]) -> Callable[[Context], None]:
    """Does something with the file that is looked at, in sight."""

    def run(context: Context) -> None:
        file = context.workspace.files.current
        if file is not None:
            context.screen.show_page(PAGE)
            work(context, file)

    return run


def open_in_session(context: Context, file: TensorFile) -> None:
    """Copies the selected tensors, or all, into the session; asks first when they are many."""
    contents, tensors = file.contents, file.tensors
    if contents is None or tensors is None:
        return
    able = tuple(place for place in range(len(contents.tensors)) if tensors.can_be_shown(place))
    places = file.selection or able

    def take() -> None:
        context.workspace.files.take_into_session(file, places)

    if len(places) <= ASKED_BEFORE_TAKING:
        take()
        return
    context.screen.confirm(
        f"Open {plural(len(places), 'tensor')} in the session?",
        f"They are copied into memory: {bytes_text(_bytes_of(contents, places))} of storages. "
        "Select some in the tree to open only those.",
        "Open them",
        take,
    )


def _bytes_of(contents: Contents, places: Iterable[int]) -> int:
    """Bytes of the storages that these tensors are on; a whole storage comes along with each."""
    wanted = {contents.tensors[place].storage for place in places}
    return sum(storage.nbytes for storage in contents.storages if storage.id in wanted)


def find(context: Context, file: TensorFile) -> None:
    """Goes to the field that searches names."""
    context.screen.focus_panel("file_search")


def compare(context: Context, file: TensorFile) -> None:
    """Asks for another file, mostly one beside it, and compares."""
    context.screen.choose_files(
        f"Compare {name_of(file)} with",
        (filters_of(context.workspace.files.suffixes)[0], "All files (*)"),
        lambda paths: file.compare_with(paths[0]),
        folder=os.path.dirname(os.path.abspath(file.path)),  # noqa: PTH100, PTH120 - the very bytes of the path
    )


def write_copy(kind: CopyKind) -> Callable[[Context, TensorFile], None]:
    """Asks for a name and writes a copy there: "compact" or "safetensors"."""
    addition, suffix, suffixes, line = COPIES[kind]

    def ask(context: Context, file: TensorFile) -> None:
        path = Path(file.path)
        suggested = str(path.with_name(f"{_stem(path)}{addition}{suffix}"))
        title = f"Write a copy of {name_of(file)}"

        def write(paths: list[str]) -> None:
            with_name(context, paths[0], suffixes, lambda out: file.write_copy(kind, out))

        context.screen.save_file(title, suggested, (line,), write)

    return ask


def _stem(path: Path) -> str:
    """The name without what says how the file is written."""
    return path.name.removesuffix(INDEX) if path.name.endswith(INDEX) else path.stem


def with_name(context: Context, path: str, suffixes: Sequence[str], then: Callable[[str], None]) -> None:
    """Calls `then` with the path, with the first suffix added when it has none of these.

    The dialog asked about a file of the name it gave; of the longer name it is asked here.
    """
    if path.casefold().endswith(tuple(suffixes)):
        then(path)
        return
    whole = f"{path}{suffixes[0]}"
    if not os.path.lexists(whole):
        then(whole)
        return
    context.screen.confirm(
        f"Write over {path_text(Path(whole).name)}?",
        "A file of that name is there.",
        "Write over it",
        lambda: then(whole),
    )


def reload(context: Context, file: TensorFile) -> None:
    """Reads the file again: it may have been written meanwhile."""
    file.reload()


def close(context: Context, file: TensorFile) -> None:
    """Closes the tab."""
    context.workspace.files.close(file)


def copy_path(context: Context, file: TensorFile) -> None:
    """The path, on the clipboard."""
    context.screen.copy_text(path_text(file.path), "the path of the file")


def show_folder(context: Context, file: TensorFile) -> None:
    """Opens the folder of the file in the system's file manager."""
    folder = os.path.dirname(os.path.abspath(file.path))  # noqa: PTH100, PTH120 - the very bytes of the path
    context.screen.open_link(Path(folder).as_uri())


def copy_python(context: Context, file: TensorFile) -> None:
    """Plain code that loads the file."""
    from tensorviz.core.loading_code import loading_code

    if file.contents is not None:
        context.screen.copy_text(loading_code(file.contents), "Python that loads this file")


def copy_command(context: Context, file: TensorFile) -> None:
    """The command that tells the same of the file."""
    words = ["tensorviz", "inspect", *_raw_words(file), *(["--"] if file.path.startswith("-") else []), file.path]
    context.screen.copy_text(shlex.join(words), "the command that inspects this file")


def _raw_words(file: TensorFile) -> list[str]:
    raw = file.raw
    if raw is None:
        return []
    words = ["--dtype", raw.dtype]
    words += [f"--shape={','.join(map(str, raw.shape))}"] if raw.shape is not None else []
    words += ["--offset", str(raw.offset)] if raw.offset else []
    return [*words, "--big-endian"] if raw.big_endian else words


def use_as_model(context: Context, file: TensorFile) -> None:
    """Opens the form of own checkpoints for the file; for a generator that of own generators."""
    workspace = context.workspace
    context.screen.show_page("models")
    if is_generator(file.family):
        workspace.task.set_task("translate")
        workspace.catalogue.offer_generator(file.path)
    else:
        workspace.task.set_task("classify")
        workspace.catalogue.offer(file.path)


def name_of(file: TensorFile) -> str:
    """The file's name without its folder."""
    return path_text(Path(file.path).name or file.path)


# --------------------------------------------------------------------------------------------------------- tabs


def go(steps: int) -> Callable[[Context], None]:
    """Goes that many tabs further, round the end; the first is the session."""

    def run(context: Context) -> None:
        files = context.workspace.files
        tabs = (None, *files.files)
        context.screen.show_page(PAGE)
        files.look_at(tabs[(tabs.index(files.current) + steps) % len(tabs)])

    return run

"""What the commands about translated pictures do, and when they make sense.

Must not know widgets; the rows that name these functions are in `ui/translate_commands.py`.
"""

from __future__ import annotations

import json
import os
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from tensorviz.core.errors import TensorvizError
from tensorviz.core.generators import GeneratorWeights
from tensorviz.core.text import bytes_text, plural
from tensorviz.core.translation_code import command_text, python_code
from tensorviz.ui.models.answer_text import name_text

if TYPE_CHECKING:
    from collections.abc import Callable

    from tensorviz.core.catalogue import WeightsRow
    from tensorviz.core.drawn import Translation
    from tensorviz.core.pipeline import Preview
    from tensorviz.core.translation import GeneratorChoice
    from tensorviz.engine.messages.translate import PictureFormat
    from tensorviz.ui.screen import Context
    from tensorviz.ui.state.translations import TranslationView, Which
    from tensorviz.ui.state.workspace import Workspace

PICTURES = ("PNG picture (*.png)", "JPEG picture (*.jpg)")
LENS = "translate_lens"  # the object name of what is focused to look closer


# --------------------------------------------------------------------------------------------------- when


def has_current(workspace: Workspace) -> bool:
    """Whether a picture is looked at."""
    return workspace.pictures.current is not None


def has_pictures(workspace: Workspace) -> bool:
    """Whether there are pictures, and a generator that is here."""
    return workspace.pictures.count > 0 and workspace.generator.ready


def has_many_selected(workspace: Workspace) -> bool:
    """Whether some pictures are selected, and a generator is here."""
    return workspace.pictures.selected_count > 1 and workspace.generator.ready


def can_translate(workspace: Workspace) -> bool:
    """Whether the picture that is looked at can be translated."""
    return has_current(workspace) and workspace.generator.ready


def is_busy(workspace: Workspace) -> bool:
    """Whether anything is being translated."""
    return workspace.translations.job is not None or bool(workspace.translations.batches)


def has_translation(workspace: Workspace) -> bool:
    """Whether the picture that is looked at was translated."""
    return workspace.translations.translation is not None


def goes_back(workspace: Workspace) -> bool:
    """Whether a generator of the way back is known and here."""
    back = workspace.generator.back_row
    return back is not None and back.here


def lacks_weights(workspace: Workspace) -> bool:
    """Whether weights are missing that could be fetched."""
    return missing(workspace) is not None


# -------------------------------------------------------------------------------------------------- doing


def set_task(task: str) -> Callable[[Context], None]:
    """Shows the Models page with a task."""

    def run(context: Context) -> None:
        context.screen.show_page("models")
        context.workspace.task.set_task(task)

    return run


def translate(context: Context) -> None:
    """Draws the picture that is looked at anew."""
    context.workspace.translations.translate()


def cancel(context: Context) -> None:
    """Ends the drawing of the picture that is looked at; when there is none, the batches."""
    translations = context.workspace.translations
    if translations.job is not None:
        translations.cancel()
        return
    for item in translations.batches:
        translations.cancel_batch(item.number)


def show(view: TranslationView) -> Callable[[Context], None]:
    """Shows the translation in that way."""
    return lambda context: context.workspace.translations.set_view(view)


def there_and_back(context: Context) -> None:
    """Pictures are translated back too, or not any more."""
    translations = context.workspace.translations
    translations.set_there_and_back(not translations.there_and_back)


def look_closer(context: Context) -> None:
    """Gives the keyboard to the picture, whose key L is the lens."""
    context.screen.focus_panel(LENS)


# ------------------------------------------------------------------------------------------ weights missing


def missing(workspace: Workspace) -> GeneratorWeights | None:
    """The published weights that are chosen and not here: of the generator, else of the way back where it is asked."""
    generator, translations = workspace.generator, workspace.translations
    wanted = [generator.weights_row, generator.back_row if translations.view == "back" else None]
    for row in wanted:
        if row is not None and not row.here and row.url:
            return row
    return None


def fetch(context: Context) -> None:
    """Fetches what is missing; asks first where the person wants that, or where nothing tells what came."""
    workspace = context.workspace
    row = missing(workspace)
    if row is None:
        return
    if not row.unchecked and not workspace.settings.flag("confirm_fetch"):
        _fetch(workspace, row)
        return
    context.screen.confirm(f"Fetch {row.model} {row.name}?", fetch_text(row), "Fetch", lambda: _fetch(workspace, row))


def fetch_text(row: WeightsRow) -> str:
    """How much comes from where, and what is not known of it."""
    address = urlsplit(row.url)
    said = f"{bytes_text(row.file_bytes)} from {address.hostname or 'its publisher'}."
    if isinstance(row, GeneratorWeights) and row.unchecked:
        said += " Nothing is published by which the file could be checked"
        said += ", and the connection is not encrypted." if address.scheme == "http" else "."
    return said


def _fetch(workspace: Workspace, row: GeneratorWeights) -> None:
    workspace.catalogue.fetch(row.model, row.name, trusted=row.unchecked)


# ------------------------------------------------------------------------------------------------- keeping


def shown(workspace: Workspace) -> tuple[Which, Preview] | None:
    """What is kept or copied now: the translated picture, in the view there and back that of the way back."""
    translation = workspace.translations.translation
    if translation is None:
        return None
    if workspace.translations.view == "back" and translation.way_back is not None:
        return "back", translation.way_back.picture
    return "after", translation.after


def suggested(translation: Translation, which: Which) -> str:
    """The path that is suggested for a picture: beside the person's own, by the name of the generator."""
    path, row = translation.row.path, translation.row
    stem = os.path.splitext(path)[0]  # noqa: PTH122 - the very bytes of the path
    return f"{stem}-{name_text(row.model)}{'-back' if which == 'back' else ''}.png"


def save(context: Context) -> None:
    """Asks for a file and writes the picture that is shown to it."""
    workspace = context.workspace
    kept, translation = shown(workspace), workspace.translations.translation
    if kept is None or translation is None:
        return
    which = kept[0]
    title = "Save the picture of the way back" if which == "back" else "Save translated picture"
    context.screen.save_file(
        title, suggested(translation, which), PICTURES, lambda chosen: _save(workspace, which, chosen[0])
    )


def _save(workspace: Workspace, which: Which, path: str) -> None:
    workspace.translations.save(which, path, replace=True)  # the dialog asks where there is a file of that name


def to_folder(form: PictureFormat, selected: bool = False) -> Callable[[Context], None]:
    """Asks for a folder and translates all pictures into it, or those that are selected."""

    def run(context: Context) -> None:
        workspace = context.workspace
        paths = workspace.pictures.selection if selected else None
        count = len(paths) if paths is not None else workspace.pictures.count
        title = f"Where to put {plural(count, 'translated picture')}"
        context.screen.choose_folder(title, lambda chosen: _to_folder(workspace, chosen[0], form, paths))

    return run


def _to_folder(workspace: Workspace, folder: str, form: PictureFormat, paths: tuple[str, ...] | None) -> None:
    workspace.translations.to_folder(folder, form, paths)


# ------------------------------------------------------------------------------------------------- copying


def back_choice(workspace: Workspace, translation: Translation) -> GeneratorChoice | None:
    """The choice that drew the way back of a translation; None when it has none."""
    back = translation.way_back
    if back is None:
        return None
    default = workspace.catalogue.generator_weights(back.model, "")
    weights = "" if default is not None and default.name == back.weights else back.weights
    return replace(translation.choice, model=back.model, weights=weights, resize=0)


def copy_python(context: Context) -> None:
    """A plain script of torch that draws the picture."""
    workspace = context.workspace
    translation = workspace.translations.translation
    if translation is None:
        return
    row, back = translation.row, back_choice(workspace, translation)
    find = workspace.catalogue.generator_weights
    try:
        code = python_code(row.path, translation.choice, back, find=find, device=row.device, notes=row.notes)
    except TensorvizError as error:
        workspace.messages.say(error.message, error.hint, "danger")
    else:
        context.screen.copy_text(code, "a Python script that draws this picture")


def copy_command(context: Context) -> None:
    """The command that draws the picture."""
    workspace = context.workspace
    translation = workspace.translations.translation
    if translation is None:
        return
    choice, back = translation.choice, back_choice(workspace, translation)
    row = workspace.catalogue.generator_weights(choice.model, choice.weights)
    way_back = row.way_back if row is not None else ""
    text = command_text([translation.row.path], choice, back=back, way_back=way_back)
    context.screen.copy_text(text, "the command that draws this picture")


def copy_picture(context: Context) -> None:
    """The picture itself."""
    if kept := shown(context.workspace):
        what = "the picture of the way back" if kept[0] == "back" else "the translated picture"
        context.screen.copy_picture(kept[1], what)


def copy_json(context: Context) -> None:
    """The translation as the command line prints it."""
    if translation := context.workspace.translations.translation:
        text = json.dumps(translation.row.as_dict(), ensure_ascii=False, indent=2)
        context.screen.copy_text(text, "the result as JSON")


# ------------------------------------------------------------------------------------------ as tensors


def open_stage(stage: str) -> Callable[[Context], None]:
    """Opens what the generator saw ("input") or drew ("output") as a tensor."""

    def run(context: Context) -> None:
        workspace = context.workspace
        if translation := workspace.translations.translation:
            workspace.session.open_translation(translation.row.path, translation.choice, stage)
            context.screen.show_page("tensors")

    return run

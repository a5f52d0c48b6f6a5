"""The actions on tasks and on translated pictures: their rows.

Must not know widgets: what needs one is asked of the `Screen`. To add an action, add a row.
"""

from __future__ import annotations

from tensorviz.ui import translate_actions as actions
from tensorviz.ui.command import Command

TASK = "translate"
TASK_COMMANDS: tuple[Command, ...] = (
    Command(
        "task.classify", "Task: classify", "Say what pictures show",
        actions.set_task("classify"), "Alt+1", "classify", "&Pictures", "task",
    ),
    Command(
        "task.translate", "Task: translate", "Draw pictures anew, in another manner",
        actions.set_task("translate"), "Alt+2", "translate", "&Pictures", "task",
    ),
)
TRANSLATE_COMMANDS: tuple[Command, ...] = (
    Command(
        "translate.run", "&Translate", "Draw the picture with the chosen generator",
        actions.translate, "Ctrl+Return", "run", "&Pictures", "run", actions.can_translate, TASK,
    ),
    Command(
        "translate.cancel", "&Cancel translating", "End the drawing of the picture, or else of the folder",
        actions.cancel, "Ctrl+.", "stop", "&Pictures", "run", actions.is_busy, TASK,
    ),
    Command(
        "translate.view_slider", "Sli&der", "Before and after in one place, with a line to move between them",
        actions.show("slider"), "F6", "slider", "&Pictures", "show", task=TASK,
    ),
    Command(
        "translate.view_side", "Side by s&ide", "Before and after beside one another",
        actions.show("side"), "F7", "side", "&Pictures", "show", task=TASK,
    ),
    Command(
        "translate.view_difference", "Diff&erence", "Where the two pictures differ, and how much",
        actions.show("difference"), "F8", "compare", "&Pictures", "show", task=TASK,
    ),
    Command(
        "translate.view_back", "There and bac&k", "The translated picture, translated back by the other generator",
        actions.show("back"), "F9", "back", "&Pictures", "show", task=TASK,
    ),
    Command(
        "translate.there_and_back", "Translate back t&oo", "Every picture is translated there and back, or not",
        actions.there_and_back, "", "back", "&Pictures", "back", actions.goes_back, TASK,
    ),
    Command(
        "translate.lens", "Look clo&ser", "Give the keyboard to the picture; L there is the lens, + and - zoom",
        actions.look_closer, "Ctrl+L", "lens", "&Pictures", "show", actions.has_current, TASK,
    ),
    Command(
        "translate.fetch", "Fetch what is &missing...", "Fetch the weights that are chosen and not here",
        actions.fetch, "", "download", "&Pictures", "run", actions.lacks_weights, TASK,
    ),
    Command(
        "translate.open_after", "Open after as tensor", "What the generator drew, on the Tensors page",
        actions.open_stage("output"), "", "tensor", "&Pictures", "tensor", actions.has_translation, TASK,
    ),
    Command(
        "translate.open_before", "Open before as tensor", "What the generator was given, on the Tensors page",
        actions.open_stage("input"), "", "tensor", "&Pictures", "tensor", actions.has_translation, TASK,
    ),
    Command(
        "translate.save", "Save trans&lated picture...", "Write the picture that is shown, as PNG or JPEG",
        actions.save, "Ctrl+Shift+S", "export", "&File", "export", actions.has_translation, TASK,
    ),
    Command(
        "translate.to_folder", "Translate all to a folder as PN&G...", "Draw every picture and keep it as PNG",
        actions.to_folder("png"), "Ctrl+E", "folder", "&File", "export", actions.has_pictures, TASK,
    ),
    Command(
        "translate.to_folder_jpeg", "Translate all to a folder as &JPEG...", "Draw every picture and keep it as JPEG",
        actions.to_folder("jpeg"), "", "folder", "&File", "export", actions.has_pictures, TASK,
    ),
    Command(
        "translate.selected_to_folder", "Translate sele&cted to a folder...", "Draw the selected pictures, as PNG",
        actions.to_folder("png", selected=True), "", "folder", "&File", "export", actions.has_many_selected, TASK,
    ),
    Command(
        "translate.copy_picture", "Copy &translated picture", "Put the picture that is shown on the clipboard",
        actions.copy_picture, "Ctrl+Shift+C", "picture", "&Edit", "result", actions.has_translation, TASK,
    ),
    Command(
        "translate.copy_python", "Copy as P&ython", "A plain torch script that draws the same picture",
        actions.copy_python, "", "code", "&Edit", "result", actions.has_translation, TASK,
    ),
    Command(
        "translate.copy_command", "Copy as c&ommand", "The command that draws the same picture",
        actions.copy_command, "", "terminal", "&Edit", "result", actions.has_translation, TASK,
    ),
    Command(
        "translate.copy_json", "Copy result as &JSON", "The result as the command line prints it",
        actions.copy_json, "", "copy", "&Edit", "result", actions.has_translation, TASK,
    ),
)

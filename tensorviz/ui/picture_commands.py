"""The actions on pictures, answers, models and weights: their rows.

Must not know widgets: what needs one is asked of the `Screen`. To add an action, add a row.
"""

from __future__ import annotations

from tensorviz.ui import model_actions as models
from tensorviz.ui import picture_actions as actions
from tensorviz.ui.command import Command

PICTURE_COMMANDS: tuple[Command, ...] = (
    # Pictures and results.
    Command(
        "pictures.next", "&Next picture", "Look at the next picture",
        actions.step(1), "Alt+Right", "next", "&Pictures", "step", actions.has_pictures,
    ),
    Command(
        "pictures.previous", "Pre&vious picture", "Look at the picture before",
        actions.step(-1), "Alt+Left", "previous", "&Pictures", "step", actions.has_pictures,
    ),
    Command(
        "results.run", "&Classify", "Classify the selected pictures with the chosen model",
        actions.run, "Ctrl+Return", "run", "&Pictures", "run", actions.has_pictures, task="classify",
    ),
    Command(
        "results.run_all", "Run &all again", "Classify every picture with the chosen model",
        actions.run_all, "F5", "retry", "&Pictures", "run", actions.has_pictures, task="classify",
    ),
    Command(
        "results.run_rest", "Classify the r&est", "Classify the pictures that have no answer of the chosen model",
        actions.run_rest, "Shift+F5", "run", "&Pictures", "run", actions.has_rest, task="classify",
    ),
    Command(
        "results.cancel", "Cancel the &batch", "End the running batch and those that are queued",
        actions.cancel_batches, "Ctrl+.", "stop", "&Pictures", "run", actions.has_batch, task="classify",
    ),
    Command(
        "results.toggle_view", "Picture or &table", "Show one answer in full, or those of all pictures in a table",
        actions.toggle_view, "Ctrl+T", "table", "&Pictures", "show", task="classify",
    ),
    Command(
        "pictures.copy_path", "Copy &path", "Copy the paths of the selected pictures",
        actions.copy_path, "", "copy", "&Pictures", "well", actions.has_pictures,
    ),
    Command(
        "pictures.show_folder", "Show in its &folder", "Open the folder of the picture",
        actions.show_folder, "", "folder", "&Pictures", "well", actions.has_pictures,
    ),
    Command(
        "pictures.remove", "&Remove", "Take the selected pictures out of the well; their files stay (Delete there)",
        actions.remove, "", "trash", "&Pictures", "well", actions.has_pictures,
    ),
    Command(
        "pictures.clear", "Remove a&ll", "Take every picture out of the well; their files stay",
        actions.clear, "", "close", "&Pictures", "well", actions.has_pictures,
    ),
    Command(
        "results.copy_python", "Copy as P&ython", "A plain torchvision script that gives the same numbers",
        actions.copy_python, "", "code", "&Edit", "result", actions.can_be_scripted, task="classify",
    ),
    Command(
        "results.copy_command", "Copy as c&ommand", "The command that gives the same result",
        actions.copy_command, "", "terminal", "&Edit", "result", actions.can_be_scripted, task="classify",
    ),
    Command(
        "results.copy_text", "Copy result as &text", "The answer as plain text",
        actions.copy_text, "Ctrl+Shift+C", "copy", "&Edit", "result", actions.has_answer, task="classify",
    ),
    Command(
        "results.copy_json", "Copy result as &JSON", "The answer as the command line prints it",
        actions.copy_json, "", "copy", "&Edit", "result", actions.has_answer, task="classify",
    ),
    Command(
        "results.export_csv", "Export &CSV...", "Write all answers to a table",
        actions.export("csv"), "Ctrl+E", "export", "&File", "export", actions.has_answers, task="classify",
    ),
    Command(
        "results.export_json", "Export &JSON...", "Write all answers to one JSON array",
        actions.export("json"), "", "export", "&File", "export", actions.has_answers, task="classify",
    ),
    Command(
        "results.export_jsonl", "Export JSON &lines...", "Write all answers, one JSON object per line",
        actions.export("jsonl"), "", "export", "&File", "export", actions.has_answers, task="classify",
    ),
    # Models and weights.
    Command(
        "model.find", "&Find a model", "Search the models by name, family or weights",
        models.find, "Ctrl+M", "search", "&Model", "find",
    ),
    Command(
        "model.layers", "&Layers of the network", "The network in use, printed layer by layer",
        models.show_layers, "Ctrl+L", "network", "&Model", "find", models.ready, task="classify",
    ),
    Command(
        "model.own_recipe", "Back to the weights' own &recipe", "Prepare pictures as the weights were trained",
        models.own_recipe, "", "undo", "&Model", "recipe", models.recipe_differs, task="classify",
    ),
    Command(
        "model.use_bundled", "&Use the model that comes along", "The small model that needs no download",
        models.use_bundled, "", "model", "&Model", "recipe", models.other_model, task="classify",
    ),
    Command(
        "model.add_checkpoint", "&Add an own checkpoint...", "Keep a .pth, .pt or .safetensors file as a model",
        models.add_checkpoint, "", "import", "&Model", "weights", task="classify",
    ),
    Command(
        "model.read_again", "Look a&gain which weights are here", "After files were added or removed by hand",
        models.read_again, "", "retry", "&Model", "weights",
    ),
    Command(
        "model.free_memory", "Free the &memory of networks", "Forgets the networks that are kept warm",
        models.free_memory, "", "trash", "&Model", "weights",
    ),
)

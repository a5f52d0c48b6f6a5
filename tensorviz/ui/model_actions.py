"""What the commands about models and recipes do, and when they make sense.

Must not know widgets; the rows that name these functions are in `ui/commands.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tensorviz.core.catalogue import ModelChoice

if TYPE_CHECKING:
    from tensorviz.ui.screen import Context
    from tensorviz.ui.state.workspace import Workspace

CHECKPOINT_FILTERS = ("Checkpoints (*.pth *.pt *.safetensors)", "All files (*)")


def find(context: Context) -> None:
    """Gives the keyboard to the search of the chooser that is shown."""
    translates = context.workspace.task.task == "translate"
    context.screen.focus_panel("generator_search" if translates else "model_search")


def show_layers(context: Context) -> None:
    """Shows the network in use layer by layer."""
    choice = context.workspace.choice.choice
    context.workspace.network.show(ModelChoice(choice.model, choice.weights))


def add_checkpoint(context: Context) -> None:
    """Asks for a checkpoint file and opens its form: of own checkpoints, or of own generators, by the task."""
    catalogue, translates = context.workspace.catalogue, context.workspace.task.task == "translate"
    offer, what = (catalogue.offer_generator, "generator") if translates else (catalogue.offer, "checkpoint")
    context.screen.choose_files(f"Add an own {what}", CHECKPOINT_FILTERS, lambda paths: offer(paths[0]))


def use_bundled(context: Context) -> None:
    """Lets the model that comes along answer."""
    context.workspace.choice.set_model("")


def own_recipe(context: Context) -> None:
    """Goes back to the recipe that the weights were trained for."""
    context.workspace.choice.set_recipe(None)


def read_again(context: Context) -> None:
    """Looks again at what is on this computer."""
    context.workspace.catalogue.read()


def free_memory(context: Context) -> None:
    """Forgets the networks that are kept warm; the next answer reads its weights again."""
    context.workspace.engine.free_memory()
    context.workspace.messages.say("Networks are forgotten as soon as no job uses them.")


def ready(workspace: Workspace) -> bool:
    """Whether a network is chosen that can be built."""
    return workspace.choice.ready


def recipe_differs(workspace: Workspace) -> bool:
    """Whether there is a way back."""
    return bool(workspace.choice.differing())


def other_model(workspace: Workspace) -> bool:
    """Whether another model than the one that comes along answers."""
    row = workspace.choice.row
    return row is not None and row.kind != "bundled"

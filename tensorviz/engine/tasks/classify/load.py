"""From a choice of model, weights, recipe and device to a classifier that answers.

Must not know pictures, the terminal or the window.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tensorviz.core.text import path_text
from tensorviz.engine.devices import check_precision, choose
from tensorviz.engine.tasks.classify.build import Built, build_network
from tensorviz.engine.tasks.classify.classifier import Classifier, Identity
from tensorviz.engine.tasks.classify.forward import Forward
from tensorviz.engine.tasks.classify.recipe import Source, class_names, fitting_recipe, source_of
from tensorviz.engine.tasks.classify.speed import fuse, prefers_channels_last
from tensorviz.engine.weights.checkpoint import read_checkpoint
from tensorviz.engine.weights.store import verified

if TYPE_CHECKING:
    from tensorviz.core.catalogue import ModelChoice
    from tensorviz.engine.cancel import CancelToken


def load_classifier(choice: ModelChoice, token: CancelToken | None = None) -> Classifier:
    """Finds, checks, reads and builds what `choice` names, and puts it on its device.

    Raises TensorvizError of every kind (unknown names, weights missing or damaged, a checkpoint that does not fit,
    labels of another count, no such device), and Cancelled between the steps.
    """
    device = choose(choice.device)
    check_precision(choice.precision, device)
    source = source_of(choice)
    built, notes = _build(source, choice, token)
    recipe, followed = fitting_recipe(choice.recipe, source.recipe, built.side, source.model.name)
    identity = Identity(
        model=source.model.name,
        weights=source.name if source.published else path_text(source.name),
        labels=class_names(source, built.classes),
        recipe=recipe,
        own_recipe=source.recipe if choice.recipe else recipe,
        notes=(*notes, *built.notes, *followed),
    )
    fuse(built.network)
    channels_last = prefers_channels_last(source.model.architecture)
    return Classifier(identity, Forward(built.network, device, choice.precision, channels_last), choice.batch)


def _build(source: Source, choice: ModelChoice, token: CancelToken | None) -> tuple[Built, tuple[str, ...]]:
    path = verified(source.file, source.row.sha256_prefix if source.published else "", token)
    _check(token)
    checkpoint = read_checkpoint(str(path))
    _check(token)
    crop = (choice.recipe or source.recipe).crop
    built = build_network(source.model.architecture, checkpoint.tensors, crop)
    _check(token)
    return built, () if source.published else tuple(checkpoint.notes)


def _check(token: CancelToken | None) -> None:
    if token is not None:
        token.check()

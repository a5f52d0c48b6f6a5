"""From a choice of model, weights, input range and device to a translator that draws.

Must not know pictures, the terminal or the window.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from tensorviz.engine.devices import choose
from tensorviz.engine.tasks.translate.build import build_generator
from tensorviz.engine.tasks.translate.forward import Forward
from tensorviz.engine.tasks.translate.source import source_of
from tensorviz.engine.tasks.translate.translator import Identity, Translator
from tensorviz.engine.weights.checkpoint import read_checkpoint
from tensorviz.engine.weights.fingerprints import checked

if TYPE_CHECKING:
    from tensorviz.core.translation import GeneratorChoice
    from tensorviz.engine.cancel import CancelToken


def load_translator(choice: GeneratorChoice, token: CancelToken | None = None) -> Translator:
    """Finds, checks, reads and builds what `choice` names, and puts it on its device.

    Raises TensorvizError of every kind (unknown names, weights missing or damaged, a checkpoint that is no generator,
    no such device), and Cancelled between the steps.
    """
    device = choose(choice.device)
    source = source_of(choice)
    path = checked(source.row, Path(source.file), token) if source.row else Path(source.file)
    _check(token)
    checkpoint = read_checkpoint(path)
    _check(token)
    built = build_generator(checkpoint.tensors)
    _check(token)
    own = source.row is None
    identity = Identity(
        model=source.model,
        weights=source.weights,
        input_range=choice.input_range,
        resize=choice.resize,
        way_back=source.way_back,
        notes=(*checkpoint.notes, *built.notes) if own else (),  # of published weights that is known
    )
    return Translator(identity, Forward(built.network, device))


def _check(token: CancelToken | None) -> None:
    if token is not None:
        token.check()

"""What comes into the session from outside: the stages of a prediction and the parameters of a network, as tensors.

Must not know lanes, or the networks that answers are computed with: it reads and builds what it needs, and lets go.
"""

from __future__ import annotations

import re
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from PIL import Image

from tensorviz.core.errors import NameUnknown, ValueRefused
from tensorviz.core.names import did_you_mean
from tensorviz.core.recipe import crop_plan
from tensorviz.core.script import Asked
from tensorviz.core.text import bytes_text, count_text, path_text, seconds_text
from tensorviz.engine.messages.session import OpenPrediction
from tensorviz.engine.pictures import open_picture
from tensorviz.engine.pipeline import FILTERS
from tensorviz.engine.prepare import normalise, prepare
from tensorviz.engine.tasks.classify.build import COUNTER, renamed
from tensorviz.engine.tasks.classify.load import load_classifier
from tensorviz.engine.tasks.classify.recipe import is_file_choice, recipe_of, source_of
from tensorviz.engine.tasks.classify.speed import prefers_channels_last
from tensorviz.engine.tensors.opening_action import Opened, opened_of, stage_of
from tensorviz.engine.tensors.opening_code import batch_code, parameter_code, picture_code, scores_code
from tensorviz.engine.tensors.opening_file import bring_stored
from tensorviz.engine.tensors.opening_pixels import bring_pixels
from tensorviz.engine.tensors.opening_same import check_same, picture_digest, weights_digest
from tensorviz.engine.tensors.opening_terms import Brought, Terms, enough_memory, let_go
from tensorviz.engine.tensors.opening_translation import bring_translation
from tensorviz.engine.weights.catalogue import find_model, find_weights
from tensorviz.engine.weights.checkpoint import read_checkpoint
from tensorviz.engine.weights.entries import list_entries
from tensorviz.engine.weights.store import verified

if TYPE_CHECKING:
    from collections.abc import Container, Mapping

    from tensorviz.core.catalogue import ModelChoice
    from tensorviz.core.recipe import Recipe
    from tensorviz.engine.messages.session import OpenParameter
    from tensorviz.engine.pictures import Picture
    from tensorviz.engine.tasks.classify.classifier import Classifier
    from tensorviz.engine.weights.checkpoint import Checkpoint

LARGEST = 2_000_000_000  # bytes of one tensor that is opened
FLOATS = 64_000_000  # bytes up to which a decoded picture is also given as numbers from 0 to 1


def action_of(request: OpenPrediction | OpenParameter, taken: Container[str] = ()) -> dict[str, Any]:
    """The wish as the log keeps it, under names that are not `taken`; raises what looking at the files raises."""
    choice = _from_anywhere(request.choice)
    if isinstance(request, OpenPrediction):
        weights = _weights_digest(choice) if request.stage == "scores" else ""
        path, stage = str(Path(request.path).absolute()), stage_of(request.stage)
        opened = Opened(choice, path, stage, picture=picture_digest(path), weights=weights)
    else:
        opened = Opened(choice, name=request.name, weights=_weights_digest(choice))
    return opened.with_free_names(taken).action()


def _from_anywhere(choice: ModelChoice) -> ModelChoice:
    """The choice with whole paths: the session may be brought back by a program that was started elsewhere."""
    weights = str(Path(choice.weights).absolute()) if is_file_choice(choice.weights) else choice.weights
    labels = str(Path(choice.labels).absolute()) if choice.labels else choice.labels
    return replace(choice, weights=weights, labels=labels)


def bring(action: dict[str, Any], terms: Terms | None = None) -> Brought:
    """The code that tells what was brought, and the values by name. terms: on which something large is brought.

    Raises TensorvizError: an action that makes no sense, a file that is gone or is another than it was, what opening
    pictures and building networks raises, MemoryExhausted.
    """
    if "stored" in action:
        return bring_stored(action["stored"], terms or Terms())
    if "pixels" in action:
        return bring_pixels(action["pixels"], terms or Terms())
    if "translation" in action:
        return bring_translation(action["translation"], terms or Terms())
    opened = opened_of(action)
    with enough_memory():
        if not opened.stage:
            return _parameter(opened)
        check_same(opened.picture, picture_digest(opened.path), opened.path)
        return _scores(opened) if opened.stage == "scores" else _stage(opened)


# ------------------------------------------------------------------------------------------------------- pictures


def _stage(opened: Opened) -> Brought:
    picture, recipe = open_picture(opened.path), recipe_of(opened.choice)
    if opened.stage == "normalised":
        asked = _asked(opened, recipe)
        batch = torch.from_numpy(normalise(prepare(picture.image, recipe), recipe)).unsqueeze(0).clone()
        last = prefers_channels_last(asked.model.architecture)
        return batch_code(asked, opened.names[0], picture.notes, last), {opened.names[0]: batch}
    pixels = torch.tensor(np.asarray(_image(picture, opened.stage, recipe)))
    planes = pixels.permute(2, 0, 1)
    names = opened.names if 4 * pixels.numel() <= FLOATS else opened.names[:2]
    code = picture_code(opened.path, opened.stage, names, recipe, picture.notes)
    # The numbers come first: what comes last is looked at, and it should lie beside its bytes.
    numbers = {name: (pixels / 255).permute(2, 0, 1) for name in names[2:]}
    return code, {**numbers, names[0]: pixels, names[1]: planes}


def _image(picture: Picture, stage: str, recipe: Recipe) -> Image.Image:
    if stage == "original":
        return picture.image
    if stage == "cropped":
        return Image.fromarray(prepare(picture.image, recipe))
    width, height = crop_plan(recipe, picture.image.size).resized
    if width * height * 3 > LARGEST:
        raise ValueRefused(
            f"Resized whole, this picture would have {count_text(width)} x {count_text(height)} pixels.",
            'Open "Cropped": only what the network sees is made.',
        )
    return picture.image.resize((width, height), FILTERS[recipe.interpolation])


def _asked(opened: Opened, recipe: Recipe, device: str = "cpu") -> Asked:
    choice, model = opened.choice, find_model(opened.choice.model, list_entries())
    named = any(row.name == choice.weights for row in model.weights)
    weights = find_weights(model, choice.weights if named else "")
    return Asked(opened.path, choice, model, weights, recipe, device=device)


# --------------------------------------------------------------------------------------------------------- scores


def _scores(opened: Opened) -> Brought:
    check_same(opened.weights, _weights_digest(opened.choice), source_of(opened.choice).file)
    started = time.perf_counter()
    classifier = load_classifier(opened.choice)
    try:
        picture, recipe = open_picture(opened.path), classifier.identity.recipe
        scores, probabilities = _answer(classifier, np.stack([prepare(picture.image, recipe)]))
    finally:
        let_go(classifier.forward.network, classifier.forward.device)
    asked = _asked(opened, recipe, classifier.device)
    notes = (*picture.notes, *classifier.forward.notes)
    code = scores_code(asked, opened.names, notes, seconds_text(time.perf_counter() - started))
    return code, dict(zip(opened.names, (scores, probabilities), strict=True))


def _answer(classifier: Classifier, pixels: np.ndarray[Any, np.dtype[np.uint8]]) -> tuple[torch.Tensor, torch.Tensor]:
    """What the network gives for one picture before the softmax, and after it; the softmax is the classifier's own."""
    given: list[torch.Tensor] = []
    hook = classifier.forward.network.register_forward_hook(lambda *called: given.append(called[-1]))
    try:
        probabilities = classifier.forward.probabilities(pixels, classifier.identity.recipe).probabilities
    finally:
        hook.remove()
    # Clones made out here may be written to and differentiated; what inference_mode made may not.
    return given[-1][0].float().cpu().clone(), probabilities[0].clone()


# ----------------------------------------------------------------------------------------------------- parameters


def _parameter(opened: Opened) -> Brought:
    source = source_of(opened.choice)
    check_same(opened.weights, _weights_digest(opened.choice), source.file)
    path = str(verified(source.file, source.row.sha256_prefix if source.published else ""))
    checkpoint = read_checkpoint(path)
    tensor = _named(opened.name, renamed(source.model.architecture, checkpoint.tensors), path)
    nbytes = tensor.numel() * tensor.element_size()
    if nbytes > LARGEST:
        raise ValueRefused(
            f"{opened.name} has {bytes_text(nbytes)}; tensors of up to {bytes_text(LARGEST)} are opened here.",
            "Open another parameter of the network.",
        )
    what = f"{opened.name} of {source.model.name} {source.name if source.published else ''}".strip()
    code = parameter_code(what, opened.names[0], path, _way(checkpoint, tensor))
    return code, {opened.names[0]: tensor.detach().clone()}


def _named(name: str, tensors: Mapping[str, torch.Tensor], path: str) -> torch.Tensor:
    if name in tensors:
        return tensors[name]
    counter = "It counts training steps, which no answer uses; the file was saved without it."
    hint = counter if name.endswith(COUNTER) else did_you_mean(name, tensors)
    raise NameUnknown(f"The weights file {path_text(path)} holds no {name}.", hint)


def _way(checkpoint: Checkpoint, tensor: torch.Tensor) -> list[str]:
    """The keys that lead from what `torch.load` gives to the tensor: wrappers, then its name as the file has it."""
    said = "\n".join(checkpoint.notes)
    prefixes = re.findall(r'The prefix "(.+?)" was taken off', said)
    name = next(key for key, value in checkpoint.tensors.items() if value is tensor)
    return [*re.findall(r'were found under "(.+?)"', said), "".join(prefixes) + name]


def _weights_digest(choice: ModelChoice) -> str:
    return weights_digest(source_of(choice).file)

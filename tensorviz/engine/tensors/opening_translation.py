"""From a translation into the session: what a generator sees, its features between residual blocks, what it draws.

Must not know lanes. The network is loaded for the one picture, and let go.
"""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from PIL import Image

from tensorviz.core.errors import ValueRefused
from tensorviz.core.text import bytes_text, count_text, path_text, plural, seconds_text
from tensorviz.core.translation import translation_plan
from tensorviz.engine.hearing import quiet
from tensorviz.engine.pictures import open_picture
from tensorviz.engine.tasks.translate.apart import ForwardApart
from tensorviz.engine.tasks.translate.forward import as_input
from tensorviz.engine.tasks.translate.load import load_translator
from tensorviz.engine.tasks.translate.source import source_of
from tensorviz.engine.tasks.translate.translator import Translator, mirrored_up
from tensorviz.engine.tasks.translate.workshop import Workshop
from tensorviz.engine.tensors.opening_same import check_same, picture_digest, weights_digest
from tensorviz.engine.tensors.opening_terms import Brought, Terms, enough_memory, let_go
from tensorviz.engine.tensors.opening_translation_action import TranslationWish, check_stage, translation_wish
from tensorviz.engine.tensors.opening_translation_code import drawn_code, input_code

if TYPE_CHECKING:
    from collections.abc import Container

    from tensorviz.core.translation import TranslationPlan
    from tensorviz.engine.messages.session import OpenTranslation
    from tensorviz.engine.pictures import Picture

FLOAT = 4  # bytes
COLOURS = 3
SMALLER = "Choose a smaller size of the shorter side first."


def open_translation(request: OpenTranslation, taken: Container[str], terms: Terms) -> tuple[dict[str, Any], Brought]:
    """Brings what was asked for under a name that is not `taken`: the action for the log, its code and value.

    Raises ValueRefused (no such stage, or the person refuses what it takes), what opening pictures and loading
    generators raises, MemoryExhausted, Cancelled between two layers, and within one that takes long.
    """
    stage, path = check_stage(request.stage), str(Path(request.path).absolute())
    wish = _with_weights(TranslationWish(path, stage, request.choice, picture=picture_digest(path)))
    wish = wish.with_free_name(taken)
    return wish.action(), _brought(wish, terms)


def _with_weights(wish: TranslationWish) -> TranslationWish:
    """The wish with the weights told apart, by a whole path: another program may bring the session back.

    What a generator sees does not depend on which one it is.
    """
    if wish.stage == "input":
        return replace(wish, choice=replace(wish.choice, model="", weights=""))
    file = source_of(wish.choice).file
    choice = wish.choice if file != wish.choice.weights else replace(wish.choice, weights=str(Path(file).absolute()))
    return replace(wish, choice=choice, weights=weights_digest(file))


def bring_translation(data: object, terms: Terms) -> Brought:
    """The same again, from the log. Raises ChangedFile for files that are others by now, and as above."""
    wish = translation_wish(data)
    check_same(wish.picture, picture_digest(wish.path), wish.path)
    if wish.stage != "input":
        file = source_of(wish.choice).file
        check_same(wish.weights, weights_digest(file), file)
    return _brought(wish, terms)


def _brought(wish: TranslationWish, terms: Terms) -> Brought:
    with enough_memory():
        picture = open_picture(wish.path)
        if wish.stage == "input":
            return _seen(wish, picture, terms)
        loaded, workshop = load_translator(wish.choice, terms.token), Workshop()
        forward = ForwardApart(loaded.forward.network, loaded.forward.device, workshop)
        try:
            return _computed(wish, picture, Translator(loaded.identity, forward), terms)
        finally:
            workshop.close()
            let_go(forward.network, forward.device)


def _seen(wish: TranslationWish, picture: Picture, terms: Terms) -> Brought:
    choice = wish.choice
    plan = translation_plan(picture.image.size, choice.input_range, choice.resize)
    _ask(wish, _shape(wish.stage, plan), terms)
    with quiet():  # Pillow's remarks on huge pictures
        before = picture.image.resize(plan.resized, Image.Resampling.BILINEAR)
    pixels = torch.from_numpy(mirrored_up(np.asarray(before), plan.network))
    batch = as_input(pixels, choice.input_range)
    return input_code(wish, plan, picture.notes), {wish.name: batch}


def _computed(wish: TranslationWish, picture: Picture, translator: Translator, terms: Terms) -> Brought:
    network = translator.forward.network.plan
    if wish.block is not None and wish.block > network.blocks:
        known = plural(network.blocks, "residual block")
        raise ValueRefused(
            f"There is no block {wish.block}: {translator.identity.model} has {known}.",
            f'Choose "block-0" (before the first) to "block-{network.blocks}".',
        )
    plan = translator.check_memory(picture.image.size)
    _ask(wish, _shape(wish.stage, plan, network.width), terms)
    started = time.perf_counter()
    value = translator.stage(picture.image, wish.stage, terms.token)
    took = seconds_text(time.perf_counter() - started)
    source, device = source_of(wish.choice), translator.device
    code = drawn_code(wish, source, tuple(value.shape), network.blocks, picture.notes, device, took)
    return code, {wish.name: value}


def _shape(stage: str, plan: TranslationPlan, width: int = 0) -> tuple[int, ...]:
    """The shape of the stage (batch, channel, height, width). width: of the network."""
    across, down = plan.network
    quarters = -(-across // 4), -(-down // 4)
    if stage == "input":
        return 1, COLOURS, down, across
    if stage == "output":
        return 1, COLOURS, 4 * quarters[1], 4 * quarters[0]
    return 1, 4 * width, quarters[1], quarters[0]


def _ask(wish: TranslationWish, shape: tuple[int, ...], terms: Terms) -> None:
    nbytes = FLOAT * torch.Size(shape).numel()
    size = " x ".join(map(count_text, shape))
    what = f"{wish.name} of {path_text(Path(wish.path).name)} takes {bytes_text(nbytes)} of memory: {size}, float32."
    terms.ask(what, nbytes, SMALLER)

"""A stage of a translation as plain code: what gives the same tensor with torch and torchvision, without tensorviz.

Must not know torch or read files: facts in, text out. Helping names stay inside a function, so that none of the
session's is written over.
"""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING

from tensorviz.core.script import picture_lines
from tensorviz.core.text import path_text, printable
from tensorviz.core.translation_code import (
    PAPER,
    batch_lines,
    differing_lines,
    import_lines,
    network_lines,
    resized_text,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tensorviz.core.translation import TranslationPlan
    from tensorviz.engine.tasks.translate.source import Source
    from tensorviz.engine.tensors.opening_translation_action import TranslationWish

LAID = "transparency laid on white"
FIRST_BLOCK = 10  # layers of the generator that come before the residual blocks


def input_code(wish: TranslationWish, plan: TranslationPlan, notes: Sequence[str]) -> str:
    """For "input": what the generator sees, float32 (1, 3, H, W)."""
    values = "-1 to 1" if wish.choice.input_range == "trained" else "0 to 1"
    mirrored = "" if plan.network == plan.resized else f", mirrored up to {_size(plan.network)}"
    what = f"# {_file(wish.path)} as the generator sees it: {_size(plan.resized)}{mirrored}, values from {values}"
    body = [*import_lines(wish.path, (), False), *_batch(wish, notes), "return batch"]
    return "\n".join([what, *differing_lines(notes), *_called(wish, f"make_{wish.name}", body)])


def drawn_code(
    wish: TranslationWish, source: Source, shape: tuple[int, ...], blocks: int, notes: Sequence[str], device: str,
    seconds: str,
) -> str:  # fmt: skip  # one list of facts
    """For features "block-0" to "block-9", and "output": what the generator makes of the picture.

    shape: of the tensor. blocks: that the generator has. notes: of the picture. seconds: what it took, as text.
    """
    own = source.row is None
    weights = "" if own else f" {source.weights}"
    head = f"# {_where(wish, blocks)} of {printable(source.model)}{weights}, given {_file(wish.path)}: "
    head += f"{' x '.join(map(str, shape))}, computed on {device} in {seconds}"
    layers = "network" if wish.block is None else f"network.model[:{FIRST_BLOCK + wish.block}]"
    body = [*import_lines(wish.path, (source.file,), own), *network_lines(source.file, own, device)]
    body += [*_batch(wish, notes, device), "with torch.no_grad():", f"    return {layers}(batch).cpu()"]
    lines = [head, f"# ({PAPER})", *differing_lines(notes), *_function(f"compute_{wish.name}", body)]
    lines += ["with torch.random.fork_rng():  # to build a network draws random numbers"]
    return "\n".join([*lines, f"    {wish.name} = compute_{wish.name}()"])


def _where(wish: TranslationWish, blocks: int) -> str:
    if wish.block is None:
        return "what comes out"
    return f"features after residual block {wish.block} of {blocks}" if wish.block else "features before the blocks"


def _batch(wish: TranslationWish, notes: Sequence[str], device: str = "cpu") -> list[str]:
    choice = wish.choice
    lines = [
        *picture_lines(wish.path, LAID in notes),
        'picture = picture.convert("RGB")',
        f"before = {resized_text(choice)}",
    ]
    return [*lines, *batch_lines(choice, "before", device)]


def _called(wish: TranslationWish, function: str, body: list[str]) -> list[str]:
    return [*_function(function, body), f"{wish.name} = {function}()"]


def _function(name: str, body: list[str]) -> list[str]:
    return [f"def {name}():", *(f"    {line}" for line in body)]


def _file(path: str) -> str:
    return " ".join(printable(path_text(PurePath(path).name)).split())


def _size(size: tuple[int, int]) -> str:
    return f"{size[0]} x {size[1]}"

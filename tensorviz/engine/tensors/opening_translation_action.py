"""A wish to open a stage of a translation as the log keeps it: plain data, and back without trusting the log.

Must not know torch, pictures or networks.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from tensorviz.core.errors import ValueRefused
from tensorviz.core.translation import GeneratorChoice
from tensorviz.engine.tensors.opening_action import DIGEST, LONGEST, MOST

if TYPE_CHECKING:
    from collections.abc import Container

AGAIN = "Open it again from the Models page."
NAMES = {"input": "generator_input", "block-0": "before_blocks", "output": "generator_output"}
BLOCK = re.compile(r"block-(0|[1-9][0-9]{0,2})")
TEXTS = ("model", "weights", "input_range", "device")


@dataclass(frozen=True, slots=True)
class TranslationWish:
    """A stage ("input", "block-0" to "block-9", "output") of what `choice` makes of the picture at `path`.

    number: makes its name a free one. picture, weights: SHA-256 of the files, "" where it does not matter.
    """

    path: str
    stage: str
    choice: GeneratorChoice
    number: int = 1
    picture: str = ""
    weights: str = ""

    @property
    def name(self) -> str:
        """The name that its tensor gets in the session."""
        plain = NAMES.get(self.stage) or f"after_block_{self.block}"
        return f"{plain}_{self.number}" if self.number > 1 else plain

    @property
    def block(self) -> int | None:
        """How many residual blocks came before; None for the input and the output."""
        found = BLOCK.fullmatch(self.stage)
        return int(found[1]) if found else None

    def with_free_name(self, taken: Container[str]) -> TranslationWish:
        """The same under the first number whose name is free."""
        wishes = (replace(self, number=number) for number in range(1, MOST))
        return next(wish for wish in wishes if wish.name not in taken)

    def action(self) -> dict[str, Any]:
        """The wish as plain data."""
        choice = self.choice
        told = {"path": self.path, "stage": self.stage, "number": self.number}
        told |= {"choice": {key: getattr(choice, key) for key in (*TEXTS, "resize")}}
        return {"translation": {**told, "picture": self.picture, "weights": self.weights}}


def check_stage(stage: object) -> str:
    """The stage, when there is one of that name. Raises ValueRefused."""
    if not isinstance(stage, str) or not (stage in NAMES or BLOCK.fullmatch(stage)):
        raise ValueRefused(
            f"There is no stage {_short(stage)} of a translation.",
            'The stages are "input", "block-0" (before the first residual block), "block-1" and so on, "output".',
        )
    return stage


def translation_wish(data: object) -> TranslationWish:
    """The wish that `TranslationWish.action` wrote; raises ValueRefused for anything else."""
    if not isinstance(data, dict):
        raise _refused("it does not say what was opened")
    number, choice = data.get("number"), data.get("choice")
    if type(number) is not int or not 1 <= number < MOST:
        raise _refused(f"the number of its name is {_short(number)}")
    if not isinstance(choice, dict):
        raise _refused(f"its generator is {_short(choice)}")
    texts: dict[str, Any] = {key: _text(choice.get(key), f"its {key}", empty=True) for key in TEXTS}
    return TranslationWish(
        path=_text(data.get("path"), "its path"),
        stage=check_stage(data.get("stage")),
        choice=GeneratorChoice(**texts, resize=choice.get("resize")),  # type: ignore[arg-type]  # it is checked there
        number=number,
        picture=_digest(data.get("picture")),
        weights=_digest(data.get("weights")),
    )


def _text(value: object, what: str, empty: bool = False) -> str:
    if not isinstance(value, str) or not (value or empty) or len(value) > LONGEST or "\0" in value:
        raise _refused(f"{what} is {_short(value)}")
    return value


def _digest(value: object) -> str:
    if not isinstance(value, str) or DIGEST.fullmatch(value) is None:
        raise _refused(f"the check sum of its file is {_short(value)}")
    return value


def _short(value: object) -> str:
    text = repr(value) if isinstance(value, str | int | float | None) else f"a {type(value).__name__}"
    return text if len(text) <= 60 else f"{text[:60]}..."


def _refused(why: str) -> ValueRefused:
    return ValueRefused(f"The saved step that opened a stage of a translation makes no sense: {why}.", AGAIN)

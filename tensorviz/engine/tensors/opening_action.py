"""A wish to open something of the Models page as the log keeps it: plain data, and back without trusting the file.

Must not know torch, pictures or networks.
"""

from __future__ import annotations

import builtins
import keyword
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from tensorviz.core.catalogue import ModelChoice
from tensorviz.core.errors import ValueRefused
from tensorviz.core.recipe import recipe_from_dict

if TYPE_CHECKING:
    from collections.abc import Container

NAMES: dict[str, tuple[str, ...]] = {
    "original": ("picture", "picture_chw", "picture_float"),
    "resized": ("resized", "resized_chw"),
    "cropped": ("cropped", "cropped_chw"),
    "normalised": ("batch",),
    "scores": ("scores", "probabilities"),
}
KEPT = frozenset({"torch", "np", "numpy", "math", "nn", "F", *dir(builtins), *keyword.kwlist})  # the console's own
MOST = 1_000_000  # things of one name
LONGEST = 4096  # characters of a path or a name
AGAIN = "Open it again from the Models page."
DIGEST = re.compile(r"(?:[0-9a-f]{64})?")


@dataclass(frozen=True, slots=True)
class Opened:
    """What is opened, from the log or from a request.

    stage: of the picture at `path`; "" when it is the tensor `name` of the network. number: makes its names free ones,
    1 for the names as they are. picture, weights: SHA-256 of the files, "" where it does not matter.
    """

    choice: ModelChoice
    path: str = ""
    stage: str = ""
    name: str = ""
    number: int = 1
    picture: str = ""
    weights: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        """The names that its tensors get in the session."""
        plain = NAMES[self.stage] if self.stage else (identifier(self.name),)
        return tuple(f"{name}_{self.number}" if self.number > 1 else name for name in plain)

    def with_free_names(self, taken: Container[str]) -> Opened:
        """The same under the first number whose names are all free."""
        numbers = range(1, MOST)
        opened = (replace(self, number=number) for number in numbers)
        return next(one for one in opened if not any(name in taken for name in one.names))

    def action(self) -> dict[str, Any]:
        """The wish as plain data."""
        what = {"picture": {"path": self.path, "stage": self.stage, "file": self.picture}} if self.stage else {}
        what = what or {"parameter": {"name": self.name}}
        return {**what, "choice": choice_data(self.choice), "weights": self.weights, "number": self.number}


def opened_of(action: dict[str, Any]) -> Opened:
    """The wish that `Opened.action` wrote; raises ValueRefused with a sentence for anything else."""
    weights, number = action.get("weights", ""), action.get("number", 1)
    if type(number) is not int or not 1 <= number < MOST:
        raise _refused(f"the number of its names is {_short(number)}")
    choice = choice_of(action.get("choice", {}))
    common: dict[str, Any] = {"choice": choice, "number": number, "weights": _digest(weights)}
    match action.get("picture"), action.get("parameter"):
        case {"path": path, "stage": stage, **rest}, None:
            if not isinstance(stage, str) or stage not in NAMES:
                raise _refused(f"there is no stage {_short(stage)}")
            file = _digest(rest.get("file", ""))
            return Opened(path=_text(path, "its path"), stage=stage, picture=file, **common)
        case None, {"name": name}:
            return Opened(name=_text(name, "its name"), **common)
    raise _refused("it names neither a picture nor a parameter")


def identifier(name: str, kind: str = "parameter") -> str:
    """A name for the console made of a parameter's: "layer1.0.conv1.weight" -> "layer1_0_conv1_weight".

    kind: what is put before one that begins with a figure.
    """
    plain = re.sub(r"\W+", "_", name, flags=re.ASCII).strip("_")[:80] or kind
    plain = plain if not plain[0].isdigit() else f"{kind}_{plain}"
    return f"{plain}_value" if plain in KEPT else plain


def choice_data(choice: ModelChoice) -> dict[str, Any]:
    """A choice as plain data."""
    recipe = choice.recipe.as_dict() if choice.recipe is not None else None
    return {
        "model": choice.model, "weights": choice.weights, "labels": choice.labels, "recipe": recipe,
        "device": choice.device, "precision": choice.precision,
    }  # fmt: skip


def choice_of(data: object) -> ModelChoice:
    """The choice that `choice_data` wrote; what is missing is as in a new choice. Raises ValueRefused."""
    if not isinstance(data, dict):
        raise _refused(f"its network is {_short(data)}")
    plain = ModelChoice()
    texts: dict[str, Any] = {key: _text(data.get(key, getattr(plain, key)), f"its {key}", empty=True)
             for key in ("model", "weights", "device", "precision")}  # fmt: skip
    labels, recipe = data.get("labels"), data.get("recipe")
    if not isinstance(recipe, dict | None):
        raise _refused(f"its recipe is {_short(recipe)}")
    return ModelChoice(
        **texts,
        labels=None if labels is None else _text(labels, "its labels file"),
        recipe=None if recipe is None else recipe_from_dict(recipe),
    )


def stage_of(stage: str) -> str:
    """The stage, when there is one of that name. Raises ValueRefused."""
    if stage not in NAMES:
        raise ValueRefused(f"There is no stage {stage!r}.", f"The stages are {', '.join(NAMES)}.")
    return stage


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
    return ValueRefused(f"The saved step that opened something of the Models page makes no sense: {why}.", AGAIN)

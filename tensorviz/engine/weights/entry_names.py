"""Where own entries are kept, and what one may be called: nothing that a model of any task is called.

Must not know what the entries hold.
"""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

from tensorviz.core.errors import ValueRefused
from tensorviz.engine.places import config_folder
from tensorviz.engine.weights.captioners import BUNDLED as BUNDLED_CAPTIONER
from tensorviz.engine.weights.catalogue import BUNDLED
from tensorviz.engine.weights.every_model import every_model
from tensorviz.engine.weights.generators import BUNDLED as BUNDLED_GENERATORS

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

FORBIDDEN = ":/\\"  # a colon separates model and weights on the command line
STEERING = ("Cc", "Cs")  # categories of what steers a terminal, and of halves of letters
TURNING = "\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"  # what is read is not what is there
LONGEST = 200


def entries_file() -> Path:
    """The file that keeps own classifiers."""
    return config_folder() / "models.json"


def generators_file() -> Path:
    """The file that keeps own generators."""
    return config_folder() / "generators.json"


def check_name(name: str, others: Iterable[str] = ()) -> None:
    """Raises ValueRefused for a name that cannot be used, or is taken.

    others: names of the own entries of the other task; one name means one model, of whatever task.
    """
    if not name.strip() or name != name.strip() or any(map(_is_forbidden, name)):
        raise ValueRefused(f"A model cannot be named {name!r}.", "Use letters, digits, spaces and hyphens.")
    if len(name) > LONGEST:
        raise ValueRefused(
            f"A model cannot have a name of {len(name)} letters ({name[:20]}...).", f"Use {LONGEST} letters at most."
        )
    folded = name.casefold()
    if any(folded == known.casefold() for known in catalogue_names()):
        raise ValueRefused(f'"{name}" is the name of a model of the catalogue.', f'Use another, e.g. "my {name}".')
    if any(folded == known.casefold() for known in others):
        raise ValueRefused(f'"{name}" is the name of another own model.', f'Use another, e.g. "{name} 2".')


def _is_forbidden(letter: str) -> bool:
    return letter in FORBIDDEN or letter in TURNING or unicodedata.category(letter) in STEERING


def catalogue_names() -> tuple[str, ...]:
    """The models of all tasks that are published or come along, whether this installation has them or not."""
    return (BUNDLED, *BUNDLED_GENERATORS, BUNDLED_CAPTIONER, *(row.name for row in every_model()))

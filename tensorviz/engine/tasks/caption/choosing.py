"""How words are to be chosen, from what a person said and what the infos of the captioner say.

Must not know networks, pictures or torch.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tensorviz.core.errors import ValueRefused
from tensorviz.engine.tasks.caption.penalty import penalty_of
from tensorviz.engine.tasks.caption.sentences import LONGEST, DecodingOptions

if TYPE_CHECKING:
    from tensorviz.engine.tasks.caption.infos import Infos
    from tensorviz.engine.tasks.caption.sentences import Rules

BEAM = 2  # as in the book: eval.py's default
RULES: tuple[Rules, ...] = ("book", "upstream")
BOOK_LENGTH, UPSTREAM_LENGTH = 16, 20  # words, where the infos do not say; max_length of upstream's eval_utils


def decoding_options(
    infos: Infos | None = None,
    *,
    beam: int | None = None,
    sample: bool = False,
    temperature: float | None = None,
    seed: int | None = None,
    rules: Rules = "book",
    length: int | None = None,
    length_penalty: str = "",
    explain: bool = False,
) -> DecodingOptions:
    """The options; a temperature or a seed mean sampling. infos: say how long sentences are, unless `length` does.

    Raises ValueRefused for a beam together with sampling, and for values that make no sense.
    """
    if rules not in RULES:
        raise ValueRefused(f"There are no rules {rules!r}.", 'Use "book" or "upstream".')
    drawn = sample or temperature is not None or seed is not None
    if drawn and beam is not None and beam != 1:
        raise ValueRefused(
            f"Words cannot be drawn (temperature, seed) and searched with a beam of {beam} at a time.",
            "Leave the beam out to draw words, or leave out temperature and seed.",
        )
    if drawn and length_penalty:
        raise ValueRefused(
            "A length penalty compares the sentences of a beam, and words are to be drawn.", "Leave one of them out."
        )
    penalty_of(length_penalty)
    return DecodingOptions(
        length=length if length is not None else _length(infos, rules),
        beam=1 if drawn else BEAM if beam is None else beam,
        rules=rules,
        sample=drawn,
        temperature=1.0 if temperature is None else temperature,
        seed=seed or 0,
        length_penalty=length_penalty,
        explain=explain,
    )


def _length(infos: Infos | None, rules: Rules) -> int:
    """Upstream's programs take 20 words whatever the infos say; the book's take the infos' seq_length."""
    if rules == "upstream":
        return UPSTREAM_LENGTH
    said = infos.options.get("seq_length") if infos is not None else None
    usable = isinstance(said, int) and not isinstance(said, bool) and 1 <= said <= LONGEST
    return int(said) if usable and said is not None else BOOK_LENGTH

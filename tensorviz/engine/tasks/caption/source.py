"""Which weights, infos and CNN a choice of captioner means, and where they are.

Must not know torch or pixels: catalogue rows in, files and names out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tensorviz.core.caption_choice import CaptionerChoice
    from tensorviz.core.captioners import CaptionerWeights


@dataclass(frozen=True, slots=True)
class Source:
    """What a choice means. model, weights, cnn: the names that results show, cnn "" when there is none.

    file: where the numbers are, "" when tensors are given instead. infos: where options and vocabulary are, "" when
    they are given. cnn_file: where the numbers of the network are that it sees with, "" when there is none (it can
    only decode features). row: the published (or bundled) weights whose bytes the files must have, None for own ones.
    """

    model: str
    weights: str
    file: str
    infos: str
    cnn: str = ""
    cnn_file: str = ""
    row: CaptionerWeights | None = None


def source_of(choice: CaptionerChoice, *, tensors_given: bool = False, infos_given: bool = False) -> Source:
    """What `choice` means, as far as it can be told without reading the files of numbers (no torch is imported).

    Raises NameUnknown (model, weights), WeightsMissing (a file that is not there, weights that are not fetched),
    ValueRefused (weights in a file without infos).
    """
    raise NotImplementedError

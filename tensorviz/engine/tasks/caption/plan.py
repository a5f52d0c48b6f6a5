"""Which captioning network it is, as data: its family and its widths.

Must not know torch, files or pictures.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

FamilyName = Literal[
    "fc", "show_tell", "show_attend_tell", "all_img", "att2in", "att2in2", "topdown", "adaatt", "adaattmo"
]
RecurrentName = Literal["lstm", "gru", "rnn"]

# These look at places of the picture, word by word; the others at the picture as a whole.
WITH_ATTENTION: frozenset[str] = frozenset({"show_attend_tell", "att2in", "att2in2", "topdown", "adaatt", "adaattmo"})


@dataclass(frozen=True, slots=True)
class CaptionerPlan:
    """A network of ImageCaptioning.pytorch. The fields have the names of its options.

    words: outputs, one more than the vocabulary has words: 0 begins and ends a sentence. fc_feat_size: of the picture
    as a whole, 0 where it is not looked at. att_feat_size: of each place, 0 where places are not looked at. layers: of
    the state. batch_norms: in what places go through first: 0, 1 (before), 2 (before and after) (`use_bn` of the later
    code). logit_layers: linear layers from the state to the words.
    """

    family: FamilyName
    words: int
    rnn_size: int
    input_encoding_size: int
    fc_feat_size: int = 0
    att_feat_size: int = 0
    att_hid_size: int = 0
    layers: int = 1
    rnn_type: RecurrentName = "lstm"
    batch_norms: int = 0
    logit_layers: int = 1

    @property
    def attends(self) -> bool:
        """Whether it looks at places of the picture."""
        return self.family in WITH_ATTENTION

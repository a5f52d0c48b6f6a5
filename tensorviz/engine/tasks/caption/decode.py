"""From features of pictures to sentences, in whichever way words are to be chosen.

Must not know vocabularies or pictures.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from tensorviz.core.errors import ValueRefused
from tensorviz.core.text import count_text
from tensorviz.engine.tasks.caption.beam import beam_search
from tensorviz.engine.tasks.caption.one_by_one import one_by_one

if TYPE_CHECKING:
    from torch import Tensor

    from tensorviz.engine.cancel import CancelToken
    from tensorviz.engine.tasks.caption.network import Captioner
    from tensorviz.engine.tasks.caption.plan import CaptionerPlan
    from tensorviz.engine.tasks.caption.sentences import Decoded, DecodingOptions


def decode(
    network: Captioner,
    whole: Tensor | None,
    places: Tensor | None,
    options: DecodingOptions,
    last_is_unk: bool = True,
    token: CancelToken | None = None,
) -> list[Decoded]:
    """What is said of each of N pictures. whole: (N, F); places: (N, H, W, A) or (N, L, A), where they are looked at.

    last_is_unk: whether the vocabulary's last word is UNK; only upstream's rules ask. Raises ValueRefused for features
    of another width, Cancelled.
    """
    _check(network.plan, whole, places)
    if places is not None and not network.plan.attends:
        places = None
    with torch.inference_mode():
        context = network.context(whole, None if places is None else places.flatten(1, -2))
        if options.sample or options.beam == 1:
            return one_by_one(network, context, options, token)
        last_is_out = options.rules == "book" or last_is_unk
        return beam_search(network, context, options, last_is_out, token)


def _check(plan: CaptionerPlan, whole: Tensor | None, places: Tensor | None) -> None:
    for name, features, size in (("fc", whole, plan.fc_feat_size), ("att", places, plan.att_feat_size)):
        if not size:
            continue
        if features is None:
            raise ValueRefused(f"The network needs features {name}, and there are none.", f"Give (N, {size}) numbers.")
        if features.shape[-1] != size:
            raise ValueRefused(
                f"The features {name} are {count_text(features.shape[-1])} wide, and the network needs {size}.",
                "Give features of the network that the captioner was trained with.",
            )

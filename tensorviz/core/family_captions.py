"""Captioning networks of NeuralTalk2's line (ImageCaptioning.pytorch), told by names and shapes of their tensors.

Must not know files or torch.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tensorviz.core.family import Family

if TYPE_CHECKING:
    from collections.abc import Callable

    from tensorviz.core.family_match import Shapes

NEEDS_INFOS = "keep its infos file with it: the words of the vocabulary are there"


@dataclass(frozen=True, slots=True)
class _Kind:
    """A captioner: the names that all must be there, those of which none may be, and remarks."""

    name: str
    needed: tuple[str, ...]
    never: tuple[str, ...] = ()
    remark: str = ""


# The first that fits is taken.
KINDS = (
    _Kind("topdown (updown)", ("core.att_lstm.weight_ih", "core.lang_lstm.weight_ih")),
    _Kind("newfc", ("fc_embed.weight", "_core.i2h.weight", "embed.weight", "logit.weight"), remark="of the later code"),
    _Kind("fc", ("img_embed.weight", "core.i2h.weight", "core.h2h.weight", "embed.weight", "logit.weight")),
    _Kind("att2in2", ("core.a2c.weight", "core.i2h.weight", "ctx2att.weight", "embed.0.weight")),
    _Kind("att2in", ("core.a2c.weight", "core.i2h.weight", "core.h2att.weight"), remark="with the names of the book"),
    _Kind("att2in", ("core.a2c.weight", "core.i2h.weight", "core.attention.h2att.weight"), remark="of the later code"),
    _Kind("show_attend_tell", ("core.rnn.weight_ih_l0", "core.ctx2att.weight", "embed.weight", "logit.weight")),
    _Kind("all_img", ("core.rnn.weight_ih_l0", "embed.weight", "logit.weight"), ("core.ctx2att.weight",)),
    _Kind("show_tell", ("core.weight_ih_l0", "img_embed.weight", "embed.weight", "logit.weight")),
)


def captioner(shapes: Shapes) -> Family | None:
    """The captioning family that the tensors are, or None."""
    for kind in KINDS:
        if all(name in shapes for name in kind.needed) and not any(name in shapes for name in kind.never):
            return _told(kind, shapes)
    return _near(shapes)


def _told(kind: _Kind, shapes: Shapes) -> Family | None:
    words = shapes.get("logit.weight", shapes.get("logit.0.weight", ()))
    if len(words) != 2:
        return None
    facts = [NEEDS_INFOS, *([kind.remark] if kind.remark else [])]
    facts += [f"{text} {size}" for text, size in _sizes(shapes)]
    if any(name.startswith("att_embed.") and name.endswith("running_mean") for name in shapes):
        facts.append("with batch norms before the attention (use_bn)")
    if kind.name in ("fc", "newfc", "show_tell"):
        facts.append("features: the mean over a Caffe-style ResNet-101's last layer")
    return Family(f"NeuralTalk2 {kind.name}, vocabulary {words[0] - 1}", tuple(facts))


def _sizes(shapes: Shapes) -> list[tuple[str, int]]:
    """Widths of a captioner, by the names its options have."""
    known: tuple[tuple[str, str, Callable[[tuple[int, ...]], int]], ...] = (
        ("rnn_size", "logit.weight", lambda shape: shape[1]),
        ("input_encoding_size", "embed.weight", lambda shape: shape[1]),
        ("input_encoding_size", "embed.0.weight", lambda shape: shape[1]),
        ("fc_feat_size", "img_embed.weight", lambda shape: shape[1]),
        ("fc_feat_size", "fc_embed.weight", lambda shape: shape[1]),
        ("fc_feat_size", "fc_embed.0.weight", lambda shape: shape[1]),
        ("att_feat_size", "att_embed.0.weight", lambda shape: shape[1]),
        ("att_hid_size", "core.attention.h2att.weight", lambda shape: shape[0]),
        ("att_hid_size", "core.h2att.weight", lambda shape: shape[0]),
    )
    return [(text, size(shapes[name])) for text, name, size in known if len(shapes.get(name, ())) == 2]


def _near(shapes: Shapes) -> Family | None:
    """A captioner with one or two tensors of its kind missing."""
    for kind in KINDS:
        missing = [name for name in kind.needed if name not in shapes]
        never = any(name in shapes for name in kind.never)
        if len(kind.needed) > 4 and len(missing) == 1 and not never:
            name = f"like NeuralTalk2 {kind.name}, but {missing[0]} is missing"
            return Family(name, (NEEDS_INFOS,), exact=False)
    return None

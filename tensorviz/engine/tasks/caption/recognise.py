"""Which captioning network a checkpoint holds, told by the names and shapes of its tensors, in either spelling.

Must not know files, vocabularies or pictures: shapes in, a plan out.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tensorviz.core.errors import CheckpointMismatch
from tensorviz.core.family_captions import captioner
from tensorviz.core.family_gan import gan
from tensorviz.core.family_match import best_match
from tensorviz.core.text import printable
from tensorviz.engine.checkpoints.known import known_networks
from tensorviz.engine.tasks.caption.plan import CaptionerPlan, FamilyName, RecurrentName

if TYPE_CHECKING:
    from collections.abc import Mapping

    Shapes = Mapping[str, tuple[int, ...]]

# The later code has other names for the same layers: what they begin with, and what ours begin with.
LATER = {
    "newfc": (("fc_embed.", "img_embed."), ("_core.", "core.")),
    "att2in": (("core.h2att.", "core.attention.h2att."), ("core.alpha_net.", "core.attention.alpha_net.")),
}
FITTING = (
    "tensorviz describes pictures with the networks of NeuralTalk2's line (ImageCaptioning.pytorch): fc, newfc,"
    " show_tell, att2in, att2in2, topdown, adaatt."
)
GATES: dict[int, RecurrentName] = {4: "lstm", 3: "gru", 1: "rnn"}
MAXOUT = 5
BLOCK = re.compile(r"(?:core\.lstm\.h2h|core\.(?:rnn\.)?weight_hh_l?)\.?(\d+)")


def names_of(names: Mapping[str, object]) -> dict[str, str]:
    """Our name for each tensor of a checkpoint of the book's repository or of its upstream."""
    rules: tuple[tuple[str, str], ...] = ()
    if "_core.i2h.weight" in names:
        rules = LATER["newfc"]
    elif "core.h2att.weight" in names and "core.a2c.weight" in names:
        rules = LATER["att2in"]
    return {name: _renamed(name, rules) for name in names}


def _renamed(name: str, rules: tuple[tuple[str, str], ...]) -> str:
    return next((ours + name[len(theirs) :] for theirs, ours in rules if name.startswith(theirs)), name)


def plan_of(shapes: Shapes) -> CaptionerPlan:
    """The plan of the network whose tensors, under our names, have these shapes.

    Raises CheckpointMismatch, which says what the tensors are instead, or what is missing.
    """
    family = _family(shapes)
    if family is None:
        raise _another(shapes)
    try:
        return _plan(family, shapes)
    except (KeyError, IndexError, ValueError, ZeroDivisionError) as error:
        raise CheckpointMismatch(
            f"The checkpoint looks like a {family} network, and its tensors do not fit together ({error}).",
            "Was it cut short, or trained with a changed copy of the code?",
        ) from error


def _family(shapes: Shapes) -> FamilyName | None:
    """The first whose particular layers are all there."""
    marks: tuple[tuple[FamilyName, tuple[str, ...]], ...] = (
        ("topdown", ("core.att_lstm.weight_ih", "core.lang_lstm.weight_ih")),
        ("adaatt", ("core.lstm.w2h.weight", "core.attention.fr_linear.0.weight")),
        ("att2in2", ("core.a2c.weight", "att_embed.{}.weight", "core.attention.h2att.weight")),
        ("att2in", ("core.a2c.weight", "core.attention.h2att.weight", "embed.weight")),
        ("show_attend_tell", ("core.rnn.weight_ih_l0", "core.ctx2att.weight", "linear.weight")),
        ("all_img", ("core.rnn.weight_ih_l0", "linear.weight")),
        ("show_tell", ("core.weight_ih_l0", "img_embed.weight")),
        ("fc", ("core.i2h.weight", "core.h2h.weight", "img_embed.weight")),
    )
    for family, needed in marks:
        if all(_there(name, shapes) for name in needed):
            maxout = family == "adaatt" and shapes["core.lstm.w2h.weight"][0] == MAXOUT * _state_size(shapes)
            return "adaattmo" if maxout else family
    return None


def _there(name: str, shapes: Shapes) -> bool:
    return any(name.format(place) in shapes for place in ("0", "1"))


def _state_size(shapes: Shapes) -> int:
    """rnn_size: what the last layer takes."""
    return shapes[_last_logit(shapes)][1]


def _last_logit(shapes: Shapes) -> str:
    names = [name for name in shapes if re.fullmatch(r"logit\.(\d+\.)?weight", name)]
    return max(names, key=lambda name: int(re.sub(r"\D", "", name) or 0))


def _plan(family: FamilyName, shapes: Shapes) -> CaptionerPlan:
    size = _state_size(shapes)
    embed = "embed.weight" if "embed.weight" in shapes else "embed.0.weight"
    words, encoding = shapes[embed]
    norms = [name for name in shapes if re.fullmatch(r"att_embed\.\d\.running_mean", name)]
    linear = "att_embed.1.weight" if "att_embed.0.running_mean" in shapes else "att_embed.0.weight"
    return CaptionerPlan(
        family=family,
        words=words,
        rnn_size=size,
        input_encoding_size=encoding,
        fc_feat_size=_whole_size(shapes),
        att_feat_size=_place_size(family, shapes, linear),
        att_hid_size=_attention_size(family, shapes),
        layers=_layers(family, shapes),
        rnn_type=_recurrent(shapes, size),
        batch_norms=len(norms),
        logit_layers=sum(1 for name in shapes if re.fullmatch(r"logit\.(\d+\.)?weight", name)),
    )


def _whole_size(shapes: Shapes) -> int:
    return next((shapes[n][1] for n in ("img_embed.weight", "linear.weight", "fc_embed.0.weight") if n in shapes), 0)


def _place_size(family: FamilyName, shapes: Shapes, linear: str) -> int:
    match family:
        case "att2in":
            return shapes["ctx2att.weight"][1]
        case "show_attend_tell":
            return shapes["core.ctx2att.weight"][1]
        case "att2in2" | "topdown" | "adaatt" | "adaattmo":
            return shapes[linear][1]
    return 0


def _attention_size(family: FamilyName, shapes: Shapes) -> int:
    match family:
        case "att2in" | "att2in2" | "topdown" | "adaatt" | "adaattmo":
            return shapes["ctx2att.weight"][0]
        case "show_attend_tell":
            return shapes["core.ctx2att.weight"][0]
    return 0


def _layers(family: FamilyName, shapes: Shapes) -> int:
    if family == "topdown":
        return 2
    return max(1, len({found[1] for name in shapes if (found := BLOCK.match(name))}))


def _recurrent(shapes: Shapes, size: int) -> RecurrentName:
    name = next((n for n in ("core.weight_hh_l0", "core.rnn.weight_hh_l0") if n in shapes), "")
    return GATES[shapes[name][0] // size] if name else "lstm"


def _another(shapes: Shapes) -> CheckpointMismatch:
    """The sentence for what is no captioning network that can be used."""
    plain = dict(shapes)
    family = captioner(plain) or gan(plain)
    match = None if family else best_match(plain, known_networks())
    name = family.name if family else f"{match.network.origin} {match.network.name}" if match else ""
    if name:
        return CheckpointMismatch(f"The checkpoint describes no pictures: it looks like {printable(name)}.", FITTING)
    return CheckpointMismatch("The checkpoint holds no network that tensorviz knows.", FITTING)

"""Which generator a checkpoint holds, told by the names and shapes of its tensors; whose it is when it holds none.

Must not know files or pictures: a mapping of tensors in, a plan or a sentence out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tensorviz.core.errors import CheckpointMismatch
from tensorviz.core.family_captions import captioner
from tensorviz.core.family_gan import BLOCK, STATISTICS, gan
from tensorviz.core.family_match import best_match
from tensorviz.core.text import printable
from tensorviz.engine.checkpoints.known import known_networks
from tensorviz.engine.tasks.translate.generator import FIRST_BLOCK, GeneratorPlan

if TYPE_CHECKING:
    from collections.abc import Mapping

    from torch import Tensor

    from tensorviz.core.family import Family

    Shapes = dict[str, tuple[int, ...]]

GENERATOR = "CycleGAN generator"
FITTING = "tensorviz translates with the generators of CycleGAN: residual blocks, named model.10.conv_block and so on."
HINTS = {
    "discriminator": "It judges pictures and draws none. The generator lies beside it, as latest_net_G.pth.",
    "U-Net": f"A U-Net is built otherwise. {FITTING}",
}


def plan_of(tensors: Mapping[str, Tensor]) -> GeneratorPlan:
    """The plan of the generator that the tensors are; running statistics of instance norms are not looked at.

    Raises CheckpointMismatch, which says what the tensors are instead, or what is missing or of another shape.
    """
    shapes = {name: tuple(value.shape) for name, value in tensors.items()}
    family = gan(shapes)
    if family is None or GENERATOR not in family.name:
        raise _another(shapes, family)
    if not family.exact:
        raise CheckpointMismatch(
            f"The checkpoint does not fit: it is {printable(family.name)}.",
            "Was it cut short, or trained with a changed copy of the code?",
        )
    return _plan(shapes)


def _plan(shapes: Shapes) -> GeneratorPlan:
    blocks = len({found[1] for name in shapes if (found := BLOCK.match(name))})
    width, channels_in = shapes["model.1.weight"][:2]
    return GeneratorPlan(
        width=width,
        blocks=blocks,
        dropout=f"model.{FIRST_BLOCK}.conv_block.6.weight" in shapes
        and len(shapes[f"model.{FIRST_BLOCK}.conv_block.6.weight"]) == 4,
        norm="batch" if len(shapes.get("model.2.weight", ())) == 1 else "instance",
        channels_in=channels_in,
        channels_out=shapes[f"model.{FIRST_BLOCK + blocks + 7}.weight"][0],
    )


def needless(name: str, plan: GeneratorPlan) -> bool:
    """Whether the tensor is a running statistic that the network has no use for.

    Old checkpoints keep statistics of instance norms. To use them would change the picture: the norms of these
    networks always look at the picture itself.
    """
    return plan.norm == "instance" and name.endswith(STATISTICS)


def _another(shapes: Shapes, family: Family | None) -> CheckpointMismatch:
    """The sentence for what is no generator of residual blocks."""
    if family is not None:
        hint = next((hint for word, hint in HINTS.items() if word in family.name), FITTING)
        return CheckpointMismatch(f"The checkpoint holds no generator: it is a {printable(family.name)}.", hint)
    if any("conv_block" in name for name in shapes):
        return CheckpointMismatch(
            "The checkpoint has residual blocks, and is no CycleGAN generator as it was published.",
            f"Was it cut short, or trained with a changed copy of the code? {FITTING}",
        )
    other = captioner(shapes)
    match = None if other else best_match(shapes, known_networks())
    name = other.name if other else f"{match.network.origin} {match.network.name}" if match else ""
    if name:
        return CheckpointMismatch(f"The checkpoint holds no generator: it looks like a {name}.", FITTING)
    return CheckpointMismatch("The checkpoint holds no network that tensorviz knows.", FITTING)

"""What can be said of a network that nobody knows by name: layers that repeat, widths, whose manner its names are in.

Must not know files or torch. LoRA files and states of optimisers are told here too: they too go by their names alone.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from tensorviz.core.family import Family
from tensorviz.core.text import count_text, plural, short_count_text

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from tensorviz.core.family_match import Shapes

LORA = re.compile(r"(.*?)\.?(lora_A|lora_down|lora_embedding_A)(?:\.[\w-]+)?(?:\.weight)?$")
# What each optimiser keeps for a parameter. The first whose names all are there is taken.
OPTIMISERS = (
    ("NAdam", {"mu_product"}), ("Adam with amsgrad", {"max_exp_avg_sq"}), ("Adam, AdamW or RAdam", {"exp_avg_sq"}),
    ("Adamax", {"exp_inf"}), ("Adafactor", {"exp_avg_sq_row"}), ("Adafactor", {"row_var"}),
    ("ASGD", {"eta", "mu", "ax"}), ("Adadelta", {"acc_delta"}), ("RMSprop", {"square_avg"}), ("Rprop", {"prev"}),
    ("L-BFGS", {"prev_flat_grad"}), ("Adagrad", {"sum"}), ("Lion", {"exp_avg"}),
    ("SGD with momentum", {"momentum_buffer"}),
)  # fmt: skip  # a table
STATE_KEYS = frozenset({"step"}).union(*(keys for _, keys in OPTIMISERS))
# Whose manner: names that only such networks have.
MANNERS = (
    ("T5", r"(^|\.)block\.\d+\.layer\.\d+\.SelfAttention\.q\.weight$"),
    ("GPT-2", r"(^|\.)h\.\d+\.attn\.c_attn\.weight$"),
    ("LLaMA", r"(^|\.)layers\.\d+\.self_attn\.q_proj\.weight$"),
    ("DistilBERT", r"(^|\.)transformer\.layer\.\d+\.attention\.q_lin\.weight$"),
    ("BERT", r"(^|\.)encoder\.layer\.\d+\.attention\.self\.query\.weight$"),
    ("ViT", r"(^|\.)encoder\.layer\.\d+\.attention\.attention\.query\.weight$"),
    ("timm's ViT", r"(^|\.)blocks\.\d+\.attn\.qkv\.weight$"),
    ("torch.nn.Transformer", r"(^|\.)layers\.\d+\.self_attn\.in_proj_weight$"),
    ("Stable Diffusion", r"(^|\.)down_blocks\.\d+\.(attentions|resnets)\.\d+\."),
)
EMBEDDINGS = re.compile(r"(^|\.)(word_embeddings|wte|embed_tokens|shared|tok_embeddings|embedding|embed)\.weight$")


def lora(shapes: Shapes) -> Family | None:
    """A file of low-rank additions to the weights of another network."""
    found = {name: shape for name, shape in shapes.items() if LORA.match(name) and len(shape) >= 2}
    if not found or 3 * len(found) < len(shapes) / 2:
        return None
    ranks = Counter(shape[0] for shape in found.values())
    rank = ", ".join(str(rank) for rank, _ in ranks.most_common(3))
    places = Counter(match[1].rpartition(".")[2] for name in found if (match := LORA.match(name)))
    where = ", ".join(sorted(place for place, _ in places.most_common(6) if place))
    name = f"LoRA, rank {rank}, for {plural(len(found), 'layer')}"
    needed = "to be loaded into the network that it was trained for"
    return Family(name, (*([f"at {where}"] if where else []), needed))


def optimiser(names: Iterable[str]) -> tuple[str, int] | None:
    """The optimiser whose state the names are, and for how many parameters; None when they are no such state."""
    kept: dict[str, set[str]] = defaultdict(set)
    for name in names:
        _, met, rest = f".{name}".partition(".state.")
        parameter, _, key = rest.rpartition(".")
        if not met or not parameter:
            return None
        kept[parameter].add(key)
    keys = set().union(*kept.values()) if kept else set()
    if not keys or not keys & STATE_KEYS:
        return None
    kind = next((kind for kind, needed in OPTIMISERS if needed <= keys), "an unknown optimiser")
    return kind, len(kept)


def unknown(shapes: Shapes, again: Collection[str] = ()) -> Family:
    """What can be said of any network: layers, widths, parameters. again: names of tensors that have another, too."""
    elements = sum(math.prod(shape) for shape in shapes.values())
    parameters = elements - sum(math.prod(shapes[name]) for name in again)
    manner = next((who for who, form in MANNERS if any(re.search(form, name) for name in shapes)), "")
    parts = [f"unknown network{f' with the names of {manner}' if manner else ''}"]
    prefix, layers = repeated(shapes)
    parts += [f"{layers} layers"] if layers > 1 else []
    words = next((shape for name, shape in shapes.items() if EMBEDDINGS.search(name) and len(shape) == 2), None)
    if words:
        parts.append(f"vocabulary {words[0]}, width {words[1]}")
    many = "~" if parameters >= 1000 else ""
    parts.append(f"{many}{short_count_text(parameters)} parameters")
    facts = [f"the layers are {prefix}.0 and so on"] if layers > 1 else []
    facts.append(f"{count_text(elements)} elements in {plural(len(shapes), 'tensor')}")
    return Family(", ".join(parts), tuple(facts), exact=False)


def repeated(shapes: Shapes) -> tuple[str, int]:
    """The numbered part of the network that holds most, and how many numbers it has: ("encoder.layer", 12)."""
    numbers: dict[str, set[str]] = defaultdict(set)
    weight: Counter[str] = Counter()
    for name, shape in shapes.items():
        parts = name.split(".")
        at = next((at for at, part in enumerate(parts[:-1]) if part.isdigit()), None)
        if at:
            prefix = ".".join(parts[:at])
            numbers[prefix].add(parts[at])
            weight[prefix] += math.prod(shape)
    best = max(numbers, key=lambda prefix: (len(numbers[prefix]) > 1, weight[prefix]), default="")
    return best, len(numbers[best]) if best else 0

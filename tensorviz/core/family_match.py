"""How well tensors fit a known network: what is missing, what is too much, which shapes differ, how many classes.

Must not know files, formats or torch.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from tensorviz.core.family_table import CLASSES, FREE, Network, Shape, tops_of

Shapes = Mapping[str, tuple[int, ...]]
COUNTER = "num_batches_tracked"  # of a batch norm; may be missing, torch fills it
ENOUGH = 0.6  # the share of tensors that must fit before a name is said
ALIKE = 0.3  # the share of first parts of names below which a network is not looked at
MOST_LISTED = 3
# Names in the files that torchvision publishes for DenseNet; its builder renames them so.
OLD_DENSE = re.compile(r"(.*denselayer\d+\.(?:norm|relu|conv))\.((?:[12])\.(?:weight|bias|running_mean|running_var))")


@dataclass(frozen=True, slots=True)
class Match:
    """A network, and where the tensors differ from it. without: optional parts that are missing altogether."""

    network: Network
    missing: tuple[str, ...]
    extra: tuple[str, ...]
    shapes: tuple[str, ...]
    classes: int | None
    without: tuple[str, ...]
    share: float

    @property
    def exact(self) -> bool:
        """Whether every tensor is there with its shape, and no other."""
        return not (self.missing or self.extra or self.shapes)

    @property
    def headless(self) -> bool:
        """Whether just the layers that give the classes are missing."""
        heads = {name for name, shape in self.network.shapes.items() if CLASSES in shape}
        return not self.extra and not self.shapes and bool(heads) and heads == set(self.missing)

    def but(self) -> str:
        """What differs, as the end of a sentence: "fc.weight and fc.bias are missing"."""
        parts = [
            f"{_listed(self.missing)} {_are(self.missing)} missing" if self.missing else "",
            f"{_listed(self.extra)} {_are(self.extra)} extra" if self.extra else "",
            f"{_listed(self.shapes)} {'has' if len(self.shapes) == 1 else 'have'} another shape" if self.shapes else "",
        ]
        return ", ".join(part for part in parts if part)


def plain_names(names: Iterable[str]) -> dict[str, str]:
    """The names as a network of today has them, by the name in the file (only DenseNet's old ones change)."""
    found = {name: OLD_DENSE.fullmatch(name) for name in names}
    return {name: f"{old[1]}{old[2]}" if old else name for name, old in found.items()}


def best_match(shapes: Shapes, networks: Sequence[Network]) -> Match | None:
    """The network that fits best, if one fits well enough. The counters of batches are not looked at."""
    names = plain_names(shapes)
    own = {names[name]: shape for name, shape in shapes.items() if not name.endswith(COUNTER)}
    tops = tops_of(own)
    matches = [match(own, network) for network in networks if _alike(tops, network.tops) >= ALIKE]
    best = max(matches, key=lambda found: (found.exact, found.share), default=None)
    return best if best is not None and best.share >= ENOUGH else None


def _alike(one: frozenset[str], other: frozenset[str]) -> float:
    return len(one & other) / max(1, len(one | other))


def match(own: Shapes, network: Network) -> Match:
    """Compares tensor by tensor."""
    wanted = network.shapes
    without = tuple(start for start in network.optional if not any(name.startswith(start) for name in own))
    needed = {name: shape for name, shape in wanted.items() if not name.startswith(without)} if without else wanted
    classes = _classes(own, needed)
    missing = tuple(name for name in needed if name not in own)
    extra = tuple(name for name in own if name not in needed)
    differ = tuple(name for name, shape in needed.items() if name in own and not _fits(own[name], shape, classes))
    fitting = len(needed) - len(missing) - len(differ)
    share = fitting / max(1, len(needed) + len(extra))
    return Match(network, missing, extra, differ, classes, without, share)


def _classes(own: Shapes, wanted: Mapping[str, Shape]) -> int | None:
    for name, shape in wanted.items():
        if CLASSES in shape and name in own and len(own[name]) == len(shape):
            return own[name][shape.index(CLASSES)]
    return None


def _fits(own: tuple[int, ...], wanted: Shape, classes: int | None) -> bool:
    return len(own) == len(wanted) and all(
        size == (classes if other == CLASSES else other) or other == FREE
        for size, other in zip(own, wanted, strict=True)
    )


def _listed(names: Sequence[str]) -> str:
    if len(names) <= MOST_LISTED:
        return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
    return f"{', '.join(names[:MOST_LISTED])} and {len(names) - MOST_LISTED} others"


def _are(names: Sequence[str]) -> str:
    return "is" if len(names) == 1 else "are"

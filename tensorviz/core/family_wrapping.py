"""What training programs wrap round the tensors of a network: a dict of several things, prefixes of all names.

Must not know files or families: names and shapes in, names and shapes and what was taken off out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from tensorviz.core.family_layers import optimiser
from tensorviz.core.family_match import Shapes
from tensorviz.core.text import plural

PREFIXES = ("module.", "_orig_mod.")
# In the order in which they are believed; the first ones are never parts of a network.
SURE = ("state_dict", "model_state_dict", "model_state", "ema_state_dict", "model_ema", "params_ema")
WRAPPERS = (*SURE, "model", "net", "network", "module", "ema", "weights", "params", "generator", "shadow")
DEEPEST = 4
MOST_TOLD = 8


@dataclass(frozen=True)
class Inner:
    """Tensors as they are after `repairs`. beside: what else the file holds, in words. names: in the file, by name."""

    shapes: Shapes
    names: Mapping[str, str]
    repairs: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()
    sure: bool = True  # nothing was taken off that may be the name of a module
    structure: Any = None  # as Contents has it; None where it is not known

    @property
    def wrapped(self) -> bool:
        """Whether something was taken off."""
        return bool(self.repairs)


def layers_of(shapes: Shapes, others: tuple[str, ...] = (), structure: Any = None) -> list[Inner]:
    """The tensors as they are, and after each step of unwrapping, outermost first.

    others: names that are no tensors. structure: how the file nests them, where that is known.
    """
    found = [Inner(shapes, {name: name for name in shapes}, structure=structure)]
    for _ in range(DEEPEST):
        inner = _stripped(found[-1]) or _taken(found[-1], others if len(found) == 1 else ())
        if inner is None:
            break
        found.append(inner)
    return found


def _stripped(outer: Inner) -> Inner | None:
    prefix = next((p for p in PREFIXES if outer.shapes and all(name.startswith(p) for name in outer.shapes)), None)
    if prefix is None or any(name == prefix for name in outer.shapes) or _is_key(outer, prefix[:-1]):
        return None
    structure: dict[str, Any] | None = None if outer.structure is None else {}
    return _within(outer, prefix, f'strip "{prefix}"', (), True, structure)


def _taken(outer: Inner, others: tuple[str, ...]) -> Inner | None:
    """The tensors under the first key that is known to hold a network's, or whose names all begin with such a word."""
    tops = dict.fromkeys(name.partition(".")[0] for name in outer.shapes if "." in name)
    key = next((key for key in WRAPPERS if key in tops and not _is_optimiser(outer, key)), None)
    if key is None:
        key = next(iter(tops)) if len(tops) == 1 and all("." in name for name in outer.shapes) else None
    if key is None or not key:
        return None
    is_key = _is_key(outer, key)
    if is_key is False:
        return _within(outer, f"{key}.", f'strip "{key}."', (), False, {}) if len(tops) == 1 else None
    beside = _beside(outer, key, others)
    training = bool(others) or any(top != key and _is_optimiser(outer, top) for top in tops)
    inside = outer.structure[key] if is_key else None
    return _within(outer, f"{key}.", f'take "{key}"', beside, bool(is_key) or key in SURE or training, inside)


def _is_key(outer: Inner, key: str) -> bool | None:
    """Whether the file has a dict under that key; None where its nesting is not known."""
    if not isinstance(outer.structure, Mapping):
        return None
    return isinstance(outer.structure.get(key), Mapping)


def _is_optimiser(outer: Inner, key: str) -> bool:
    return optimiser(_under(outer.shapes, f"{key}.")) is not None


def _within(
    outer: Inner, prefix: str, repair: str, beside: tuple[str, ...], sure: bool, structure: Any = None
) -> Inner:
    return Inner(
        {name.removeprefix(prefix): shape for name, shape in outer.shapes.items() if name.startswith(prefix)},
        {name.removeprefix(prefix): old for name, old in outer.names.items() if name.startswith(prefix)},
        (*outer.repairs, repair), (*outer.beside, *beside), outer.sure and sure, structure,
    )  # fmt: skip  # in the order of the fields


def _under(shapes: Shapes, prefix: str) -> list[str]:
    return [name.removeprefix(prefix) for name in shapes if name.startswith(prefix)]


def _beside(outer: Inner, taken: str, others: tuple[str, ...]) -> tuple[str, ...]:
    """What the file holds next to what is taken, each in a phrase."""
    tops = dict.fromkeys(name.partition(".")[0] for name in outer.shapes)
    told = [_group(outer.shapes, top) for top in tops if top != taken]
    plain = dict.fromkeys(name.partition(".")[0] for name in others)
    told += [f'"{name}"' for name in plain if name not in tops and name]
    return (*told[:MOST_TOLD], *([f"{len(told) - MOST_TOLD} more"] if len(told) > MOST_TOLD else []))


def _group(shapes: Shapes, top: str) -> str:
    inner = _under(shapes, f"{top}.")
    state = optimiser(inner) if inner else None
    if state is not None:
        return f'"{top}" (state of {state[0]}, {plural(state[1], "parameter")})'
    return f'"{top}" ({plural(len(inner), "tensor")})' if inner else f'the tensor "{top}"'


def unwrapped_names(names: Iterable[str]) -> dict[str, str]:
    """The names without what is surely wrapped round those of the network, as keys; the names in the file as values.

    What lies beside the network keeps its name.
    """
    shapes: dict[str, tuple[int, ...]] = dict.fromkeys(names, ())
    inner = [inner for inner in layers_of(shapes) if inner.sure][-1]
    taken = set(inner.names.values())
    return {**{name: name for name in shapes if name not in taken}, **inner.names}

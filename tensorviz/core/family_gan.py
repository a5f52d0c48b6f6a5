"""The networks of CycleGAN and pix2pix, told by the names and shapes of their tensors.

Must not know files or torch. The layers are those of the published code: generators of residual blocks, U-Nets, and
discriminators that judge patches.
"""

from __future__ import annotations

import re

from tensorviz.core.family import Family
from tensorviz.core.family_match import COUNTER, Shapes, match
from tensorviz.core.family_table import Network

STATISTICS = ("running_mean", "running_var", COUNTER)
BLOCK = re.compile(r"model\.(\d+)\.conv_block\.")


def gan(shapes: Shapes) -> Family | None:
    """The generator or discriminator that the tensors are, or None."""
    if not shapes or not all(name.startswith(("model.", "net.")) for name in shapes):
        return None
    return _generator(shapes) or _unet(shapes) or _discriminator(shapes)


def has_statistics(shapes: Shapes) -> bool:
    """Whether norms keep running statistics."""
    return any(name.endswith("running_mean") for name in shapes)


def _affine(shapes: Shapes, norm: str) -> bool:
    return len(shapes.get(f"{norm}.weight", ())) == 1


def _told(name: str, shapes: Shapes, expected: Shapes, facts: list[str], affine: bool) -> Family | None:
    """The family if the tensors are the expected ones, statistics aside; with what differs if most are."""
    own = {key: shape for key, shape in shapes.items() if not key.endswith(STATISTICS)}
    lines = tuple(f"{key} {','.join(map(str, shape))}" for key, shape in expected.items())
    found = match(own, Network("", "", lines))
    if found.share < 0.6:
        return None
    repairs: list[str] = []
    if has_statistics(shapes) and not affine:
        norms = sum(key.endswith("running_mean") for key in shapes)
        name = f"{name}, with running statistics"
        facts = [*facts, f"{norms} instance norms keep statistics, which the network does not use"]
        repairs.append("drop running_mean, running_var and num_batches_tracked")
    exact = found.exact
    return Family(name if exact else f"like {name}, but {found.but()}", tuple(facts), tuple(repairs), exact)


def _generator(shapes: Shapes) -> Family | None:
    blocks = sorted({int(found[1]) for name in shapes if (found := BLOCK.match(name))})
    first = shapes.get("model.1.weight", ())
    if not blocks or len(first) != 4:
        return None
    last = shapes.get(f"model.{blocks[-1] + 8}.weight", (0,))
    dropout = any(name.endswith("conv_block.6.weight") and len(shape) == 4 for name, shape in shapes.items())
    affine = _affine(shapes, "model.2")
    expected = _generator_shapes(first, last[0], len(blocks), 6 if dropout else 5, affine)
    facts = [
        f"{first[1]} channels in, {last[0]} out, width {first[0]}",
        "batch norms" if affine else "instance norms",
        *(["dropout in the blocks"] if dropout else []),
    ]
    return _told(f"CycleGAN generator, {len(blocks)} blocks", shapes, expected, facts, affine)


def _generator_shapes(
    first: tuple[int, ...], out: int, blocks: int, second: int, affine: bool
) -> dict[str, tuple[int, ...]]:
    """The tensors of a generator; `second` is the place of a block's second convolution."""
    width = first[0]
    rows: list[tuple[str, tuple[int, ...], int]] = [("model.1", first, width)]
    rows += [(f"model.{at}", (size, size // 2, 3, 3), size) for at, size in ((4, 2 * width), (7, 4 * width))]
    for block in range(10, 10 + blocks):
        rows += [(f"model.{block}.conv_block.{at}", (4 * width, 4 * width, 3, 3), 4 * width) for at in (1, second)]
    up = 10 + blocks
    rows += [(f"model.{at}", (2 * size, size, 3, 3), size) for at, size in ((up, 2 * width), (up + 3, width))]
    found = _with_norms(rows, affine)
    found[f"model.{up + 7}.weight"], found[f"model.{up + 7}.bias"] = (out, width, 7, 7), (out,)
    return found


def _with_norms(rows: list[tuple[str, tuple[int, ...], int]], affine: bool) -> dict[str, tuple[int, ...]]:
    """Each convolution with its bias, or with the norm behind it: batch norms make the bias needless."""
    found: dict[str, tuple[int, ...]] = {}
    for name, shape, channels in rows:
        found[f"{name}.weight"] = shape
        stem, _, at = name.rpartition(".")
        for key in (f"{stem}.{int(at) + 1}.weight", f"{stem}.{int(at) + 1}.bias") if affine else (f"{name}.bias",):
            found[key] = (channels,)
    return found


def _discriminator(shapes: Shapes) -> Family | None:
    if len(shapes.get("net.0.weight", ())) == 4 and len(shapes.get("net.2.weight", ())) == 4:
        return Family("CycleGAN discriminator of single pixels", (f"{shapes['net.0.weight'][1]} channels in",), ())
    first = shapes.get("model.0.weight", ())
    if len(first) != 4 or first[2:] != (4, 4):
        return None
    layers = next((n for n in range(1, 9) if f"model.{3 * n + 2}.weight" not in shapes), 9) - 1
    affine = _affine(shapes, "model.3")
    rows: list[tuple[str, tuple[int, ...], int]] = []
    width = first[0]
    for n in range(layers):
        wider = first[0] * min(2 ** (n + 1), 8)
        rows.append((f"model.{3 * n + 2}", (wider, width, 4, 4), wider))
        width = wider
    if layers and shapes.get(f"model.{3 * layers - 1}.weight", ())[:1] == (1,):
        rows.pop()  # what seemed one more layer is the last convolution, which gives the judgement
        layers -= 1
        width = rows[-1][1][0] if rows else first[0]
    expected = {"model.0.weight": first, "model.0.bias": (first[0],), **_with_norms(rows, affine)}
    last = f"model.{3 * layers + 2}"
    expected |= {f"{last}.weight": (1, width, 4, 4), f"{last}.bias": (1,)}
    whose = "pix2pix" if affine or first[1] > 3 else "CycleGAN"
    facts = [f"{layers} layers between first and last", f"{first[1]} channels in, width {first[0]}"]
    return _told(f"{whose} discriminator", shapes, expected, facts, affine)


def _unet(shapes: Shapes) -> Family | None:
    first = shapes.get("model.model.0.weight", ())
    last = shapes.get("model.model.3.weight", ())
    if len(first) != 4 or len(last) != 4 or first[2:] != (4, 4):
        return None
    depth = max(name.count("model") for name in shapes) - 1
    affine = _affine(shapes, "model.model.1.model.2")
    facts = [
        f"{first[1]} channels in, {last[1]} out, width {first[0]}",
        f"made for pictures whose sides are multiples of {2**depth}",
        "batch norms" if affine else "instance norms",
    ]
    statistics = has_statistics(shapes) and not affine
    name = f"pix2pix U-Net, {depth} levels{', with running statistics' if statistics else ''}"
    repairs = ("drop running_mean, running_var and num_batches_tracked",) if statistics else ()
    return Family(name, tuple(facts), repairs)

"""What was opened from the Models page as plain code: what gives the same tensors without tensorviz.

Must not know torch or read files: facts in, text out. Helping names stay inside functions, so that none of the
session's is written over.
"""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING

from tensorviz.core.script import (
    autocast_text,
    batch_lines,
    import_lines,
    network_lines,
    picture_lines,
    resize_text,
)
from tensorviz.core.text import path_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tensorviz.core.recipe import Recipe
    from tensorviz.core.script import Asked

LAID = "transparency laid on white"
EXACT = ("EXIF orientation", LAID, "first ", "CMYK")  # what Pillow does alike


def picture_code(path: str, stage: str, names: Sequence[str], recipe: Recipe, notes: Sequence[str]) -> str:
    """For "original", "resized" and "cropped": height x width x channel bytes, and its channels first."""
    picture, planes, *numbers = names
    body = ["import numpy as np", "from PIL import Image, ImageOps"]
    body += [] if stage == "original" else ["from torchvision import transforms"]
    body += [*picture_lines(path, _is_transparent(notes)), 'picture = picture.convert("RGB")']
    body += [] if stage == "original" else [f"picture = {resize_text(recipe)}(picture)"]
    body += [f"picture = transforms.CenterCrop({recipe.crop})(picture)"] if stage == "cropped" else []
    body += ["return torch.tensor(np.asarray(picture))"]
    what = "as decoded" if stage == "original" else f"{stage}: {recipe.describe()}"
    lines = [f"# {_shown(path)} {what}; height x width x channel, bytes", *_differences(notes)]
    lines += [*_function(f"read_{picture}", body), f"{picture} = read_{picture}()"]
    lines += [f"{planes} = {picture}.permute(2, 0, 1)  # channel x height x width: the same bytes"]
    lines += [f"{name} = ({picture} / 255).permute(2, 0, 1)  # numbers from 0 to 1" for name in numbers]
    return "\n".join(lines)


def batch_code(asked: Asked, name: str, notes: Sequence[str], channels_last: bool) -> str:
    """For "normalised": what the network receives, float32 (1, 3, crop, crop)."""
    body = [
        "from PIL import Image, ImageOps",
        "from torchvision import transforms",
        *batch_lines(asked, _is_transparent(notes)),
    ]
    head = [f"# {_shown(asked.path)} as {asked.model.name} receives it: {asked.used.describe()}"]
    if channels_last:
        head += ["# (for speed tensorviz lays it out channels_last; the numbers are the same)"]
    body += ["return batch"]
    return "\n".join((*head, *_differences(notes), *_function(f"make_{name}", body), f"{name} = make_{name}()"))


def scores_code(asked: Asked, names: Sequence[str], notes: Sequence[str], seconds: str) -> str:
    """For "scores": what the network gives, and their softmax, float32 (classes,)."""
    scores, probabilities = names
    moved = "" if asked.device == "cpu" else f".to({asked.device!r})"
    body = [*import_lines(asked, labels=False), *network_lines(asked), *batch_lines(asked, _is_transparent(notes))]
    body += [f"with torch.no_grad(){autocast_text(asked)}:"]
    body += [f"    return network{moved}(batch)[0].float().cpu()"]
    head = [f"# what {asked.model.name} {asked.row.name if asked.file is None else ''} says of {_shown(asked.path)}"]
    head[0] = f"{' '.join(head[0].split())}: one score a class, computed on {asked.device} in {seconds}"
    head += ["# (tensorviz folds batch norms into convolutions: the last digits may differ)"]
    lines = [*head, *_differences(notes), *_function(f"compute_{scores}", body)]
    lines += ["with torch.random.fork_rng():  # to build a network draws random numbers"]
    lines += [f"    {scores} = compute_{scores}()"]
    return "\n".join((*lines, f"{probabilities} = {scores}.softmax(0)"))


def parameter_code(what: str, name: str, file: str, keys: Sequence[str]) -> str:
    """For a tensor of a weights file. what: as in "layer1.0.conv1.weight of resnet18". keys: the way to it."""
    way = "".join(f"[{key!r}]" for key in keys)
    head = f"# {' '.join(what.split())}, a copy of what is in {_shown(file)}"
    if file.lower().endswith(".safetensors"):
        return f"{head}\nfrom safetensors.torch import load_file\n{name} = load_file({file!r}){way}.clone()"
    return f'{head}\n{name} = torch.load({file!r}, map_location="cpu", weights_only=True){way}.detach().clone()'


def _function(name: str, body: Iterable[str]) -> list[str]:
    return [f"def {name}():", *(f"    {line}" for line in body)]


def _is_transparent(notes: Sequence[str]) -> bool:
    return LAID in notes


def _differences(notes: Sequence[str]) -> list[str]:
    other = [note for note in notes if not any(word in note for word in EXACT)]
    return [f"# (tensorviz: {'; '.join(other)}; Pillow's own conversion may give other numbers)"] if other else []


def _shown(path: str) -> str:
    return " ".join(path_text(PurePath(path).name).split())

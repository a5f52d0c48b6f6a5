"""A translation as something to keep: a plain torch script that draws the same picture, and the command.

Must not know torch or files: data in, text out.
"""

# Paths are text here: `core` has nothing to do with files.
# ruff: noqa: PTH119, PTH122

from __future__ import annotations

import os
import shlex
from typing import TYPE_CHECKING

from tensorviz.core.errors import WeightsMissing
from tensorviz.core.script import picture_lines
from tensorviz.core.text import path_text
from tensorviz.core.translation import GeneratorChoice

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from tensorviz.core.generators import GeneratorWeights

    Find = Callable[[str, str], GeneratorWeights | None]

PAPER = "Zhu, Park, Isola, Efros, arXiv 1703.10593"
NETWORK = """\
class ResNetBlock(nn.Module):
    def __init__(self, size, norm, bias, dropout):
        super().__init__()
        middle = [nn.Dropout(0.5)] if dropout else []
        self.conv_block = nn.Sequential(
            nn.ReflectionPad2d(1), nn.Conv2d(size, size, 3, bias=bias), norm(size), nn.ReLU(inplace=True), *middle,
            nn.ReflectionPad2d(1), nn.Conv2d(size, size, 3, bias=bias), norm(size),
        )

    def forward(self, x):
        return x + self.conv_block(x)


class ResNetGenerator(nn.Module):
    def __init__(self, width, blocks, norm, bias, dropout):
        super().__init__()
        layers = [nn.ReflectionPad2d(3), nn.Conv2d(3, width, 7, bias=bias), norm(width), nn.ReLU(inplace=True)]
        for size in (width, 2 * width):
            layers += [nn.Conv2d(size, 2 * size, 3, stride=2, padding=1, bias=bias), norm(2 * size)]
            layers += [nn.ReLU(inplace=True)]
        layers += [ResNetBlock(4 * width, norm, bias, dropout) for _ in range(blocks)]
        for size in (4 * width, 2 * width):
            layers += [nn.ConvTranspose2d(size, size // 2, 3, stride=2, padding=1, output_padding=1, bias=bias)]
            layers += [norm(size // 2), nn.ReLU(inplace=True)]
        self.model = nn.Sequential(*layers, nn.ReflectionPad2d(3), nn.Conv2d(width, 3, 7), nn.Tanh())

    def forward(self, x):
        return self.model(x)
"""
BUILT = """\
    batch = "model.2.weight" in tensors  # which of the published variants it is, the tensors tell
    statistics = ("running_mean", "running_var", "num_batches_tracked")  # old files have some that nothing uses
    tensors = {name: value for name, value in tensors.items() if batch or not name.endswith(statistics)}
    blocks = sum(name.endswith(".conv_block.1.weight") for name in tensors)
    dropout = tensors.get("model.10.conv_block.6.weight", torch.empty(0)).dim() == 4
    norm, width = nn.BatchNorm2d if batch else nn.InstanceNorm2d, len(tensors["model.1.weight"])
    network = ResNetGenerator(width, blocks, norm, not batch, dropout)
    network.load_state_dict(tensors)
"""
LIKE_PILLOW = ("EXIF orientation", "transparency laid on white", "first ", "CMYK")  # notes of what Pillow does alike
OF_WEIGHTS = ("checkpoint", "tensor", "prefix")  # words in notes that are not about the picture
# Where training programs keep tensors, in the order in which they are believed.
WRAPPERS = (
    "state_dict", "model_state_dict", "model_state", "model", "net", "network", "module", "ema_state_dict", "model_ema",
    "ema", "weights", "params", "params_ema", "generator", "shadow",
)  # fmt: skip  # one row
UNWRAPPED = f"""\
def unwrapped(saved):
    if any(name.endswith("model.1.weight") for name in saved):
        plain = {{name: value for name, value in saved.items() if isinstance(value, torch.Tensor)}}
        return {{re.sub(r"^(module\\.|_orig_mod\\.)+", "", name): value for name, value in plain.items()}}
    wrappers = "{" ".join(WRAPPERS)}"
    inner = (saved[name] for name in [*wrappers.split(), *saved] if isinstance(saved.get(name), dict))
    return next((tensors for tensors in map(unwrapped, inner) if tensors), {{}})
"""


def weights_file(choice: GeneratorChoice, find: Find) -> str:
    """The file of the choice's weights. find: gives the row of weights by model and name, None when there is none.

    Raises WeightsMissing for weights that are known and not on this computer.
    """
    row = find(choice.model, choice.weights)
    if row is None and choice.weights:
        return choice.weights
    if row is None or row.path is None:
        name = ":".join(filter(None, (choice.model, choice.weights)))
        raise WeightsMissing(f"The weights {name} are not on this computer.", f"Fetch them: `tensorviz fetch {name}`.")
    return row.path


def python_code(
    path: str,
    choice: GeneratorChoice,
    back: GeneratorChoice | None = None,
    *,
    find: Find,
    device: str = "cpu",
    notes: Sequence[str] = (),
) -> str:
    """A script of torch, torchvision and Pillow alone that draws the same picture and writes it to a new file.

    back: the generator of the way back; then it is drawn too, and the reconstruction error is printed. find: as in
    `weights_file`. device: where it was computed. notes: those of the result. Raises WeightsMissing.
    """
    choices = [choice] if back is None else [choice, back]
    files = [weights_file(one, find) for one in choices]
    own = [_is_own(find(one.model, one.weights)) for one in choices]
    lines = [_heading(path, choice, files[0]), *differing_lines(notes), *(["import numpy as np"] if back else [])]
    lines += [*import_lines(path, files, any(own)), "", "", *NETWORK.splitlines(), "", ""]
    lines += [*_loading(files, any(own), device), "", ""]
    for way in dict.fromkeys(one.input_range for one in choices):
        lines += [*_translating(way, device), "", ""]
    lines += [*picture_lines(path), 'picture = picture.convert("RGB")', *_exact(device)]
    lines += [f"before = {resized_text(choice)}", *_drawn(choice, "before", "after", files[0])]
    lines += _written("after", _stem(path, choice, files[0]))
    if back is not None:
        lines += [*_drawn(back, _shown_to_back(back), "again", files[1])]
        lines += [*_written("again", f"{_stem(path, choice, files[0])}-back"), *_error()]
    return "\n".join(lines) + "\n"


def command_text(
    paths: Sequence[str],
    choice: GeneratorChoice,
    output: str = "translated",
    back: GeneratorChoice | None = None,
    *,
    way_back: str = "",
    blocks: bool = False,
    save_as: str = "png",
) -> str:
    """The command that draws these pictures again, quoted for a POSIX shell; options as they are by default are left.

    back: the generator of the way back, if it is to be drawn too; way_back: the one that is known anyway.
    """
    words = ["tensorviz", "translate", *_named(choice), *(["--and-back"] if back else [])]
    if back is not None and (back.weights not in ("", "DEFAULT") or back.model != way_back):
        words += ["--back", back_text(back)]
    words += ["--blocks"] if blocks else []
    words += ["--save-as", save_as] if save_as != "png" else []
    guard = ["--"] if any(path.startswith("-") for path in paths) else []
    return shlex.join([*words, "--output", output, *guard, *paths])


def back_text(back: GeneratorChoice) -> str:
    """The way back as --back takes it: NAME, NAME:WEIGHTS or FILE."""
    if back.weights in ("", "DEFAULT"):
        return back.model
    is_path = os.sep in back.weights or "/" in back.weights
    return back.weights if is_path or not back.model else f"{back.model}:{back.weights}"


def _is_own(row: GeneratorWeights | None) -> bool:
    """Whether a training program of somebody's wrote the file, in whatever wrapping."""
    return row is None or not (row.url or row.bundled)


def _named(choice: GeneratorChoice) -> Iterator[str]:
    plain = GeneratorChoice()
    for name in ("model", "weights", "input_range", "resize", "device"):
        value = getattr(choice, name)
        if value != getattr(plain, name) and value != "":
            yield from (f"--{name.replace('_', '-')}", str(value))


# ------------------------------------------------------------------------------------------------- parts of scripts


def import_lines(path: str, files: Sequence[str], own: bool) -> Iterator[str]:
    """What the other lines need. files: of weights. own: whether one of them is none of the published ones."""
    if own and not all(map(_is_safetensors, files)):
        yield "import re"
    heif = path.lower().endswith((".heic", ".heif"))
    if heif:
        yield "import pillow_heif"
    yield from ("import torch", "from PIL import Image, ImageOps")
    if any(map(_is_safetensors, files)):
        yield "from safetensors.torch import load_file"
    if files:
        yield "from torch import nn"
    yield "from torchvision.transforms import functional"
    if heif:
        yield "pillow_heif.register_heif_opener()"


def differing_lines(notes: Sequence[str]) -> Iterator[str]:
    """A comment on what Pillow by itself does otherwise to the picture. notes: those of the picture or the result."""
    other = [note for note in notes if not any(word in note for word in (*LIKE_PILLOW, *OF_WEIGHTS))]
    if other:
        yield f"# (tensorviz: {_line('; '.join(other))}; Pillow's own conversion may give other numbers)"


def network_lines(file: str, own: bool, device: str = "cpu") -> list[str]:
    """The generator in eval mode as `network`, without empty lines."""
    lines = [*NETWORK.splitlines(), *_loading([file], own, device), f"network = load_generator({file!r})"]
    return [line for line in lines if line]


def resized_text(choice: GeneratorChoice) -> str:
    """`picture` with the shorter side as chosen, as an expression."""
    return f"functional.resize(picture, {choice.resize})" if choice.resize else "picture"


def batch_lines(choice: GeneratorChoice, picture: str, device: str = "cpu") -> Iterator[str]:
    """What the generator sees, float32 (1, 3, H, W), as `batch`, of a Pillow image in RGB."""
    if choice.input_range == "trained":
        yield f"width, height = {picture}.size"
        yield "border = [0, 0, max(8, -(-width // 4) * 4) - width, max(8, -(-height // 4) * 4) - height]"
        yield f'mirrored = functional.pad({picture}, border, padding_mode="reflect")'
        yield "numbers = functional.to_tensor(mirrored)  # from 0 to 1"
        yield "batch = functional.normalize(numbers, [0.5] * 3, [0.5] * 3).unsqueeze(0)  # from -1 to 1"
    else:
        yield f"batch = functional.to_tensor({picture}).unsqueeze(0)  # from 0 to 1"
    if device != "cpu":
        yield f"batch = batch.to({device!r})"


def _heading(path: str, choice: GeneratorChoice, file: str) -> str:
    return f"# {_line(os.path.basename(path))} as {_line(_model(choice, file))} draws it, in plain torch: {PAPER}"


def _model(choice: GeneratorChoice, file: str) -> str:
    return choice.model or os.path.splitext(os.path.basename(file))[0]


def _loading(files: Sequence[str], own: bool, device: str) -> Iterator[str]:
    kinds = {_is_safetensors(file) for file in files}
    loaded = 'torch.load(file, map_location="cpu", weights_only=True)'
    if own and kinds != {True}:
        yield from (*UNWRAPPED.splitlines(), "", "")
        loaded = f"unwrapped({loaded})"
    if True in kinds:
        other = f' if file.lower().endswith(".safetensors") else {loaded}' if len(kinds) == 2 else ""
        loaded = f"load_file(file){other}"
    yield from ("def load_generator(file):", f"    tensors = {loaded}", *BUILT.splitlines())
    yield f"    return network.eval(){'' if device == 'cpu' else f'.to({device!r})'}"


def _translating(way: str, device: str) -> Iterator[str]:
    """A function that draws: as trained, mirrored up to a multiple of four and cut back; as in the book, neither."""
    choice = GeneratorChoice(input_range="book" if way == "book" else "trained")
    yield f"def translate_{way}(network, picture):"
    yield from (f"    {line}" for line in batch_lines(choice, "picture", device))
    yield "    with torch.inference_mode():"
    yield "        drawn = network(batch)[0].cpu()"
    image = "functional.to_pil_image((drawn + 1) / 2)"
    yield f"    return {image}{'.crop((0, 0, width, height))' if way == 'trained' else ''}"


def _drawn(choice: GeneratorChoice, shown: str, name: str, file: str) -> Iterator[str]:
    yield f"{name} = translate_{choice.input_range}(load_generator({file!r}), {shown})"


def _shown_to_back(back: GeneratorChoice) -> str:
    return f"functional.resize(after, {back.resize})" if back.resize else "after"


def _exact(device: str) -> Iterator[str]:
    if device.startswith("cuda"):
        yield "torch.backends.cudnn.allow_tf32 = False  # float32 with all its digits"


def _stem(path: str, choice: GeneratorChoice, file: str) -> str:
    stem = os.path.splitext(os.path.basename(path))[0]
    return f"{stem or 'picture'}-{_model(choice, file)}"


def _written(image: str, stem: str) -> Iterator[str]:
    yield f'with open({stem + ".png"!r}, "xb") as file:  # "x": no file is ever written over'
    yield f'    {image}.save(file, "PNG")'


def _error() -> Iterator[str]:
    yield "height, width = min(before.height, again.height), min(before.width, again.width)"
    yield "pictures = [np.asarray(image, int)[:height, :width] for image in (before, again)]"
    yield "error = np.abs(pictures[0] - pictures[1])"
    yield 'print(f"reconstruction error: {error.mean():.3f} levels of 255, {error.max()} at most")'


def _is_safetensors(file: str) -> bool:
    return file.lower().endswith(".safetensors")


def _line(text: str) -> str:
    return " ".join(path_text(text).split())

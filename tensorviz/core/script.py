"""An answer as something to keep: a plain torchvision script that gives the same numbers, and the command.

Must not know torch or files: data in, text out.
"""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tensorviz.core.catalogue import ModelChoice, ModelRow, WeightsRow
from tensorviz.core.recipe import Recipe, differences

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

# How an architecture's name begins -> the weight that has a row for each class; the first that fits. Else fc.weight.
HEADS = (
    (("alexnet", "vgg"), "classifier.6.weight"),
    (("convnext",), "classifier.2.weight"),
    (("densenet",), "classifier.weight"),
    (("efficientnet", "mnasnet", "mobilenet_v2", "squeezenet"), "classifier.1.weight"),
    (("mobilenet_v3",), "classifier.3.weight"),
    (("maxvit",), "classifier.5.weight"),
    (("vit_",), "heads.head.weight"),
    (("swin_", "cifar10_small"), "head.weight"),
)
AUXILIARY = {"inception_v3": "AuxLogits.", "googlenet": "aux1."}
AUTOCAST = {"bf16": "torch.bfloat16", "fp16": "torch.float16"}


@dataclass(frozen=True, slots=True)
class Asked:
    """All that an answer came from. row: the weights, or for a file the published ones whose recipe it started from.

    recipe: the one used; None means the choice's, else the weights' own. device: where it was computed.
    """

    path: str
    choice: ModelChoice
    model: ModelRow
    row: WeightsRow
    recipe: Recipe | None = None
    top: int = 5
    device: str = "cpu"

    @property
    def used(self) -> Recipe:
        """The recipe that was used."""
        return self.recipe or self.choice.recipe or self.row.recipe

    @property
    def file(self) -> str | None:
        """The checkpoint file, or None for torchvision's published weights."""
        if self.model.kind in ("bundled", "own"):
            return self.choice.weights if self.choice.weights not in ("", "DEFAULT", self.row.name) else self.row.path
        published = ("", "DEFAULT", *(row.name for row in self.model.weights))
        return None if self.choice.weights in published else self.choice.weights


def head_of(architecture: str) -> str:
    """The name of the weight whose rows are the classes."""
    return next((head for beginnings, head in HEADS if architecture.startswith(beginnings)), "fc.weight")


def python_script(asked: Asked) -> str:
    """A script of torch, torchvision and Pillow alone that prints the same classes and probabilities.

    (The network that comes with tensorviz is not torchvision's: its class is imported from tensorviz.)
    """
    network = (*network_lines(asked), *_labels(asked), *_moved(asked))
    body = [*import_lines(asked), "", *network, "", *batch_lines(asked), "", *_answer(asked)]
    return "\n".join(body) + "\n"


def command_line(paths: Sequence[str], choice: ModelChoice, own: Recipe, top: int = 5) -> str:
    """The command that gives the answer again, quoted for a POSIX shell. own: the weights' own recipe."""
    words = ["tensorviz", "classify", *_named(choice), *_recipe_options(choice.recipe or own, own)]
    words += ["--top", str(top)] if top != 5 else []
    guard = ["--"] if any(path.startswith("-") for path in paths) else []
    return shlex.join([*words, *guard, *paths])


def _named(choice: ModelChoice) -> Iterator[str]:
    plain = ModelChoice()
    for name in ("model", "weights", "labels", "device", "precision"):
        value = getattr(choice, name)
        if value and value != getattr(plain, name):
            yield from (f"--{name}", value)


def _recipe_options(recipe: Recipe, own: Recipe) -> Iterator[str]:
    for name in differences(recipe, own):
        value = getattr(recipe, name)
        yield f"--{name}"
        yield from [repr(float(part)) for part in value] if isinstance(value, tuple) else [str(value)]


def import_lines(asked: Asked, labels: bool = True) -> Iterator[str]:
    """What the lines of the other functions need. labels: whether the class names are read too."""
    if asked.model.kind == "bundled" and labels:
        yield "import json"
    if asked.model.architecture.startswith("densenet") and asked.file:
        yield "import re"
    if asked.model.architecture.startswith("mnasnet") and asked.file:
        yield "from collections import OrderedDict"
    yield from ("import torch", "from PIL import Image, ImageOps")
    if asked.file and asked.file.lower().endswith(".safetensors"):
        yield "from safetensors.torch import load_file"
    if asked.model.kind == "bundled":
        yield from ("from torchvision import transforms", "")
        yield "from tensorviz.engine.small_net import SmallNet"
    else:
        yield "from torchvision import models, transforms"


def network_lines(asked: Asked) -> Iterator[str]:
    """The network in eval mode, on the processor, as `network`."""
    name = asked.model.architecture
    if asked.file is None:
        yield f"weights = models.get_model_weights({name!r})[{asked.row.name!r}]"
        yield f"network = models.get_model({name!r}, weights=weights).eval()"
    else:
        yield from _read(asked.file)
        yield from _renamed(name)
        yield f"classes = len(tensors[{head_of(name)!r}])"
        bundled = asked.model.kind == "bundled"
        yield f"network = {'SmallNet(classes)' if bundled else f'models.get_model({name!r}, {_options(asked)})'}.eval()"
        strict = ", strict=False" if bundled else ""  # batch counters are not kept
        yield f"network.load_state_dict(tensors{strict})"


def _moved(asked: Asked) -> Iterator[str]:
    if asked.device != "cpu":
        yield f"network.to({asked.device!r})"


def _read(file: str) -> Iterator[str]:
    if file.lower().endswith(".safetensors"):
        yield f"tensors = load_file({file!r})"
    else:
        yield f'tensors = torch.load({file!r}, map_location="cpu", weights_only=True)'
        yield 'for wrapper in ("state_dict", "model"):'
        yield "    tensors = tensors.get(wrapper, tensors)"
    yield 'tensors = {name.removeprefix("module."): value for name, value in tensors.items()}'
    yield "tensors = {name: value.float() if value.is_floating_point() else value for name, value in tensors.items()}"


def _renamed(architecture: str) -> Iterator[str]:
    if architecture.startswith("densenet"):
        yield "# published DenseNets have names with dots in them"
        yield r'old = re.compile(r"^(.*denselayer\d+\.(?:norm|relu|conv))\.([12]\..*)$")'
        yield r'tensors = {old.sub(r"\1\2", name): value for name, value in tensors.items()}'
    if architecture.startswith("mnasnet"):
        yield from ("tensors = OrderedDict(tensors)", 'tensors._metadata = {"": {"version": 2}}')


def _options(asked: Asked) -> str:
    name, crop = asked.model.architecture, asked.used.crop
    options = ["num_classes=classes"]
    if name.startswith("vit_"):
        options.append(f"image_size={crop}")
    if name.startswith("maxvit"):
        options.append(f"input_size=({crop}, {crop})")
    if name in AUXILIARY:
        has = f"any(name.startswith({AUXILIARY[name]!r}) for name in tensors)"
        options += ["transform_input=True", f"aux_logits={has}", "init_weights=False"]
    return ", ".join(options)


def _labels(asked: Asked) -> Iterator[str]:
    name = asked.model.architecture
    if asked.choice.labels is not None:
        yield f'labels = open({asked.choice.labels!r}, encoding="utf-8-sig").read().rstrip().splitlines()'
    elif asked.model.kind == "bundled" and asked.file == asked.row.path and asked.file is not None:
        card = asked.file.removesuffix(".safetensors") + ".json"
        yield f'labels = json.load(open({card!r}, encoding="utf-8"))["classes"]'
    elif asked.model.kind == "bundled":
        yield 'labels = [f"class {index}" for index in range(classes)]'
    elif asked.file is None:
        yield 'labels = weights.meta["categories"]'
    else:
        yield f'labels = next(iter(models.get_model_weights({name!r}))).meta["categories"]'
        yield "if len(labels) != classes:"
        yield '    labels = [f"class {index}" for index in range(classes)]'


def picture_lines(path: str, transparent: bool = True) -> Iterator[str]:
    """The picture as decoded, upright, as `picture`: a Pillow image to be converted to RGB.

    transparent: whether it may be; False when it is known not to be.
    """
    yield f"picture = ImageOps.exif_transpose(Image.open({path!r}))"
    if not transparent:
        return
    yield 'if picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info:  # laid on white'
    yield '    picture = picture.convert("RGBA")'
    yield '    ground = Image.new("RGB", picture.size, "white")'
    yield '    ground.paste(picture, mask=picture.getchannel("A"))'
    yield "    picture = ground"


def resize_text(recipe: Recipe) -> str:
    """The step that resizes, in torchvision's words."""
    size = f"({recipe.resize}, {recipe.resize})" if recipe.fit == "stretch" else str(recipe.resize)
    mode = f"transforms.InterpolationMode.{recipe.interpolation.upper()}"
    return f"transforms.Resize({size}, interpolation={mode})"


def batch_lines(asked: Asked, transparent: bool = True) -> Iterator[str]:
    """What the network receives, float32 (1, 3, crop, crop), as `batch`."""
    recipe = asked.used
    yield from picture_lines(asked.path, transparent)
    yield "prepare = transforms.Compose(["
    yield f"    {resize_text(recipe)},"
    yield f"    transforms.CenterCrop({recipe.crop}),"
    yield "    transforms.ToTensor(),"
    yield f"    transforms.Normalize({list(recipe.mean)}, {list(recipe.std)}),"
    yield "])"
    moved = "" if asked.device == "cpu" else f".to({asked.device!r})"
    yield f'batch = prepare(picture.convert("RGB")).unsqueeze(0){moved}'


def _answer(asked: Asked) -> Iterator[str]:
    yield f"with torch.inference_mode(){autocast_text(asked)}:"
    yield "    probabilities = network(batch)[0].float().softmax(0).cpu()"
    yield f"values, indices = probabilities.topk(min({asked.top}, len(labels)))"
    yield "for value, index in zip(values.tolist(), indices.tolist()):"
    yield '    print(f"{value:.6f}  {index}  {labels[index]}")'


def autocast_text(asked: Asked) -> str:
    """What follows in a `with` statement for the precision that was chosen; "" for float32."""
    if asked.choice.precision not in AUTOCAST:
        return ""
    return f", torch.autocast({asked.device.partition(':')[0]!r}, {AUTOCAST[asked.choice.precision]})"

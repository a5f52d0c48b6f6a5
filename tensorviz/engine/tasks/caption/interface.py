"""Describing pictures from Python: `tensorviz.load_captioner`.

Must not know the terminal or the window.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypedDict, Unpack, overload

import torch
from PIL import Image
from torch import Tensor

from tensorviz.core.caption_choice import CaptionerChoice
from tensorviz.core.errors import PictureUnreadable, TensorvizError, ValueRefused
from tensorviz.core.results import Captioned, Failed
from tensorviz.engine.pictures import open_picture, picture_of
from tensorviz.engine.tasks.caption.choosing import decoding_options
from tensorviz.engine.tasks.caption.describer import Answer, Describer
from tensorviz.engine.tasks.caption.load import load_captioner as load
from tensorviz.engine.tasks.caption.reading import prepare
from tensorviz.engine.tasks.caption.sight import Features

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np
    import numpy.typing as npt

    from tensorviz.engine.pictures import Picture
    from tensorviz.engine.tasks.caption.network import Captioner
    from tensorviz.engine.tasks.caption.reading import Prepared
    from tensorviz.engine.tasks.caption.sentences import DecodingOptions, Rules

    PictureSource = Image.Image | str | os.PathLike[str]
    Numbers = Tensor | npt.NDArray[np.floating[Any]]


class Ways(TypedDict, total=False):
    """How words are chosen, as keywords; PictureDescriber.caption says what each does."""

    temperature: float | None
    seed: int | None
    sample: bool
    rules: Rules
    length: int | None
    length_penalty: str
    explain: bool


class PictureDescriber:
    """A captioner ready to speak. Made by `load_captioner`."""

    def __init__(self, describer: Describer) -> None:
        self._describer = describer

    @property
    def network(self) -> Captioner:
        """The network that speaks, a torch.nn.Module in eval mode; `.plan` tells its family and widths."""
        return self._describer.network

    @property
    def vocabulary(self) -> tuple[str, ...]:
        """The words of the indices 1 and up; 0 begins and ends a sentence."""
        return self._describer.infos.words

    @property
    def model(self) -> str:
        """The name of the model, or of the file it was read from."""
        return self._describer.identity.model

    @property
    def notes(self) -> tuple[str, ...]:
        """Honest remarks about the files ("the checkpoint's float16 weights are computed with as float32")."""
        return self._describer.notes

    @overload
    def caption(self, picture: PictureSource, beam: int | None = None, **how: Unpack[Ways]) -> Captioned: ...  # type: ignore[overload-overlap]  # str is a Sequence
    @overload
    def caption(
        self, picture: Sequence[PictureSource], beam: int | None = None, **how: Unpack[Ways]
    ) -> list[Captioned]: ...
    def caption(
        self,
        picture: PictureSource | Sequence[PictureSource],
        beam: int | None = None,
        **how: Unpack[Ways],
    ) -> Captioned | list[Captioned]:
        """What is said of a PIL image, or of the picture in a file; a list gives a list, decoded many together.

        EXIF orientation is applied, transparency laid on white. beam: sentences that are followed at a time, 2 (as in
        the book) when it is not given; 1 takes the most probable word each time. temperature, seed, sample: words are
        drawn instead, with probabilities sharpened by the temperature (1.0) and the seed (0). rules: "book" keeps the
        last word of the vocabulary out of beams, whatever it is; "upstream" only if it is UNK, and sentences have up to
        20 words. length: words at most, by default what the infos say (`seq_length`). length_penalty: "", or upstream's
        "avg_0" and "wu_0.9". explain: also keep `.alternatives` and `.attention`.

        Raises TensorvizError: PictureUnreadable, NothingFound, MemoryExhausted, ValueRefused (values that make no
        sense, a beam above 1 together with drawing, no network to see with). Sources: ImageCaptioning.pytorch of
        Ruotian Luo, and its copy that "Deep Learning with PyTorch" uses (models/CaptionModel.py, dataloaderraw.py).
        """
        options = decoding_options(self._describer.infos, beam=beam, **how)
        if isinstance(picture, str | os.PathLike | Image.Image):
            return self._captions([picture], options)[0]
        if not _is_list(picture):
            raise _no_picture(picture)
        return self._captions(picture, options)

    def decode(
        self,
        fc: Numbers | None,
        att: Numbers | None = None,
        beam: int | None = None,
        **how: Unpack[Ways],
    ) -> list[Captioned]:
        """What is said of features, for each of N pictures, many together.

        fc: of pictures as a whole, (N, F); att: of places, (N, H, W, A), or (N, L, A); tensors or arrays, F and A as
        `fc_feat_size` and `att_feat_size` of the infos. What the network does not look at may be None. The rest is as
        for `caption`. Raises ValueRefused for features of another shape. Features as published: the mean of layer4 of
        the Caffe-style ResNet-101, and its maps averaged to 14 x 14 places.
        """
        options = decoding_options(self._describer.infos, beam=beam, **how)
        features = self._features(fc, att)
        return [answer.row for answer in self._describer.decode(features, options)]

    def _captions(self, pictures: Sequence[PictureSource], options: DecodingOptions) -> list[Captioned]:
        sight = self._describer.seeing()

        def prepared() -> Iterator[Prepared]:
            for item in pictures:
                path = os.fspath(item) if isinstance(item, str | os.PathLike) else ""
                yield prepare(path, lambda item=item: _opened(item), sight.prepared)  # type: ignore[misc]

        return [_row(answer) for answer in self._describer.answers(prepared(), options)]

    def _features(self, fc: Numbers | None, att: Numbers | None) -> list[Features]:
        plan = self._describer.network.plan
        whole = _numbers("fc", fc, (2,)) if plan.fc_feat_size else None
        places = _numbers("att", att, (3, 4)) if plan.attends else None
        many = next((len(part) for part in (whole, places) if part is not None), 0)
        if whole is not None and places is not None and len(places) != many:
            raise ValueRefused(
                f"The features fc are of {many} pictures, and att of {len(places)}.", "Give both of the same pictures."
            )
        wholes = torch.zeros(many, 0) if whole is None else whole
        grids = [None] * many if places is None else list(_on_grid(places))
        return [Features(*pair) for pair in zip(wholes, grids, strict=True)]


def load_captioner(
    weights: str | os.PathLike[str] | Mapping[str, Tensor] | None = None,
    infos: str | os.PathLike[str] | Mapping[str, Any] | None = None,
    cnn_weights: str | os.PathLike[str] | None = None,
    device: str | torch.device = "auto",
    *,
    model: str = "",
    largest_side: int = 0,
) -> PictureDescriber:
    """A captioner ready to describe pictures; with no arguments the one that comes along.

    weights: the path of a .pth, .pt or .safetensors file of any family (fc, newfc, show_tell, att2in, att2in2,
    topdown, adaatt), its state_dict, or the name of a published captioner ("neuraltalk2"); nothing is downloaded.
    infos: the path of a published infos pickle (nothing in it is run) or of a JSON file, or a mapping with `opt` (a
    mapping) and `vocab` (index -> word, from 1 on). cnn_weights: the path of the Caffe-style ResNet-101 that it sees
    with; without it, only `decode` works for weights of one's own. model: a catalogue name. largest_side: pixels of the
    longer side that larger pictures are made smaller to; 0 keeps their size, as published. device: "auto", "cpu",
    "cuda", "cuda:N", "mps".

    Raises TensorvizError: NameUnknown, WeightsMissing, WeightsDamaged, CheckpointUnreadable, CheckpointMismatch (also
    weights and infos that do not belong together), ValueRefused, DeviceUnavailable.
    """
    tensors = weights if isinstance(weights, Mapping) else None
    given = infos if isinstance(infos, Mapping) else None
    choice = CaptionerChoice(
        model=model,
        weights="" if tensors is not None else _path("weights", weights),
        infos="" if given is not None else _path("infos", infos),
        cnn_weights=_path("cnn_weights", cnn_weights),
        device=str(device),
        largest_side=largest_side,
    )
    return PictureDescriber(Describer(load(choice, tensors=tensors, infos=given)))


def _path(name: str, value: object) -> str:
    if value is None:
        return ""
    if not isinstance(value, str | os.PathLike):
        raise ValueRefused(
            f"The {name} given is of type {type(value).__name__}.", "Give the path of a file, or a name."
        )
    return os.fspath(value)


def _row(answer: Answer | Failed) -> Captioned:
    if isinstance(answer, Failed):
        raise TensorvizError(answer.problem.message, answer.problem.hint)
    return answer.row


def _numbers(name: str, given: Numbers | None, dimensions: tuple[int, ...]) -> Tensor:
    """The features as float32. Raises ValueRefused for what is none of so many dimensions."""
    needed = "(N, F)" if dimensions == (2,) else "(N, H, W, A)"
    if given is None:
        raise ValueRefused(f"The network looks at the features {name}, and none were given.", f"Give {needed} numbers.")
    try:
        numbers = torch.as_tensor(given).detach().float()
    except (TypeError, ValueError, RuntimeError) as error:
        raise ValueRefused(
            f"The features {name} are of type {type(given).__name__}.", f"Give a tensor or an array {needed}."
        ) from error
    if numbers.ndim not in dimensions:
        raise ValueRefused(
            f"The features {name} have the shape {tuple(numbers.shape)}.", f"Give {needed}, one for each of N pictures."
        )
    return numbers


def _on_grid(places: Tensor) -> Tensor:
    """(N, H, W, A) of (N, L, A): a square where L is one, as 196 is 14 x 14, else one row."""
    if places.ndim != 3:
        return places
    side = round(places.shape[1] ** 0.5)
    return places.reshape(len(places), *((side, side) if side * side == places.shape[1] else (1, -1)), places.shape[2])


def _opened(picture: PictureSource) -> Picture:
    if isinstance(picture, str | os.PathLike):
        return open_picture(os.fspath(picture))
    if not isinstance(picture, Image.Image):
        raise _no_picture(picture)
    if 0 in picture.size:
        raise PictureUnreadable(
            f"The image has no pixels: its size is {picture.width} x {picture.height}.", "Each side needs at least one."
        )
    try:
        return picture_of(picture)
    except (OSError, ValueError, SyntaxError) as error:
        raise PictureUnreadable(f"The image cannot be decoded: {error}.", "Give a complete PIL image.") from error


def _is_list(thing: object) -> bool:
    return isinstance(thing, Sequence) and not isinstance(thing, bytes | bytearray)


def _no_picture(thing: object) -> ValueRefused:
    return ValueRefused(
        f"A picture was expected, and something of type {type(thing).__name__} was given.",
        "Give a PIL image, a path, or a list of them.",
    )

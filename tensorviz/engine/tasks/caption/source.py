"""Which weights, infos and CNN a choice of captioner means, and where they are.

Must not know torch or pixels: catalogue rows in, files and names out.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tensorviz.core.captioners import CaptionerFile, CaptionerWeights
from tensorviz.core.errors import NameUnknown, ValueRefused, WeightsMissing
from tensorviz.core.text import bytes_text, path_text
from tensorviz.engine.weights.captioners import TASK, find_captioner, read_captioners, weights_of
from tensorviz.engine.weights.catalogue import find_weights
from tensorviz.engine.weights.naming import is_file_choice

if TYPE_CHECKING:
    from tensorviz.core.caption_choice import CaptionerChoice
    from tensorviz.core.catalogue import ModelRow

GIVEN = "given tensors"
NEEDS_INFOS = (
    "Give them with --infos FILE (in Python infos=): the pickle published beside the weights (fc-infos.pkl), or a JSON"
    " file with opt and vocab."
)


@dataclass(frozen=True, slots=True)
class Source:
    """What a choice means. model, weights, cnn: the names that results show, cnn "" when there is none.

    file: where the numbers are, "" when tensors are given instead. infos: where options and vocabulary are, "" when
    they are given. cnn_file: where the numbers of the network are that it sees with, "" when there is none (it can
    only decode features). row: the published (or bundled) weights that were chosen, None for own ones. published: the
    files among them whose bytes must be the published ones.
    """

    model: str
    weights: str
    file: str
    infos: str
    cnn: str = ""
    cnn_file: str = ""
    row: CaptionerWeights | None = None
    published: tuple[CaptionerFile, ...] = ()


def source_of(choice: CaptionerChoice, *, tensors_given: bool = False, infos_given: bool = False) -> Source:
    """What `choice` means, as far as it can be told without reading the files of numbers (no torch is imported).

    tensors_given, infos_given: whether they come as objects instead of files. Raises NameUnknown (model, weights),
    WeightsMissing (a file that is not there, weights that are not fetched), ValueRefused (own weights without infos).
    """
    if tensors_given or is_file_choice(choice.weights):
        return _from_file(choice, tensors_given, infos_given)
    row = _row(choice)
    wanted = [] if choice.infos or infos_given else [row.file("infos")]
    wanted = [row.file("weights"), *wanted, *([] if choice.cnn_weights else [row.file("cnn")])]
    _check_here(row, wanted)
    cnn_name, cnn = _cnn(choice.cnn_weights) if choice.cnn_weights else _named(row.file("cnn"))
    published = [file for file in wanted if file.role != "cnn"]
    return Source(
        model=row.model,
        weights=row.name,
        file=row.file("weights").path or "",
        infos=_infos_file(choice, infos_given) or ("" if infos_given else row.file("infos").path or ""),
        cnn=cnn_name,
        cnn_file=cnn.path if isinstance(cnn, CaptionerFile) and cnn.path else str(cnn),
        row=row,
        published=(*published, *([cnn] if isinstance(cnn, CaptionerFile) else [])),
    )


def _row(choice: CaptionerChoice) -> CaptionerWeights:
    """The published weights that the choice names; without a model, weights may be the name of one."""
    model, weights = choice.model, choice.weights
    if not model and weights and weights.partition(":")[0] in [row.name for row in read_captioners()]:
        model, _, weights = weights.partition(":")
    found = find_captioner(model)
    return _weights(found, weights)


def _weights(model: ModelRow, name: str) -> CaptionerWeights:
    try:
        wanted = find_weights(model, name)
    except NameUnknown as error:
        raise NameUnknown(error.message, f"{error.hint} A file with that name is not there either.".strip()) from error
    return next(row for row in weights_of(model) if row.name == wanted.name)


def _check_here(row: CaptionerWeights, wanted: list[CaptionerFile]) -> None:
    gone = [file for file in wanted if file.path is None]
    if not gone:
        return
    size = bytes_text(sum(file.nbytes for file in row.files if file.path is None))
    of = "" if len(gone) == len(row.files) else f" ({', '.join(file.title for file in gone)} of them)"
    raise WeightsMissing(
        f"The weights {row.name} of {row.model} are not on this computer{of}.",
        f"Fetch them with `tensorviz fetch {row.model}:{row.name}` (about {size}).",
    )


def _from_file(choice: CaptionerChoice, tensors_given: bool, infos_given: bool) -> Source:
    """Weights of the person's own; a model that is named beside gives its CNN, if that is here."""
    if not tensors_given:
        _check_file(choice.weights, "weights", f"a name from `tensorviz models --task {TASK}`")
    if not (infos_given or choice.infos):
        what = "The tensors that were given say" if tensors_given else f"{path_text(choice.weights)} says"
        raise ValueRefused(f"{what} nothing of words: options and vocabulary (infos) belong to them.", NEEDS_INFOS)
    infos = _infos_file(choice, infos_given)
    model = weights_of(find_captioner(choice.model))[0] if choice.model else None
    cnn_name, cnn = "", None
    if choice.cnn_weights:
        cnn_name, cnn = _cnn(choice.cnn_weights)
    elif model is not None and model.file("cnn").path:
        cnn_name, cnn = _named(model.file("cnn"))
    own = GIVEN if tensors_given else path_text(Path(choice.weights).stem)
    return Source(
        model=model.model if model else own,
        weights=GIVEN if tensors_given else path_text(choice.weights),
        file="" if tensors_given else choice.weights,
        infos=infos,
        cnn=cnn_name,
        cnn_file="" if cnn is None else str(cnn.path if isinstance(cnn, CaptionerFile) else cnn),
        published=(cnn,) if isinstance(cnn, CaptionerFile) else (),
    )


def _infos_file(choice: CaptionerChoice, infos_given: bool) -> str:
    if infos_given or not choice.infos:
        return ""
    _check_file(choice.infos, "infos", "the pickle published with the weights, or a JSON file with opt and vocab")
    return choice.infos


def _cnn(given: str) -> tuple[str, CaptionerFile | str]:
    """The name and the file of the network to see with: a captioner's own, or a file of the person's own."""
    if not is_file_choice(given) and given in [row.name for row in read_captioners()]:
        row = weights_of(find_captioner(given))[0]
        _check_here(row, [row.file("cnn")])
        return _named(row.file("cnn"))
    _check_file(given, "CNN weights", "the name of a captioner that is fetched (neuraltalk2)")
    return path_text(Path(given).stem), given


def _named(file: CaptionerFile) -> tuple[str, CaptionerFile]:
    return Path(file.name).stem, file


def _check_file(path: str, what: str, other: str) -> None:
    file = Path(path)
    if file.is_file():
        return
    met = ("is a folder" if file.is_dir() else "is no ordinary file") if file.exists() else "is not there"
    raise WeightsMissing(f"The {what} file {path_text(path)} {met}.", f"Give a file, or {other}.")

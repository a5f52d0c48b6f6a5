"""What the card and the list say of a generator: figures, pair, licence, fingerprint, as label and text.

Must not know widgets.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from tensorviz.core.checkpoint_report import sentence
from tensorviz.core.generators import SIDE, GeneratorWeights
from tensorviz.core.text import bytes_text, count_text, path_text, plural, short_count_text
from tensorviz.ui.models.card_text import computing_text, file_of

if TYPE_CHECKING:
    from tensorviz.core.catalogue import ModelRow, WeightsRow
    from tensorviz.engine.messages.translate import GeneratorRecognised

LABELS = ("Trained on", "Network", "Parameters", "Computing", "File", "From", "Fingerprint", "Licence", "Where")
# What published weights are, beside their names.
SOURCES = {"BOOK": "the book's file", "AUTHORS": "the authors' file"}
SHORT_ID = 12  # digits of a fingerprint that are shown


def facts(model: ModelRow, weights: GeneratorWeights) -> tuple[tuple[str, str, str], ...]:
    """Label, text, and what stands behind the text (shown when pointed at), for each line of the card."""
    computing = computing_text(weights)
    area = f"{SIDE} \N{MULTIPLICATION SIGN} {SIDE} pixels"
    said = (
        (weights.trained_on, ""),
        (network_text(weights.width, weights.blocks), ""),
        (short_count_text(weights.parameters), count_text(weights.parameters)),
        (f"{computing} for {area}" if computing else "not known", ""),
        (_file_text(weights), f"{count_text(weights.file_bytes)} bytes" if weights.here else ""),
        (_source(weights), weights.url),
        _fingerprint(weights),
        (weights.licence, ""),
        (path_text(weights.path) if weights.path else "not on this computer", ""),
    )
    return tuple((label, text, behind) for label, (text, behind) in zip(LABELS, said, strict=True))


def spoken(model: ModelRow, weights: WeightsRow) -> str:
    """A line of the list as a sentence."""
    summary = f"{model.summary[:1].lower()}{model.summary[1:]}"
    back = weights.way_back if isinstance(weights, GeneratorWeights) else ""
    where = "on this computer" if model.here else "not on this computer"
    pair = f"its way back is {back}" if back else "no way back is known"
    return ", ".join(filter(None, (model.name, model.family, summary, pair, _file_text(weights), where)))


def size_text(weights: WeightsRow) -> str:
    """The size of the file in few letters; one that is not here is not known to the byte."""
    if not weights.file_bytes:
        return "-"
    return bytes_text(weights.file_bytes) if weights.here else f"~{bytes_text(weights.file_bytes)}"


def network_text(width: int, blocks: int) -> str:
    """How the network is built."""
    return f"{plural(width, 'channel')} wide, {plural(blocks, 'residual block')}"


def weights_title(weights: WeightsRow, *, alone: bool) -> str:
    """How weights are named where they are chosen: "BOOK, the book's file, default, on this computer"."""
    said = [weights.name, SOURCES.get(weights.name, "") if weights.url else ""]
    if weights.is_default and not alone:
        said.append("default")
    if weights.here and not alone:
        said.append("on this computer")
    return ", ".join(filter(None, said))


def fetch_question(weights: GeneratorWeights) -> str:
    """What is asked before a download that can be checked."""
    return f"Fetch {_file_text(weights)} from {_host(weights)}? The file is {file_of(weights)}."


def consent_question(weights: GeneratorWeights) -> str:
    """What is asked before a download that nobody can check: what that means, how much, from where."""
    plain = "over plain http, which anybody on the way can change, and " if _is_plain(weights) else ""
    return (
        f"{weights.model} {weights.name} is published {plain}without a fingerprint: nothing tells whether the file that"
        f" comes is the one its authors made. Nothing in it is ever run. Fetch {_file_text(weights)} from"
        f" {_host(weights)} all the same?"
    )


def gone_text(weights: GeneratorWeights) -> str:
    """That an own file is not where it was kept; "" for weights that are here, or can be fetched."""
    if weights.here or weights.url:
        return ""
    return f"{weights.name} is not where it was. Put it back, or remove {weights.model} and add the file anew."


def recognised_text(event: GeneratorRecognised) -> str:
    """What a file holds, in a sentence, with what was dropped or converted."""
    dropout = "with dropout" if event.dropout else "without dropout"
    network = network_text(event.width, event.blocks)
    first = f"A generator: {network}, {event.norm} norms, {dropout}, {plural(event.parameters, 'parameter')}."
    return " ".join((first, *map(sentence, event.notes)))


def _file_text(weights: WeightsRow) -> str:
    if not weights.file_bytes:
        return "size not known"
    size = bytes_text(weights.file_bytes)
    return size if weights.here else f"about {size}"


def _source(weights: GeneratorWeights) -> str:
    if weights.bundled:
        return "comes with tensorviz"
    if not weights.url:
        return "a file of your own"
    return f"{_host(weights)}, over {'plain http' if _is_plain(weights) else 'https'}"


def _fingerprint(weights: GeneratorWeights) -> tuple[str, str]:
    """By what the file is told from another, in plain words, and the fingerprint itself."""
    if weights.git_blob:
        text = f"git blob id {weights.git_blob[:SHORT_ID]}..., published; the file is checked by it"
        return text, f"SHA-1 that git gives the published file: {weights.git_blob}"
    if weights.sha256_prefix:
        where = "comes with it" if weights.bundled else "published"
        text = f"SHA-256 {weights.sha256_prefix[:SHORT_ID]}..., {where}; the file is checked by it"
        return text, f"SHA-256 of the file: {weights.sha256_prefix}"
    if not weights.unchecked:
        return "none: a file of your own is taken as it is", ""
    plain = ", and it comes over plain http" if _is_plain(weights) else ""
    if weights.here:
        return "none is published; the file is checked against the one that came first", ""
    return f"none is published{plain}: nobody can tell whether the file is the authors'", ""


def _host(weights: GeneratorWeights) -> str:
    return urlsplit(weights.url).hostname or weights.url


def _is_plain(weights: GeneratorWeights) -> bool:
    return urlsplit(weights.url).scheme == "http"

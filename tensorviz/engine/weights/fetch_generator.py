"""Fetching, importing and deleting the weights of a generator: checked by what is published, or taken with consent.

Must not know torch or Qt, nor who is asked for the consent.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from tensorviz.core.errors import ValueRefused
from tensorviz.engine.weights import store
from tensorviz.engine.weights.fetch import PATIENT, fetch_weights
from tensorviz.engine.weights.fingerprints import accepted, checked, forget_digest

if TYPE_CHECKING:
    from pathlib import Path

    from tensorviz.core.generators import GeneratorWeights
    from tensorviz.engine.cancel import CancelToken
    from tensorviz.engine.weights.fetch import Patience, Report


def fetch_generator(
    row: GeneratorWeights, trusted: bool, token: CancelToken, report: Report, patience: Patience = PATIENT
) -> Path:
    """The checked file of these weights, downloaded unless it is here.

    trusted: whether the person accepts a file that nothing can tell from another; its digest is kept then. Raises
    ValueRefused without that consent, FetchFailed, WeightsDamaged, WeightsMissing, Cancelled.
    """
    found = store.locate(row)
    if found is not None:
        return checked(row, found, token)
    if row.unchecked:
        _check_consent(row, trusted)
        forget_digest(row)
    return accepted(row, fetch_weights(row, token, report, patience), token)


def import_generator(row: GeneratorWeights, source: str, token: CancelToken | None = None) -> Path:
    """Copies a file that was got another way to its place, once it is checked; gives that place."""
    checked(row, store.verified(source, ""), token)
    return store.import_file(source, row)


def delete_generator(row: GeneratorWeights) -> int:
    """Deletes the published file of these weights, or what an unfinished download left; gives the bytes set free.

    The digest by which the file was known is forgotten with it: whatever comes next is the first again. Raises
    NothingFound, ValueRefused (no file that was downloaded).
    """
    if not row.url:
        raise ValueRefused(
            f"{row.model}:{row.name} is not a downloaded file; it was left.", "Only downloaded weights are deleted."
        )
    freed = store.delete(store.destination(row))
    forget_digest(row)
    return freed


def warning(row: GeneratorWeights) -> str:
    """What a person should know before an unchecked file is fetched; "" for one that can be checked."""
    if not row.unchecked:
        return ""
    plain = urlsplit(row.url).scheme == "http"
    over = "over plain http, and " if plain else ""
    return (
        f"{row.model} is published {over}without a fingerprint: nobody can tell whether the file that comes is the one"
        " that its authors made."
    )


def _check_consent(row: GeneratorWeights, trusted: bool) -> None:
    if not trusted:
        raise ValueRefused(
            warning(row),
            f"To fetch it all the same: tensorviz fetch --trust {row.model}:{row.name}. Nothing in it is ever run.",
        )

"""A captioner that is ready to speak: pictures or features in, rows out, in order and in bounded memory.

Must not know how weights are found, or how rows are printed or shown.
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import torch

from tensorviz.core.errors import Cancelled, TensorvizError, ValueRefused
from tensorviz.core.results import Captioned, Failed, Seconds
from tensorviz.engine.devices import computing_in
from tensorviz.engine.tasks.caption.decode import decode
from tensorviz.engine.tasks.caption.reading import Prepared, failed, read_ahead
from tensorviz.engine.tasks.caption.sentences import Decoded
from tensorviz.engine.tasks.caption.sight import Features, sight_of
from tensorviz.engine.tasks.caption.telling import beams_of, places_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from tensorviz.engine.cancel import CancelToken
    from tensorviz.engine.tasks.caption.load import Loaded
    from tensorviz.engine.tasks.caption.sentences import DecodingOptions
    from tensorviz.engine.tasks.caption.sight import Sight

TOGETHER = 64  # pictures that are decoded together
ROWS, ATTENDING_ROWS = 1024, 192  # sentences that are followed at a time, at most: what the words of each take
PATIENCE = 10.0  # seconds after which those that were seen are decoded, however few: somebody waits for rows


@dataclass(frozen=True, slots=True)
class Answer:
    """A row, what came of decoding, and the features that it came from."""

    row: Captioned
    decoded: Decoded
    features: Features


@dataclass(frozen=True, slots=True)
class _Seen:
    picture: Prepared
    features: Features
    seconds: float


class Describer:
    """A captioner and the way pictures go through it. It keeps no state of a running job.

    sight: how it sees; None when it has nothing to see with, and can only decode features.
    """

    def __init__(self, loaded: Loaded, sight: Sight | None = None) -> None:
        self.network, self.infos = loaded.network, loaded.infos
        self.identity, self.device, self.notes = loaded.identity, loaded.device, loaded.notes
        self.sight = sight
        if sight is None and loaded.seeing is not None:
            attends = loaded.network.plan.attends
            self.sight = sight_of(loaded.seeing, loaded.device, loaded.identity.largest_side, attends)

    def stream(
        self, items: Iterable[str | Failed], options: DecodingOptions, token: CancelToken | None = None
    ) -> Iterator[Captioned | Failed]:
        """A row for each path, in order; a Failed among the items is passed on in its place.

        A few pictures and the features of up to 64 are in memory at a time. Raises Cancelled between pictures, layers
        and words; ValueRefused when there is nothing to see with, or features and network do not fit.
        """
        sight = self.seeing()
        for answer in self.answers(read_ahead(items, sight.prepared, sight.ahead, token), options, token):
            yield answer.row if isinstance(answer, Answer) else answer

    def answers(
        self, pictures: Iterable[Prepared | Failed], options: DecodingOptions, token: CancelToken | None = None
    ) -> Iterator[Answer | Failed]:
        """The answers for prepared pictures, in order; rows of failure pass. Raises as `stream`."""
        group: list[_Seen | Failed] = []
        seen, since = 0, time.perf_counter()
        for one in self._seen(pictures, token):
            group.append(one)
            seen += isinstance(one, _Seen)
            if seen >= self._together(options) or time.perf_counter() - since > PATIENCE:
                yield from self._told(group, options, token)
                group, seen, since = [], 0, time.perf_counter()
        yield from self._told(group, options, token)

    def decode(
        self, features: Sequence[Features], options: DecodingOptions, token: CancelToken | None = None
    ) -> list[Answer]:
        """What is said of features, many together. Raises ValueRefused for those of another width, Cancelled."""
        size = self._together(options)
        answers: list[Answer] = []
        for at in range(0, len(features), size):
            part = features[at : at + size]
            started = time.perf_counter()
            found = self._decoded(part, options, token)
            share = (time.perf_counter() - started) / len(part)
            seconds = Seconds(0.0, 0.0, share, share)
            answers += [self._answer("", *pair, seconds) for pair in zip(part, found, strict=True)]
        return answers

    def seeing(self) -> Sight:
        """How it sees. Raises ValueRefused when there is nothing to see with."""
        if self.sight is None:
            raise ValueRefused(
                f"{self.identity.model} has no network to see pictures with; it can only decode features.",
                "Give the numbers of the Caffe-style ResNet-101 that it was trained with (cnn_weights, --cnn-weights).",
            )
        return self.sight

    def _together(self, options: DecodingOptions) -> int:
        rows = ATTENDING_ROWS if self.network.plan.attends else ROWS
        return max(1, min(TOGETHER, rows // options.beam))

    def _seen(self, pictures: Iterable[Prepared | Failed], token: CancelToken | None) -> Iterator[_Seen | Failed]:
        """The features of pictures, as many at a time as the sight takes."""
        most, batch = self.seeing().together, list[Prepared | Failed]()
        waiting = 0
        for picture in pictures:
            if token is not None:
                token.check()
            batch.append(picture)
            waiting += isinstance(picture, Prepared)
            if waiting == most:
                yield from self._look(batch, token)
                batch, waiting = [], 0
        yield from self._look(batch, token)

    def _look(self, batch: Sequence[Prepared | Failed], token: CancelToken | None) -> list[_Seen | Failed]:
        prepared = [one for one in batch if isinstance(one, Prepared)]
        started = time.perf_counter()
        try:
            shown = [one.pixels for one in prepared if one.pixels is not None]
            features = iter(self.seeing().seen(shown, token) if shown else [])
        except Cancelled:
            raise
        except Exception as error:  # noqa: BLE001 - one picture must not end a batch
            return [one if isinstance(one, Failed) else failed(one.path, error) for one in batch]
        share = (time.perf_counter() - started) / max(1, len(prepared))
        return [
            one if isinstance(one, Failed) else _Seen(replace(one, pixels=None), next(features), share) for one in batch
        ]

    def _told(
        self, group: Sequence[_Seen | Failed], options: DecodingOptions, token: CancelToken | None
    ) -> Iterator[Answer | Failed]:
        seen = [one for one in group if isinstance(one, _Seen)]
        started = time.perf_counter()
        found = iter(self._decoded([one.features for one in seen], options, token))
        share = (time.perf_counter() - started) / max(1, len(seen))
        for one in group:
            yield one if isinstance(one, Failed) else self._row(one, next(found), share)

    def _row(self, seen: _Seen, decoded: Decoded, share: float) -> Answer | Failed:
        picture, forward = seen.picture, seen.seconds + share
        total = picture.decode + picture.preprocess + forward
        seconds = Seconds(picture.decode, picture.preprocess, forward, total)
        try:
            return self._answer(picture.path, seen.features, decoded, seconds, picture.notes)
        except TensorvizError as error:
            return failed(picture.path, error)

    def _decoded(
        self, features: Sequence[Features], options: DecodingOptions, token: CancelToken | None
    ) -> list[Decoded]:
        if not features:
            return []
        places = [one.places for one in features if one.places is not None]
        whole = torch.stack([one.whole for one in features]).to(self.device)
        where = torch.stack(places).to(self.device) if len(places) == len(features) else None
        with computing_in("fp32", self.device):
            return decode(self.network, whole, where, options, self.infos.last_is_unk, token)

    def _answer(
        self, path: str, features: Features, decoded: Decoded, seconds: Seconds, notes: tuple[str, ...] = ()
    ) -> Answer:
        if not math.isfinite(decoded.best.log_probability):
            raise TensorvizError(
                f"{self.identity.model} gave probabilities that are no numbers (NaN or infinity).",
                "The weights may be damaged, or the features not be those that it was trained with.",
            )
        grid = tuple(features.places.shape[:2]) if features.places is not None else ()
        row = Captioned(
            path=path,
            model=self.identity.model,
            weights=self.identity.weights,
            device=str(self.device),
            precision="fp32",
            seconds=seconds,
            beams=beams_of(decoded, self.infos),
            notes=(*notes, *self.notes),
            places=places_of(decoded, self.infos, grid),
        )
        return Answer(row, decoded, features)

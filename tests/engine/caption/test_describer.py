"""Pictures and features to rows: order, bad files, groups, memory, stopping; the words against numpy."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from tensorviz.core.errors import Cancelled, Problem, TensorvizError, ValueRefused
from tensorviz.core.results import Captioned, Failed
from tensorviz.engine.cancel import CancelToken
from tensorviz.engine.tasks.caption import describer as module
from tensorviz.engine.tasks.caption.choosing import decoding_options
from tensorviz.engine.tasks.caption.describer import Answer, Describer
from tensorviz.engine.tasks.caption.sight import Features
from tests.engine.caption.made import LENGTH, Glance, loaded, tensors
from tests.engine.caption.plain import Plain, beam_search

BOOK = decoding_options(length=LENGTH)


def pictures(folder: Path, count: int) -> list[str]:
    random = np.random.default_rng(3)
    for at in range(count):
        size = (4 + at % 5, 3 + at % 4)
        Image.fromarray(random.integers(0, 256, (*size, 3), np.uint8)).save(folder / f"{at:03}.png")
    return [str(folder / f"{at:03}.png") for at in range(count)]


def plain(path: str, seed: int = 1) -> list[tuple[list[int], list[float], float]]:
    """What numpy says of the picture, seen as Glance sees it."""
    pixels = np.asarray(Image.open(path).convert("RGB")).astype(np.float64) / 255
    seen = ((pixels - (0.485, 0.456, 0.406)) / (0.229, 0.224, 0.225)).mean((0, 1))
    numbers = {name: value.double().numpy() for name, value in tensors("fc", 3, seed).items()}
    return beam_search(Plain("fc", numbers, 1, seen, np.zeros((1, 3))), LENGTH, 2)


def test_rows_say_what_numpy_says_in_the_order_given(tmp_path: Path) -> None:
    paths = pictures(tmp_path, 9)
    rows = list(Describer(loaded(seeing=Glance())).stream(reversed(paths), BOOK))
    assert [row.path for row in rows] == paths[::-1]
    said = set()
    for row in rows:
        assert isinstance(row, Captioned)
        expected = plain(row.path)
        words, logs, total = expected[0]
        stop = words.index(0) if 0 in words else len(words)
        assert row.tokens == words[:stop]
        assert row.token_log_probabilities == pytest.approx(logs[:stop], abs=1e-4)
        assert row.log_probability == pytest.approx(total, abs=1e-4)
        assert [beam.log_probability for beam in row.beams] == pytest.approx([one[2] for one in expected], abs=1e-4)
        assert [w.probability for w in row.words] == pytest.approx(np.exp(logs[:stop]).tolist(), abs=1e-4)
        assert row.text == " ".join(row.words)
        assert row.seconds.total == pytest.approx(sum(list(row.seconds.values())[:3]))
        said.add(row.text)
    assert len(said) > 1  # or nothing was seen


def test_a_bad_file_is_a_row_and_failures_pass(tmp_path: Path) -> None:
    good = pictures(tmp_path, 2)
    (tmp_path / "bad.png").write_bytes(b"\x89PNG\r\n\x1a\n cut")
    Image.new("RGB", (1, 1)).save(tmp_path / "one.png")
    bad, one = str(tmp_path / "bad.png"), str(tmp_path / "one.png")
    items: list[str | Failed] = [good[0], bad, Failed("x", Problem("no")), one, good[1]]
    rows = list(Describer(loaded(seeing=Glance())).stream(items, BOOK))
    assert [type(row) for row in rows] == [Captioned, Failed, Failed, Failed, Captioned]
    assert {row.task for row in rows} == {"caption"}
    failed = [row.problem for row in rows if isinstance(row, Failed)]
    assert "damaged" in failed[0].message
    assert failed[1].message == "no"
    assert "1 x 1 pixels" in failed[2].message
    assert all(problem.expected for problem in failed)


def test_a_failure_of_the_network_is_that_pictures_row(tmp_path: Path) -> None:
    class Picky(Glance):
        def forward(self, pixels: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
            if pixels.shape[2] == 5:
                raise ZeroDivisionError("five")
            return super().forward(pixels)

    paths = pictures(tmp_path, 4)  # of 4, 5, 6 and 7 lines
    rows = list(Describer(loaded(seeing=Picky())).stream(paths, BOOK))
    assert [isinstance(row, Failed) for row in rows] == [False, True, False, False]
    assert isinstance(rows[1], Failed)
    assert "five" in rows[1].problem.message
    assert "Traceback" in rows[1].problem.details


def test_many_are_decoded_together_and_nothing_is_read_far_ahead(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "TOGETHER", 5)
    (path,) = pictures(tmp_path, 1)
    taken = 0

    def endless() -> Iterator[str]:
        nonlocal taken
        while True:
            taken += 1
            yield path

    rows = Describer(loaded(seeing=Glance())).stream(endless(), BOOK)
    texts = set()
    for count in range(1, 24):
        row = next(rows)
        assert isinstance(row, Captioned)
        texts.add(row.text)
        assert taken <= count + 5 + 3
    rows.close()  # type: ignore[attr-defined]  # a generator
    assert len(texts) == 1


def test_somebody_who_waits_gets_rows_before_there_are_many(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PATIENCE", 0.0)
    network = Glance()
    rows = Describer(loaded(seeing=network)).stream(pictures(tmp_path, 3), BOOK)
    next(rows)
    assert len(network.sizes) == 1


@pytest.mark.parametrize(("family", "beam", "expected"), [("fc", 2, 64), ("fc", 100, 10), ("att2in2", 5, 38)])
def test_wide_beams_take_fewer_pictures_at_a_time(family: str, beam: int, expected: int) -> None:
    describer = Describer(loaded(family))  # type: ignore[arg-type]  # a table
    assert describer._together(decoding_options(beam=beam)) == expected


def test_it_stops_between_pictures_and_words(tmp_path: Path) -> None:
    token = CancelToken()
    rows = Describer(loaded(seeing=Glance())).stream(iter(pictures(tmp_path, 3)), BOOK, token)
    token.cancel()
    with pytest.raises(Cancelled):
        next(rows)
    with pytest.raises(Cancelled):
        Describer(loaded()).decode([Features(torch.zeros(3))], BOOK, token)


def test_features_are_decoded_without_anything_to_see_with() -> None:
    describer = Describer(loaded("topdown"))
    torch.manual_seed(2)
    features = [Features(torch.randn(3), torch.randn(2, 3, 3)) for _ in range(130)]
    answers = describer.decode(features, decoding_options(beam=3, length=LENGTH))
    alone = [describer.decode([one], decoding_options(beam=3, length=LENGTH))[0] for one in features]
    assert [answer.row.tokens for answer in answers] == [answer.row.tokens for answer in alone]
    with pytest.raises(ValueRefused, match="features") as caught:
        list(describer.stream(["x.png"], BOOK))
    assert "--cnn-weights" in caught.value.hint


def test_numbers_that_are_none_are_a_sentence(tmp_path: Path) -> None:
    broken = Glance()
    torch.nn.init.constant_(broken.scale.weight, float("nan"))
    (row,) = Describer(loaded(seeing=broken)).stream(pictures(tmp_path, 1), BOOK)
    assert isinstance(row, Failed)
    assert "no numbers" in row.problem.message
    with pytest.raises(TensorvizError, match="no numbers"):
        Describer(loaded()).decode([Features(torch.full((3,), float("nan")))], BOOK)


def test_how_it_came_about_is_kept_when_asked() -> None:
    describer = Describer(loaded("att2in2"))
    torch.manual_seed(4)
    (answer,) = describer.decode(
        [Features(torch.randn(3), torch.randn(2, 3, 3))], decoding_options(beam=3, length=LENGTH, explain=True)
    )
    assert isinstance(answer, Answer)
    row = answer.row
    assert len(row.places) == len(row.words) + row.beams[0].ended
    assert [tuple(weights.shape) for weights in row.attention] == [(2, 3)] * len(row.places)
    assert all(weights.sum() == pytest.approx(1, abs=1e-5) for weights in row.attention)
    for word, place in zip(row.words, row.alternatives, strict=False):
        known = {str(other): other.probability for other in place}
        assert len(place) == 5
        assert word not in known or known[word] == pytest.approx(word.probability, abs=1e-5)

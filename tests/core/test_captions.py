"""Sentences as data: words that know more, and the forms of a row."""

from __future__ import annotations

import copy
import csv
import io
import math
import pickle

from tensorviz.core.captions import Beam, SaidWord
from tensorviz.core.errors import Problem
from tensorviz.core.results import AnyRow, Captioned, Failed, Seconds
from tensorviz.core.row_text import CaptionedCsvText, pieces

BEST = Beam("a =dog", -1.5, ("a", "=dog"), (3, 1), (math.log(0.5), math.log(0.25)))
ROW = Captioned("b.jpg", "m", "w", "cpu", "fp32", Seconds(1, 2, 3, 6), (BEST, Beam("=dog", -2.0)), ("n",))


def test_a_word_is_a_str_that_knows_more() -> None:
    word = ROW.words[1]
    assert (word, word.word, word.token, round(word.probability, 6)) == ("=dog", "=dog", 1, 0.25)
    for same in (copy.copy(word), copy.deepcopy(word), pickle.loads(pickle.dumps(word))):
        assert isinstance(same, SaidWord)
        assert (same, same.token, same.probability) == (word, word.token, word.probability)
    assert " ".join(ROW.words) == ROW.text


def test_the_row_has_what_was_promised() -> None:
    row = ROW.as_dict()
    head = ("path", "task", "model", "weights", "device", "precision", "seconds")
    assert tuple(row) == (*head, "caption", "log_probability", "words", "beams", "notes")
    assert (row["task"], row["caption"], row["log_probability"]) == ("caption", "a =dog", -1.5)
    assert [tuple(word) for word in row["words"]] == [("word", "probability")] * 2
    assert row["beams"] == [
        {"caption": "a =dog", "log_probability": -1.5}, {"caption": "=dog", "log_probability": -2.0}
    ]  # fmt: skip  # one line each


def test_csv_has_a_place_for_each_sentence_and_runs_nothing() -> None:
    rows: list[AnyRow] = [ROW, Failed("x", Problem("no", "try"), "caption")]
    document = "".join(pieces(rows, CaptionedCsvText(3)))
    good, bad = csv.DictReader(io.StringIO(document))
    assert (good["caption"], good["log_probability"], good["caption_2"]) == ("a =dog", "-1.5", "'=dog")
    assert (good["log_probability_2"], good["caption_3"], good["seconds_total"]) == ("-2.0", "", "6")
    assert (bad["path"], bad["caption"], bad["error"], bad["hint"]) == ("x", "", "no", "try")

"""Every family at beams 1, 2, 3 and 5 says, token for token, what a plain implementation in numpy says."""

from __future__ import annotations

import pytest
import torch

from tensorviz.core.errors import Cancelled, ValueRefused
from tensorviz.engine.cancel import CancelToken
from tensorviz.engine.tasks.caption.decode import decode
from tensorviz.engine.tasks.caption.network import Captioner, empty_captioner
from tensorviz.engine.tasks.caption.plan import CaptionerPlan, FamilyName
from tensorviz.engine.tasks.caption.sentences import DecodingOptions
from tests.engine.caption.plain import Plain, beam_search, greedy

FAMILIES: tuple[FamilyName, ...] = (
    "fc", "show_tell", "show_attend_tell", "all_img", "att2in", "att2in2", "topdown", "adaatt", "adaattmo"
)  # fmt: skip  # a table
PICTURES, FEATURES, PLACES, LENGTH = 4, 9, (3, 2), 7


def made(family: FamilyName, seed: int, words: int = 15, layers: int = 1) -> Captioner:
    """A network with known random numbers, large enough that words differ."""
    torch.manual_seed(seed)
    encoding = 8 if family.startswith("adaatt") else 6
    layers = 2 if family == "topdown" else layers
    network = empty_captioner(CaptionerPlan(family, words, 8, encoding, FEATURES, FEATURES, 5, layers)).eval()
    with torch.no_grad():
        for value in network.parameters():
            value.copy_(torch.randn_like(value) * (0.9 if seed % 2 else 0.5))
    return network


def features(seed: int, pictures: int = PICTURES) -> tuple[torch.Tensor, torch.Tensor]:
    torch.manual_seed(1000 + seed)
    return torch.randn(pictures, FEATURES), torch.randn(pictures, *PLACES, FEATURES).abs()


def plain_of(network: Captioner, fc: torch.Tensor, att: torch.Tensor) -> Plain:
    numbers = {name: value.double().numpy() for name, value in network.state_dict().items()}
    if network.plan.family == "att2in":  # as the book's repository names them
        numbers = {name.replace("core.attention.", "core."): value for name, value in numbers.items()}
    return Plain(network.plan.family, numbers, network.plan.layers, fc.double().numpy(), att.double().numpy())


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("family", FAMILIES)
def test_the_most_probable_word_each_time(family: FamilyName, seed: int) -> None:
    network, (fc, att) = made(family, seed), features(seed)
    found = decode(network, fc, att, DecodingOptions(length=LENGTH, beam=1))
    for picture, decoded in enumerate(found):
        words, logs = greedy(plain_of(network, fc[picture], att[picture]), LENGTH)
        assert list(decoded.best.tokens) == words
        assert decoded.best.log_probabilities == pytest.approx(logs, abs=1e-4)
        assert decoded.best.log_probability == pytest.approx(sum(logs), abs=1e-4)
        assert decoded.best.ended == (len(words) < LENGTH)


@pytest.mark.parametrize("beam", [2, 3, 5])
@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("family", FAMILIES)
def test_beams_are_those_of_the_book(family: FamilyName, seed: int, beam: int) -> None:
    network, (fc, att) = made(family, seed), features(seed)
    found = decode(network, fc, att, DecodingOptions(length=LENGTH, beam=beam))
    for picture, decoded in enumerate(found):
        expected = beam_search(plain_of(network, fc[picture], att[picture]), LENGTH, beam)
        assert len(decoded.sentences) == len(expected)
        for sentence, (words, logs, total) in zip(decoded.sentences, expected, strict=True):
            stop = words.index(0) if 0 in words else len(words)
            assert list(sentence.tokens) == words[:stop]
            assert sentence.log_probabilities == pytest.approx(logs[:stop], abs=1e-4)
            assert sentence.log_probability == pytest.approx(total, abs=1e-4)


@pytest.mark.parametrize("family", ["show_tell", "adaatt", "adaattmo", "all_img", "show_attend_tell"])
def test_networks_of_two_layers(family: FamilyName) -> None:
    network, (fc, att) = made(family, 5, layers=2), features(5)
    found = decode(network, fc, att, DecodingOptions(length=LENGTH, beam=3))
    for picture, decoded in enumerate(found):
        words, _, total = beam_search(plain_of(network, fc[picture], att[picture]), LENGTH, 3)[0]
        assert list(decoded.best.tokens) == words[: words.index(0) if 0 in words else len(words)]
        assert decoded.best.log_probability == pytest.approx(total, abs=1e-4)


def test_pictures_decoded_together_say_what_they_say_alone() -> None:
    network, (fc, att) = made("topdown", 3, words=40), features(3, 20)
    options = DecodingOptions(length=12, beam=3)
    together = decode(network, fc, att, options)
    for picture, decoded in enumerate(together):
        alone = decode(network, fc[picture : picture + 1], att[picture : picture + 1], options)[0]
        assert [one.tokens for one in alone.sentences] == [one.tokens for one in decoded.sentences]


@pytest.mark.parametrize("family", ["att2in", "att2in2", "topdown", "adaatt", "show_attend_tell"])
def test_where_the_network_looked_for_each_word(family: FamilyName) -> None:
    network, (fc, att) = made(family, 1), features(1)
    decoded = decode(network, fc, att, DecodingOptions(length=LENGTH, beam=1, explain=True))[0]
    plain = plain_of(network, fc[0], att[0])
    state, word = plain.begin(), 0
    assert decoded.best.tokens, "the network says something"
    for step, token in zip(decoded.steps, decoded.best.tokens, strict=False):
        _, state = plain.step(word, state)
        assert step.attention is not None
        assert plain.looked is not None
        assert step.attention[0] == pytest.approx(plain.looked, abs=1e-5)
        word = token


def test_the_steps_of_a_beam_lead_to_its_sentences() -> None:
    network, (fc, att) = made("att2in2", 2), features(2)
    for decoded in decode(network, fc, att, DecodingOptions(length=LENGTH, beam=3, explain=True)):
        for sentence in decoded.sentences:
            if sentence.log_probability < -500:
                continue  # the rest of a search that found too few
            total, words = 0.0, [*sentence.tokens, *([0] if sentence.ended else [])]
            for place, (word, row) in enumerate(zip(words, sentence.rows, strict=True)):
                step = decoded.steps[place]
                found = [one for one in step.candidates if (one.row, one.token) == (row, word) and one.kept is not None]
                assert found, "the word was a candidate, and kept"
                total = found[0].total
                assert dict(step.alternatives[row]), "and its row has alternatives"
            assert total == pytest.approx(sentence.log_probability, abs=1e-5)


def test_candidates_come_best_first_and_say_who_lost() -> None:
    network, (fc, att) = made("fc", 2), features(2)
    decoded = decode(network, fc, att, DecodingOptions(length=LENGTH, beam=2, explain=True))[0]
    for step in decoded.steps[1:]:
        totals = [one.total for one in step.candidates]
        assert totals == sorted(totals, reverse=True)
        assert [one.kept for one in step.candidates] == [0, 1, None, None]


def test_alternatives_are_before_any_rule() -> None:
    network, (fc, att) = made("fc", 0), features(0)
    with torch.no_grad():
        network.get_parameter("logit.bias")[-1] += 50  # the last word is the most probable one everywhere
    decoded = decode(network, fc, att, DecodingOptions(length=LENGTH, beam=2, explain=True))[0]
    assert network.plan.words - 1 not in decoded.best.tokens, "a beam keeps it out"
    assert decoded.steps[0].alternatives[0][0][0] == network.plan.words - 1
    greedy_one = decode(network, fc, att, DecodingOptions(length=LENGTH, beam=1))[0]
    assert set(greedy_one.best.tokens) == {network.plan.words - 1}, "without a beam it is not"


def test_upstream_keeps_the_last_word_out_only_when_it_is_unk() -> None:
    network, (fc, att) = made("fc", 0), features(0)
    with torch.no_grad():
        network.get_parameter("logit.bias")[-1] += 50
    options = DecodingOptions(length=LENGTH, beam=2, rules="upstream")
    assert network.plan.words - 1 in decode(network, fc, att, options, last_is_unk=False)[0].best.tokens
    assert network.plan.words - 1 not in decode(network, fc, att, options, last_is_unk=True)[0].best.tokens


def test_length_penalties_compare_as_upstream_does() -> None:
    network, (fc, att) = made("fc", 3), features(3)
    plain = decode(network, fc, att, DecodingOptions(length=LENGTH, beam=3, rules="upstream"))
    means = decode(network, fc, att, DecodingOptions(length=LENGTH, beam=3, rules="upstream", length_penalty="avg_0"))
    for one, other in zip(plain, means, strict=True):
        sums = {sentence.tokens: sentence for sentence in one.sentences}
        for sentence in other.sentences:
            if sentence.tokens in sums and sentence.log_probability > -50:
                words = len(sentence.tokens) + sentence.ended
                assert sentence.log_probability == pytest.approx(
                    sums[sentence.tokens].log_probability / words, rel=1e-5
                )


def test_drawn_words_depend_on_the_seed_and_not_on_the_other_pictures() -> None:
    network, (fc, att) = made("show_tell", 0, words=30), features(0, 6)
    one = DecodingOptions(length=10, sample=True, seed=3)
    first, again = decode(network, fc, att, one), decode(network, fc, att, one)
    assert [d.best.tokens for d in first] == [d.best.tokens for d in again]
    assert decode(network, fc[2:3], att[2:3], one)[0].best.tokens == first[2].best.tokens
    others = [
        decode(network, fc, att, DecodingOptions(length=10, sample=True, seed=s))[0].best.tokens for s in range(8)
    ]
    assert len(set(others)) > 1


def test_a_low_temperature_draws_the_most_probable_words() -> None:
    network, (fc, att) = made("att2in", 0), features(0)
    cold = decode(network, fc, att, DecodingOptions(length=LENGTH, sample=True, temperature=1e-4))
    best = decode(network, fc, att, DecodingOptions(length=LENGTH, beam=1))
    assert [d.best.tokens for d in cold] == [d.best.tokens for d in best]


def test_words_are_drawn_with_their_probabilities() -> None:
    network, (fc, att) = made("fc", 0, words=5), features(0, 1)
    with torch.inference_mode():
        context = network.context(fc, None)
        shares = network.step(torch.zeros(1, dtype=torch.long), context, network.start(context)).log_probabilities.exp()
    drawn = torch.zeros(5)
    for seed in range(600):
        tokens = decode(network, fc, att, DecodingOptions(length=1, sample=True, seed=seed))[0].best.tokens
        drawn[tokens[0] if tokens else 0] += 1
    assert (drawn / 600 - shares[0]).abs().max() < 0.07


def test_cancel_acts_between_two_words() -> None:
    network, (fc, att) = made("topdown", 0), features(0)
    token = CancelToken()
    step = network.step

    def stop_at_second(*given: torch.Tensor) -> object:
        if token.cancelled:
            raise AssertionError("it went on")
        found = step(*given)  # type: ignore[arg-type]  # passed on as it came
        token.cancel()
        return found

    network.step = stop_at_second  # type: ignore[assignment,method-assign]  # to see when it is called
    for beam in (1, 2):
        token = CancelToken()
        with pytest.raises(Cancelled):
            decode(network, fc, att, DecodingOptions(beam=beam), token=token)


def test_features_of_another_width_are_refused() -> None:
    network, (fc, att) = made("topdown", 0), features(0)
    with pytest.raises(ValueRefused, match="fc are 8 wide"):
        decode(network, fc[:, :8], att, DecodingOptions())
    with pytest.raises(ValueRefused, match="needs features att"):
        decode(network, fc, None, DecodingOptions())


@pytest.mark.parametrize("wrong", [{"beam": 0}, {"beam": 101}, {"length": 0}, {"temperature": 0.0}])
def test_options_that_make_no_sense(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueRefused):
        DecodingOptions(**wrong)  # type: ignore[arg-type]  # one of several fields

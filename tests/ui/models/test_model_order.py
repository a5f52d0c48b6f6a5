"""Which models are listed and in which order."""

from __future__ import annotations

from tensorviz.ui.models.model_order import Wanted, arrange
from tests.ui.models import rows


def names(wanted: Wanted) -> list[str]:
    return [line.model.name for line in arrange(rows.models(resnet18_here=True), wanted) if line.model]


def headings(wanted: Wanted) -> list[str]:
    return [line.heading for line in arrange(rows.models(), wanted) if not line.model]


def test_families_have_headings_the_model_that_comes_along_and_own_ones_first() -> None:
    assert headings(Wanted()) == ["Comes with tensorviz", "Own checkpoints", "AlexNet", "ResNet", "SqueezeNet"]
    assert names(Wanted())[:2] == ["cifar10_small", "my flowers"]


def test_orders_are_by_the_figure_and_have_no_headings() -> None:
    assert headings(Wanted(order="size")) == []
    assert names(Wanted(order="accuracy")) == [
        "cifar10_small",  # always first: its accuracy is of another data set
        "resnet101",
        "resnet18",
        "squeezenet1_1",
        "alexnet",
        "my flowers",
    ]
    assert names(Wanted(order="size"))[1] == "squeezenet1_1"
    assert names(Wanted(order="gflops"))[1] == "squeezenet1_1"
    assert names(Wanted(order="name"))[1:] == sorted(names(Wanted(order="name"))[1:])


def test_filters_look_at_every_set_of_weights() -> None:
    assert names(Wanted(here=True)) == ["cifar10_small", "my flowers", "resnet18"]
    assert "alexnet" not in names(Wanted(small=True))
    assert names(Wanted(own=True)) == ["my flowers"]
    assert names(Wanted(own=True, search="alex")) == []


def test_every_word_of_a_search_must_be_found_in_any_case_with_or_without_underscores() -> None:
    assert names(Wanted(search="RES 101")) == ["resnet101"]
    assert names(Wanted(search="squeezenet11")) == ["squeezenet1_1"]
    assert names(Wanted(search="imagenet1k_v2")) == ["resnet101"]
    assert names(Wanted(search="   ")) == names(Wanted())


def test_a_line_says_everything_it_shows() -> None:
    (line,) = [line for line in arrange(rows.models(), Wanted(search="alexnet")) if line.model]
    assert line.spoken == "alexnet, AlexNet, 56.5 % top-1, 244.4 MB, not on this computer"


def test_the_model_in_use_shows_the_figures_of_the_weights_in_use() -> None:
    (model,) = [model for model in rows.models() if model.name == "resnet101"]
    first = model.weights[0]
    lines = {line.model.name: line.weights for line in arrange(rows.models(), Wanted(), first) if line.model}
    assert lines["resnet101"] == first
    assert arrange((model,), Wanted())[1].weights == model.weights[1]


def test_an_empty_catalogue_has_no_lines() -> None:
    assert arrange((), Wanted()) == ()

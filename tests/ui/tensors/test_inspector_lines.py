"""Lines of the inspector as rich text: a long name may go on in the next line, a short one stays whole."""

from __future__ import annotations

from tensorviz.ui.tensors.inspector_lines import Dress, Span, line, plain_text, rich_text

DRESS = Dress(lambda _: "#000000", False, "Mono")


def test_a_long_name_can_be_broken_after_its_parts() -> None:
    name = "model.layer4.1.conv2.weight_of_a_very_long_name[0, 1]"
    lines = [line("", Span(name, link="0"))]
    rich = rich_text(lines, DRESS)
    assert "nowrap" not in rich
    assert rich.replace("&#8203;", "").count(name) == 1
    assert "layer4.&#8203;1" in rich
    assert "weight_&#8203;of" in rich
    assert plain_text(lines) == name, "what is copied has no marks"


def test_a_short_name_stays_in_one_line() -> None:
    rich = rich_text([line("", Span("points_t[1, 0]", link="0"))], DRESS)
    assert "nowrap" in rich
    assert "&#8203;" not in rich

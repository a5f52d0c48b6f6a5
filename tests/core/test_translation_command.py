"""The command that is copied from a translation: only what differs from a plain call, quoted for a shell.

Must not know how the command line reads it; tests/cli has that.
"""

from __future__ import annotations

import shlex

import pytest

from tensorviz.core.translation import GeneratorChoice
from tensorviz.core.translation_code import back_text, command_text

PLAIN = GeneratorChoice()


def test_a_plain_translation_is_a_plain_command() -> None:
    assert command_text(["horse.jpg"], PLAIN) == "tensorviz translate --output translated horse.jpg"


def test_what_differs_is_said() -> None:
    choice = GeneratorChoice("horse2zebra", "AUTHORS", "book", 0, "cpu")
    words = "--model horse2zebra --weights AUTHORS --input-range book --resize 0 --device cpu"
    expected = f"tensorviz translate {words} --blocks --save-as jpeg --output out a.png b.png"
    assert command_text(["a.png", "b.png"], choice, "out", blocks=True, save_as="jpeg") == expected


def test_odd_names_are_quoted() -> None:
    paths = ["it's here.png", "-x.png", "a\nb.png", "$(id).png", "ü.png"]
    text = command_text(paths, GeneratorChoice(weights="my net's.pth"), "my pictures")
    assert shlex.split(text) == [
        "tensorviz", "translate", "--weights", "my net's.pth", "--output", "my pictures", "--", *paths,
    ]  # fmt: skip  # as the shell gives it


@pytest.mark.parametrize(
    ("back", "expected"),
    [
        (GeneratorChoice("zebra2horse", resize=0), ["--and-back"]),
        (GeneratorChoice("zebra2horse", "DEFAULT"), ["--and-back"]),
        (GeneratorChoice("zebra2horse", "AUTHORS"), ["--and-back", "--back", "zebra2horse:AUTHORS"]),
        (GeneratorChoice("painting2photo"), ["--and-back", "--back", "painting2photo"]),
        (GeneratorChoice(weights="./a b.pth"), ["--and-back", "--back", "./a b.pth"]),
        (GeneratorChoice("zebra2horse", "/x/b.pth"), ["--and-back", "--back", "/x/b.pth"]),
    ],
)
def test_the_way_back_is_named_where_it_is_not_the_known_one(back: GeneratorChoice, expected: list[str]) -> None:
    text = command_text(["a.png"], PLAIN, back=back, way_back="zebra2horse")
    assert shlex.split(text) == ["tensorviz", "translate", *expected, "--output", "translated", "a.png"]


def test_a_way_back_where_none_is_known_is_named() -> None:
    assert "--and-back --back zebra2horse" in command_text(["a.png"], PLAIN, back=GeneratorChoice("zebra2horse"))
    assert back_text(GeneratorChoice("mine", "own.pth")) == "mine:own.pth"

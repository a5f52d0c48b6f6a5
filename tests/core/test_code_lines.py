"""When Enter runs, how far the next line is indented, and what is taken of a pasted transcript."""

from __future__ import annotations

import codeop

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tensorviz.core.code_lines import is_complete, next_indent, without_prompts


@pytest.mark.parametrize(
    "text",
    ["x = 1", "f(", "x = [1,\n2]", "x = '''a", "a b", "x = 'abc", "for i in y:", "1 +", "x \\", "if a:", "", "# only",
     "f(a)[", "a = {'b': (1,", "try:\n    a", "x = 1; y = 2", ")"],
)  # fmt: skip
def test_a_text_goes_on_where_pythons_own_prompt_goes_on(text: str) -> None:
    try:
        goes_on = codeop.compile_command(text) is None
    except SyntaxError:
        goes_on = False
    assert is_complete(text) is not goes_on


def test_a_block_ends_with_an_empty_line() -> None:
    assert not is_complete("for i in y:\n    print(i)")
    assert is_complete("for i in y:\n    print(i)\n")
    assert is_complete("for i in y: print(i)")
    assert is_complete("for i in y:\n    print(i)\nx = 1")


@given(st.text(alphabet="()[]{}:'\"\\ \n\tifx=1#,.\x00é", max_size=60))
def test_any_text_has_an_answer(text: str) -> None:
    assert is_complete(text) in (True, False)
    assert next_indent(text) >= 0


def test_what_is_nested_too_deeply_is_for_the_session_to_refuse() -> None:
    assert is_complete("-" * 100_000 + "1")


@pytest.mark.parametrize(
    ("before", "spaces"),
    [
        ("for i in y:", 4), ("    if a:", 8), ("x = 1", 0), ("    x = 1", 4), ("    pass", 0), ("    break", 0),
        ("f(a,", 4), ("    f(a,", 8), ("if a:  # why", 4), ("x[1:", 4), ("'if:'", 0), ("f(\n    a)", 4), ("", 0),
    ],
)  # fmt: skip
def test_the_next_line_is_indented_as_it_must_be(before: str, spaces: int) -> None:
    assert next_indent(before) == spaces


TRANSCRIPT = """\
>>> points = torch.ones(3)
>>> for i in range(2):
...     print(i)
...
0
1
>>> points
tensor([1., 1., 1.])
... not a prompt
"""


def test_of_a_transcript_only_the_code_is_pasted() -> None:
    assert without_prompts(TRANSCRIPT) == "points = torch.ones(3)\nfor i in range(2):\n    print(i)\n\npoints"
    assert without_prompts("    >>> x\n") == "x"


def test_a_text_without_prompts_is_pasted_as_it_is() -> None:
    assert without_prompts("a = 1\n... = 2\n") == "a = 1\n... = 2\n"
    assert without_prompts("a\r\nb\rc") == "a\nb\nc"

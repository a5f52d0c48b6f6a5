"""Parts of code against Python's own tokeniser, brackets, and texts that make no sense."""

from __future__ import annotations

import io
import keyword
import tokenize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tensorviz.core.code_colours import bracket_pairs, is_code, open_bracket, parts_of, parts_of_text

CODE = '''\
import torch  # the library
points = torch.tensor([[4.0, 1.0], [5.0, 3.0]], dtype=torch.float32)
for i, row in enumerate(points):
    print(f"{i}: {row}", 'it''s', 0x1F + 1_000 - 1e-5j, end="")
text = """three
'quotes' # no comment
"""
x = points[..., 1:] if not points.t().is_contiguous() else None
'''


def python_says(code: str) -> dict[tuple[int, int], str]:
    """The kind of each token of Python's own tokeniser, by the place in the text."""
    starts = [0]
    for line in code.split("\n"):
        starts.append(starts[-1] + len(line) + 1)
    found = {}
    names = {tokenize.STRING: "string", tokenize.NUMBER: "number", tokenize.COMMENT: "comment"}
    for token in tokenize.generate_tokens(io.StringIO(code).readline):
        kind = names.get(token.type)
        if token.type == tokenize.NAME:
            kind = "keyword" if keyword.iskeyword(token.string) else "name"
        if kind is not None:
            span = (starts[token.start[0] - 1] + token.start[1], starts[token.end[0] - 1] + token.end[1])
            found[span] = kind
    return found


def test_names_keywords_numbers_and_comments_are_those_of_python() -> None:
    ours = {(one.start, one.stop): one.kind for one in parts_of_text(CODE)}
    for span, kind in python_says(CODE).items():
        if "\n" not in CODE[slice(*span)]:  # a text of several lines is one part for each line
            found = ours[span]
            assert found == kind or (kind == "name" and found == "builtin"), CODE[slice(*span)]


def test_a_text_of_three_quotes_goes_on_until_it_ends() -> None:
    inside = [one for one in parts_of_text(CODE) if CODE[one.start : one.stop].startswith("'quotes'")]
    assert [one.kind for one in inside] == ["string"]
    assert parts_of("'''a")[1] != 0
    assert parts_of("b''' + 1", parts_of("'''a")[1])[1] == 0


def test_a_name_behind_a_dot_is_an_attribute() -> None:
    parts = {CODE_LINE[one.start : one.stop]: one for one in parts_of(CODE_LINE)[0]}
    assert parts["print"].attribute
    assert parts["print"].kind == "name"
    assert parts["list"].kind == "builtin"


CODE_LINE = "x.print(list)"


@given(st.text(max_size=80))
def test_any_text_has_parts_in_order_that_do_not_overlap(text: str) -> None:
    end = 0
    for part in parts_of_text(text):
        assert end <= part.start < part.stop <= len(text)
        end = part.stop


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("x.", True), ("'a", False), ("'a'", True), ("# a", False), ("'''a\nb", False), ("'''a\nb'''.", True),
        ('"a\\"', False), ("", True), ("f'{x", False), ("'a' + ", True), ("x # 'a'", False),
    ],
)  # fmt: skip
def test_what_is_typed_in_texts_and_comments_is_no_code(text: str, code: bool) -> None:
    assert is_code(text, len(text)) is code


def test_brackets_find_one_another() -> None:
    text = "f(a[1], ')', {2})  # ("
    assert bracket_pairs(text) == {1: 16, 16: 1, 3: 5, 5: 3, 13: 15, 15: 13}
    assert bracket_pairs("(]") == {}
    assert open_bracket("f(a[1], g(") == 9
    assert open_bracket("f(a)") is None

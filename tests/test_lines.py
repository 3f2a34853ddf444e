"""Lines, columns and offsets agree, whatever ends a line."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bibkit.lines import Lines

TEXTS = st.text("ab\n\r", max_size=12)


@given(TEXTS)
def test_the_spans_of_the_lines_are_the_text_without_what_ends_them(text: str) -> None:
    lines = Lines(text)
    count = lines.place(len(text))[0]
    spans = [lines.span(number) for number in range(1, count + 1)]
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    assert [text[start:end] for start, end in spans] == plain.split("\n")
    assert all(lines.place(start) == (number, 1) for number, (start, _) in enumerate(spans, 1))
    assert lines.span(1, count) == (0, len(text))


@given(TEXTS, st.integers(-2, 20), st.integers(-2, 20))
def test_a_span_never_leaves_the_text(text: str, first: int, last: int) -> None:
    start, end = Lines(text).span(first, last)
    assert 0 <= start <= end <= len(text)

"""A query's words, and the words that strings and comments hide."""

import pytest

from queries.cypher.lexer import calls, tokens, unescaped
from queries.errors import InvalidQuery


def words(text: str) -> list[str]:
    return [token.text for token in tokens(text) if token.kind in ("word", "name")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("LOAD CSV", ["LOAD", "CSV"]),
        ("LOAD/**/CSV", ["LOAD", "CSV"]),
        ("LOAD//x\nCSV", ["LOAD", "CSV"]),
        ("LOAD//x\rCSV", ["LOAD", "CSV"]),
        ("LOAD /* /* */ CSV", ["LOAD", "CSV"]),
        ("1LOAD CSV", ["LOAD", "CSV"]),
        ("LOAD\u200bCSV", ["LOAD", "CSV"]),
        ("LOAD\x1cCSV", ["LOAD", "CSV"]),
        ("'LOAD' CSV", ["CSV"]),
        ("'it\\'s LOAD' CSV", ["CSV"]),
        ("'a\\\\' LOAD 'b'", ["LOAD"]),
        ('"\'" LOAD "\'"', ["LOAD"]),
        ("`'` LOAD `'`", ["'", "LOAD", "'"]),
        ("`a``b` LOAD", ["a`b", "LOAD"]),
        ("'//' LOAD '/*'", ["LOAD"]),
        ("// ' \n LOAD // '", ["LOAD"]),
        ("/* ' */ LOAD /* ' */", ["LOAD"]),
        ("größe_1 LOAD", ["größe_1", "LOAD"]),
    ],
)
def test_words_are_parted_as_the_engines_part_them(text: str, expected: list[str]) -> None:
    assert words(text) == expected


@pytest.mark.parametrize("text", ["RETURN 'x", 'RETURN "x', "RETURN `x", "RETURN 1 /* x", "'\\'"])
def test_what_has_no_end_is_told(text: str) -> None:
    with pytest.raises(InvalidQuery, match="has no end"):
        tokens(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a.b(1)", ["a.b"]),
        ("`a` . /* x */ `b` //\n (1)", ["a.b"]),
        ("f(g(1), h)", ["f", "g"]),
        ("x.y (z)", ["x.y"]),
        ("`a.b`(1)", ["a.b"]),
        ("(1)", []),
        ("'f'(1)", []),
        ("f[1](2)", []),
    ],
)
def test_calls_are_names_before_a_parenthesis(text: str, expected: list[str]) -> None:
    assert [call.name for call in calls(tokens(text))] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("L\\u004fAD", "LOAD"),
        ("\\\\u004f", "\\\\u004f"),
        ("\\\\\\u004f", "\\\\O"),
        ("\\u004", "\\u004"),
        ("'\\n'", "'\\n'"),
        ("\\ud83e\\udd9c", "🦜"),
        ("\\ud83e!", "\ufffd!"),
    ],
)
def test_escapes_are_read_before_words(text: str, expected: str) -> None:
    assert unescaped(text) == expected

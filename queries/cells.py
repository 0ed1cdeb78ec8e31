"""A cell of CSV: what any program that opens the file shows, and none computes."""

COMPUTED = ("=", "+", "-", "@", "\t", "\r")
"""What a cell begins with that spreadsheets take for a formula."""


def text_cell(text: str) -> str:
    """A cell of text. One that a spreadsheet would compute gets an apostrophe, by which spreadsheets know text."""
    return f"'{text}" if text.startswith(COMPUTED) else text

"""Texts that others wrote, such as commit messages, as a spreadsheet may open them."""

import re

# A spreadsheet takes a text that begins with one of these for a formula, and runs it.
FORMULA_SIGNS = "=+\\-@\uff1d\uff0b\uff0d\uff20"
MARK = "'"
# A spreadsheet begins a new cell after each of these if its separator is a semicolon or a tab, because
# quotation marks then hold nothing together.
SEPARATORS = ";\t\r\n"
# Blanks and quotation marks before a formula's sign may be taken away.
BEFORE_FORMULA = re.compile(
    rf"(?:^|(?<=[{SEPARATORS}]))(?=[ \"\u00a0]*[{FORMULA_SIGNS}]|{MARK})|^(?=[\t\r\n])"
)


def without_formula(text: str) -> str:
    """Return a text with an apostrophe wherever a spreadsheet would else begin a formula."""
    return BEFORE_FORMULA.sub(MARK, text)

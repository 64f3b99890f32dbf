"""Do the generated reference pages say what the program says?"""

import pytest

from moothall.core.lake_tables import TABLES
from moothall.site.reference import REFERENCE, pages
from moothall.spend.engine.dictionary import ASIDE_COLUMNS, LINE_COLUMNS


@pytest.mark.parametrize("name", ["command.md", "rules.md", "categories.md", "columns.md"])
def test_a_reference_page_says_what_the_program_says(name):
    page = REFERENCE / name
    assert page.exists()
    assert page.read_text(encoding="utf-8") == pages()[name], (
        f"docs/reference/{name} is behind the program. Write it afresh: "
        "python -m moothall.site.reference"
    )


def test_every_column_of_lines_has_its_meaning():
    assert list(LINE_COLUMNS) == TABLES["lines"].names
    assert list(ASIDE_COLUMNS) == TABLES["aside"].names

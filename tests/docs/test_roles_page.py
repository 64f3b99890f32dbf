"""Does the reference page of roles say what the table of roles says?

Write it afresh with `python -m tests.docs.test_roles_page`.
"""

from pathlib import Path

from moothall.directory.engine.roles import MAY, Deed, Role

PAGE = Path(__file__).resolve().parents[2] / "docs/reference/roles.md"


def page() -> str:
    """The whole page: every role with its deeds, every deed with its roles."""
    lines = [
        "# Roles, and what each may do",
        "",
        "A person holds a role at one body, from a day until before another; what it allows, it",
        "allows at that body. Whoever has not signed in holds none. This page is written from",
        "`moothall/directory/engine/roles.py`.",
        "",
    ]
    for role in Role:
        deeds = [deed.words.format(body="the body") for deed in Deed if deed in MAY[role]]
        lines += [f"## {role.words.capitalize()}", ""]
        lines += [f"- {deed}" for deed in deeds] or ["Sees what the public sees."]
        lines.append("")
    return "\n".join(lines)


def test_the_roles_page_says_what_the_table_says():
    assert PAGE.read_text(encoding="utf-8") == page(), (
        "docs/reference/roles.md is not what the table of roles says. Write it afresh: "
        "python -m tests.docs.test_roles_page"
    )


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")

"""Do the documents lead somewhere, and do the commands that they show exist?"""

import re
import shlex
from pathlib import Path

import pytest
from django.apps import apps

from moothall.site.reference import leaf_commands

ROOT = Path(__file__).resolve().parents[2]
DOCS = sorted(
    [*(ROOT / "docs").rglob("*.md"), *(ROOT / name for name in ("README.md", "CONTRIBUTING.md"))]
)
LINK = re.compile(r"\]\((?!https?:|mailto:|#)([^)\s#]+)(?:#[^)]*)?\)")
FENCE = re.compile(r"^( *)```(?:shell|sh|console|bash)\n(.*?)^\1```", re.MULTILINE | re.DOTALL)
INDENTED = re.compile(r"^ {4,}(?:\.venv/bin/)?(?:moothall|make) .*$", re.MULTILINE)
INLINE = re.compile(r"`(moothall [a-z][^`]*)`")
COMMANDS = dict(leaf_commands())
PHONY = re.search(r"^\.PHONY: (.*)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
TARGETS = set(PHONY[1].split()) if PHONY else set()
# What a word of the code is called in the glossary, where the two are not the same.
CALLED = {
    "factsreport": "facts report",
    "factslink": "one-time link",
    "factskey": "facts key",
    "paymentapproval": "payment",
    "statementline": "statement",
    "linedispute": "dispute",
    "organisation": "organisation",
    "alternativename": "organisation",
    "succession": "successor",
    "person": "role",
    "roleheld": "role",
    "declaredinterest": "role",
    "auditentry": "audit log",
    "audithead": "audit log",
    "lakegeneration": "generation",
    "lakefile": "lake",
    "publicationshare": "publication",
    "workerheard": "door",
    "jobkey": "door",
    "area": "place",
    "localpostcode": "place",
    "sourcefile": "source file",
    "bodymapping": "mapping",
    "upload": "load",
    "rowcorrection": "correction",
    "matchdecision": "match",
    "categorycorrection": "correction",
    "registerentry": "register",
    "registeraside": "set aside",
    "publicbodydecision": "own bodies",
    "redactiondecision": "redacted",
    "errorreport": "supplier",
    "draftversion": "draft",
    "appraisalversion": "version",
    "draftshare": "draft",
    "trialrelease": "trial",
    "agreementversion": "agreement",
    "healthanswer": "health check",
    "signing": "execution",
    "officercomment": "statutory officer",
    "commentlimit": "statutory officer",
    "changebasis": "variation",
    "variationassent": "variation",
    "approvallevel": "level of approval",
    "needindicator": "need indicator",
    "needreading": "need indicator",
    "exitpart": "exit plan",
    "exititem": "exit plan",
    "exitcostline": "cost of exit",
    "exitstake": "stake",
    "exitrehearsal": "rehearsal",
    "holdingclass": "holding",
    "directorconflict": "conflict",
    "companyyear": "company year",
    "companyexposure": "exposure",
    "reserveslevel": "reserves",
    "businessplan": "business plan",
    "planline": "business plan",
    "dividendshare": "dividend",
    "routekept": "route",
    "seatclass": "seat",
    "boardmatter": "matter",
    "refuseddecision": "ring-fenced",
    "principlescore": "co-operative principles",
    "attendance": "meeting",
    "agendaitem": "meeting",
    "iteminterest": "meeting",
    "vote": "motion",
    "deadlockstep": "deadlock",
    "candidate": "election",
    "ballotpaper": "election",
    "elector": "roll",
    "optimismuplift": "uplift for optimism bias",
    "promisekept": "obligation",
    "performanceindicator": "performance indicator",
    "indicatorresult": "performance indicator",
    "performancestep": "step",
    "duediligence": "due diligence",
    "suppliererror": "supplier",
}


def shown(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def lines_of_shell(text: str) -> list[str]:
    """Each command line in the fences and indented blocks of a document."""
    fenced = [textless for _, block in FENCE.findall(text) for textless in block.splitlines()]
    whole = "\n".join(fenced).replace("\\\n", " ").splitlines()
    return [
        line.strip().removeprefix("$ ").removeprefix(".venv/bin/")
        for line in (*whole, *INDENTED.findall(text))
    ]


def why_no_such_command(line: str) -> str | None:
    """What is wrong with a `moothall` line, or None."""
    words = shlex.split(line.split(" #")[0].split(" | ")[0].split(" > ")[0].split(" >> ")[0])
    for count in range(len(words), 0, -1):
        command = COMMANDS.get(" ".join(words[:count]))
        if command is not None:
            known = {
                name
                for parameter in command.params
                for name in (*parameter.opts, *parameter.secondary_opts)
            }
            asked = {word.split("=")[0] for word in words[count:] if word.startswith("--")}
            unknown = sorted(asked - known - {"--help"})
            return f"{line}: no option {', '.join(unknown)}" if unknown else None
    return f"{line}: no such command"


@pytest.mark.parametrize("path", DOCS, ids=shown)
def test_every_link_in_a_document_leads_somewhere(path):
    text = path.read_text(encoding="utf-8")
    lost = [link for link in LINK.findall(text) if not (path.parent / link).exists()]
    assert not lost


@pytest.mark.parametrize("path", DOCS, ids=shown)
def test_every_command_that_a_document_shows_exists(path):
    wrong = []
    for line in lines_of_shell(path.read_text(encoding="utf-8")):
        if line.startswith("moothall "):
            wrong.append(why_no_such_command(line))
        elif line.startswith("make "):
            target = line.split()[1]
            wrong.append(None if target in TARGETS else f"{line}: no such target")
    assert not list(filter(None, wrong))


@pytest.mark.parametrize("path", DOCS, ids=shown)
def test_every_command_named_in_a_sentence_exists(path):
    named = INLINE.findall(path.read_text(encoding="utf-8"))
    groups = {" ".join(name.split()[:n]) for name in COMMANDS for n in (1, 2, 3)}
    lost = []
    for text in named:
        words = [word for word in text.split() if re.fullmatch(r"[a-z][a-z-]*", word)]
        if not any(" ".join(words[:n]) in groups for n in (3, 2) if len(words) >= n):
            lost.append(text)
    assert not lost


def test_every_document_is_led_to_from_the_index():
    index = (ROOT / "docs/README.md").read_text(encoding="utf-8")
    for path in sorted((ROOT / "docs/how-to").glob("*.md")):
        assert f"how-to/{path.name}" in index, f"docs/README.md does not lead to {path.name}"


def terms() -> set[str]:
    text = (ROOT / "docs/reference/glossary.md").read_text(encoding="utf-8")
    bold = re.findall(r"^- \*\*([^*]+)\*\*", text, re.MULTILINE)
    return {term.strip() for each in bold for term in each.split(",")}


def test_every_table_is_a_word_of_the_glossary():
    missing = []
    for model in apps.get_models():
        if not model.__module__.startswith("moothall."):
            continue
        name = model._meta.model_name
        word = CALLED.get(name, name)
        if word not in terms():
            missing.append(f"{model.__name__} (as “{word}”)")
    assert not missing, (
        f"The glossary does not say what {', '.join(missing)} is. Add the word to "
        "docs/reference/glossary.md; where the page's word is another, say which in CALLED."
    )

"""A hidden name beside a clear one is found by its supplier id; a person decides."""

import polars as pl

from moothall.spend.engine.names import NameKind
from moothall.spend.engine.redaction import (
    Decision,
    Scope,
    Verdict,
    proposed_names,
    same_ref,
    unveiled_refs,
    verdicts,
)

PERSONAL = {"words": ["foster*", "direct payment*"], "categories": ["social-care"]}


def kind_of(name: str) -> NameKind:
    return NameKind.INDIVIDUAL if name.startswith(("Mr ", "Mrs ")) else NameKind.COMPANY


def names(*pairs: tuple[str | None, str | None]) -> pl.DataFrame:
    return pl.DataFrame(
        pairs, schema={"supplier_ref": pl.String, "supplier_name": pl.String}, orient="row"
    )


def test_an_id_with_a_hidden_and_a_clear_name_raises_an_alert():
    alerts = unveiled_refs(
        names(
            ("104", "REDACTED PERSONAL DATA"),
            ("104", "Mr Oaktree"),
            ("105", "REDACTED"),
            ("106", "Bright Build Ltd"),
            ("107", "Redcated"),
            (" 107", "Late Ltd"),
        ),
        kind_of,
    )
    assert [(alert.ref, alert.clear_names, alert.looks_like_person) for alert in alerts] == [
        ("104", ("Mr Oaktree",), True),
        ("107", ("Late Ltd",), False),
    ]


def test_a_company_called_like_the_mark_is_neither_hidden_nor_alarming():
    pairs = names(("1", "Redactive Publishing Ltd"), ("1", "Redactive Media Limited"))
    assert unveiled_refs(pairs, kind_of) == ()


def test_an_id_that_stands_for_many_payees_alarms_nobody():
    for ref in ("0", "N/A", "", " ", "Various", "000"):
        assert same_ref(ref) == ""
        assert unveiled_refs(names((ref, "REDACTED"), (ref, "Mr Oaktree")), kind_of) == ()


def line(name: str, **said: str) -> dict:
    usual = dict.fromkeys(("category", "department", "service", "purpose", "category_text"))
    return usual | {"supplier_name": name} | said


def frame(*rows: dict) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=dict.fromkeys(rows[0], pl.String))


def test_a_person_is_proposed_only_where_the_payment_is_of_a_personal_kind():
    proposals = proposed_names(
        frame(
            line("Mrs Appletree", purpose="Fostering allowance"),
            line("Mrs Consultant", purpose="Bridge design"),
            line("Bright Foster Agency", purpose="Foster placement"),
            line("Mr Oaktree", category="social-care/residential"),
        ),
        kind_of,
        PERSONAL,
    )
    assert [(each.name, each.sign) for each in proposals] == [
        ("Mr Oaktree", "social-care"),
        ("Mrs Appletree", "fostering"),
    ]


def test_a_word_on_the_name_outspeaks_one_on_the_id():
    said = verdicts(
        names(("104", "Mr Oaktree"), ("104", "Oaktree Ltd"), ("9", "Other Ltd"), (None, None)),
        [
            Decision(Scope.SUPPLIER_REF, "104", Verdict.REDACT),
            Decision(Scope.NAME, "OAKTREE LTD", Verdict.PUBLISH),
        ],
    )
    assert said == [Verdict.REDACT, Verdict.PUBLISH, None, None]

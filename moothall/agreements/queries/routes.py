"""What does the legal-route helper answer, and which answers were kept?"""

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import attrs
from attrs import frozen
from django.utils import timezone

from moothall.agreements.models import Company, RouteKept
from moothall.agreements.queries.companies import activity_of, stakes_of
from moothall.core.rules import rules_of
from moothall.directory.engine.routes import ALWAYS, NOT_ADVICE, Facts, Route, routes
from moothall.directory.models import Organisation
from moothall.values.money import Money
from moothall.values.proportions import in_percent
from moothall.values.wording import plain_date


@frozen
class KeptRow:
    id: int
    slug: str
    name: str
    body: str
    kept_on: date
    open: str
    confirmed_on: date | None


@frozen
class KeptPage:
    """An answer as it was kept, with what a solicitor said of it."""

    id: int
    slug: str
    name: str
    body: str
    by: str
    kept_on: date
    facts: tuple[tuple[str, str], ...]
    routes: tuple[dict[str, Any], ...]
    solicitor: str
    confirmed_on: date | None
    confirmation: str

    def as_json(self) -> dict[str, object]:
        return {
            "name": self.name,
            "body": self.body,
            "kept_on": self.kept_on.isoformat(),
            "facts": dict(self.facts),
            "routes": list(self.routes),
            "solicitor": self.solicitor,
            "confirmed_on": None if self.confirmed_on is None else self.confirmed_on.isoformat(),
            "confirmation": self.confirmation,
            "not_advice": NOT_ADVICE,
        }


def answered(facts: Facts) -> tuple[Route, ...]:
    """Every route for these facts, by the rules that stand here."""
    without, thresholds = (
        rules_of("directory", name) for name in ("without_competition", "thresholds")
    )
    return routes(facts, without, thresholds)


def as_json(facts: Facts) -> dict[str, object]:
    """The answer as a program reads it: each route, what is always asked, and what it is not."""
    return {
        "began_on": facts.began_on.isoformat(),
        "routes": [route.as_json() for route in answered(facts)],
        "always": list(ALWAYS),
        "not_advice": NOT_ADVICE,
    }


def kinds_bought() -> list[tuple[str, str]]:
    """Each kind of contract that has a threshold, in words."""
    return [(key, rule.label) for key, rule in rules_of("directory", "thresholds").items()]


def facts_as_kept(facts: Facts) -> dict[str, Any]:
    """What is known, as JSON holds it; parts as text, so that none is rounded."""
    held = attrs.asdict(facts)
    return {
        name: str(value) if isinstance(value, date | Fraction) else value
        for name, value in held.items()
        if value is not None
    }


def known_of(company: Company, day: date) -> dict[str, Any]:
    """What a company's record knows of what the helper asks, as its form is filled."""
    test = activity_of(company, day)
    share = None if test is None else test.share
    owners = [one for one in stakes_of(company, day) if one.votes and one.votes * 2 > 1]
    return {
        "is_controlled": "yes" if owners else "",
        "owners_percent": "" if share is None else f"{Decimal(float(share * 100)):.4f}",
        "share_is_averaged": test is not None and len(test.years) > 1,
        "is_mutual": _typed(company.delivers_services),
        "shares_profit_outside": _typed(company.shares_profit_outside),
        "employees_control": _typed(company.employees_control),
    }


def _typed(answer: bool | None) -> str:
    return {True: "yes", False: "no", None: ""}[answer]


def kept_rows(bodies: Any) -> tuple[KeptRow, ...]:
    """The answers kept by these bodies, the latest first."""
    held = RouteKept.objects.filter(body__in=bodies).select_related("body")
    return tuple(
        KeptRow(
            id=one.pk,
            slug=one.body.slug,
            name=one.name,
            body=one.body.name,
            kept_on=timezone.localdate(one.at),
            open=", ".join(x["title"] for x in one.result if x["state"] == "open") or "none",
            confirmed_on=one.confirmed_on,
        )
        for one in held[:100]
    )


def kept_numbered(body: Organisation, number: int) -> RouteKept | None:
    return RouteKept.objects.select_related("body", "by").filter(body=body, pk=number).first()


def kept_page(one: RouteKept) -> KeptPage:
    return KeptPage(
        id=one.pk,
        slug=one.body.slug,
        name=one.name,
        body=one.body.name,
        by=one.by.name,
        kept_on=timezone.localdate(one.at),
        facts=tuple((name, _shown(name, value)) for name, value in one.facts.items()),
        routes=tuple(one.result),
        solicitor=one.solicitor,
        confirmed_on=one.confirmed_on,
        confirmation=one.confirmation,
    )


def _shown(name: str, value: Any) -> str:
    """A fact as it was kept, in words."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if name.endswith("_pence"):
        return str(Money.from_pence(value))
    if name in ("market_share", "share_for_owners"):
        return in_percent(Fraction(value))
    if name == "began_on":
        return plain_date(date.fromisoformat(value))
    return dict(kinds_bought()).get(value, str(value)) if name == "kind" else str(value)

"""The deeds of letting facts in from outside: one-time links, and keys for a provider's system."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from attrs import frozen
from django.core.cache import cache
from django.db import transaction
from django.utils import timezone

from moothall.agreements import permissions
from moothall.agreements.actions.facts import confirm_report, report_facts
from moothall.agreements.engine.settling import REPORTED
from moothall.agreements.models import (
    LONGEST_REFERENCE,
    Agreement,
    FactsKey,
    FactsLink,
    FactsReport,
    Settlement,
)
from moothall.core import audit
from moothall.core.errors import CannotDo
from moothall.directory.models import Organisation, Person

LINK_DAYS = 14
TRIES = 20  # of addresses that are no link, from one place, in a quarter of an hour
TRIES_SECONDS = 900


class CannotMakeLink(CannotDo):
    """No link was made."""


class CannotUseLink(CannotDo):
    """The link opens nothing."""


class TooManyTries(CannotUseLink):
    """Whoever asks has tried too many addresses that are no link."""


class CannotKeepKey(CannotDo):
    """No key was made or ended."""


@frozen
class Made:
    """A link or key that was made: its secret is shown once, and kept nowhere."""

    held: FactsLink | FactsKey
    secret: str


@transaction.atomic
def make_link(
    *,
    settlement: Settlement,
    organisation: Organisation,
    by: Person,
    at: datetime,
    report: FactsReport | None = None,
    days: int = LINK_DAYS,
) -> Made:
    """Make a link by which a body without an account sends the facts of a period, once.

    report : one that was entered on its behalf, and that the link is to confirm

    :raises CannotMakeLink: when the person may not, or there is nothing to confirm.
    """
    agreement = settlement.agreement
    if reason := permissions.why_not_report_facts(by, agreement, organisation):
        raise CannotMakeLink(reason)
    if report is not None and report.state != REPORTED.begins.key:
        raise CannotMakeLink(
            f"No link was made: the report is {REPORTED.state(report.state).words} and waits for "
            "no confirmation."
        )
    secret = secrets.token_urlsafe(32)
    link = FactsLink.objects.create(
        settlement=settlement,
        organisation=organisation,
        report=report,
        digest=_digest(secret),
        expires_at=at + timedelta(days=days),
        by=by,
        at=at,
    )
    audit.record(
        by=by, at=at, did="agreements.link_made", to=link, body_id=agreement.body_id,
        organisation=organisation.pk, expires_at=link.expires_at,
    )  # fmt: skip
    return Made(link, secret)


def link_of(secret: str, *, at: datetime, place: str) -> FactsLink:
    """Return the link of a secret, while it opens something.

    place : where the question comes from: an address may try so many secrets, and no more

    :raises CannotUseLink: when there is none, it was used, or it is too old.
    """
    tries = f"facts-link:{hashlib.sha256(place.encode()).hexdigest()}"
    if cache.get(tries, 0) >= TRIES:
        raise TooManyTries(
            "This link is not looked at now: too many addresses that are no link were tried from "
            "where you are. Wait a quarter of an hour, then open the link you were sent."
        )
    link = (
        FactsLink.objects.filter(digest=_digest(secret))
        .select_related("settlement__agreement__body", "organisation", "report")
        .first()
    )
    if link is None:
        cache.add(tries, 0, TRIES_SECONDS)
        cache.incr(tries)
        raise CannotUseLink(
            "This is no link to send facts by. Open the whole address that you were sent, or ask "
            "for another."
        )
    if link.used_at is not None:
        raise CannotUseLink(
            "This link was used: it sends facts once. To correct what was sent, ask for another."
        )
    if link.expires_at <= at:
        raise CannotUseLink(
            f"This link ended on {timezone.localtime(link.expires_at):%-d %B %Y}. Ask for another."
        )
    return link


def report_by_link(
    *, secret: str, values: Mapping[str, Any], evidence: str, at: datetime, place: str
) -> FactsReport:
    """Send the facts of a link's period, and so use it up.

    :raises CannotDo: when the link opens nothing, or the facts are refused.
    """
    link = link_of(secret, at=at, place=place)
    if link.report_id is not None:
        raise CannotUseLink("This link confirms what was entered; it takes no other facts.")
    with transaction.atomic():
        _use(link, at)
        link.report = report_facts(
            agreement=link.settlement.agreement,
            starts_on=link.settlement.starts_on,
            values=values,
            organisation=link.organisation,
            key=f"link-{link.pk}",
            by=None,
            at=at,
            evidence=evidence,
            link=link,
        )
        link.save(update_fields=["report"])
    return link.report


def confirm_by_link(*, secret: str, at: datetime, place: str) -> FactsReport:
    """Confirm what was entered on a body's behalf, and so use the link up.

    :raises CannotDo: when the link opens nothing, or the report waits for nothing.
    """
    link = link_of(secret, at=at, place=place)
    if link.report is None:
        raise CannotUseLink("This link sends facts; there is nothing to confirm by it.")
    with transaction.atomic():
        _use(link, at)
        return confirm_report(report=link.report, by=None, at=at, link=link)


@transaction.atomic
def make_key(
    *, agreement: Agreement, organisation: Organisation, name: str, by: Person, at: datetime
) -> Made:
    """Make a key by which a body's own system posts facts and reads statements as this person.

    :raises CannotKeepKey: when the person may not, or it has no name.
    """
    if reason := permissions.why_not_report_facts(by, agreement, organisation):
        raise CannotKeepKey(reason)
    if reason := permissions.why_not_keep_facts_keys(by, organisation):
        raise CannotKeepKey(reason)
    if not name.strip() or len(name.strip()) > LONGEST_REFERENCE:
        raise CannotKeepKey(
            f"The key is not made: its name has 1 to {LONGEST_REFERENCE} letters. Call it after "
            "the system that will use it."
        )
    secret = f"moothall-{secrets.token_urlsafe(32)}"
    key = FactsKey.objects.create(
        agreement=agreement,
        organisation=organisation,
        name=name.strip(),
        digest=_digest(secret),
        by=by,
        at=at,
    )
    audit.record(
        by=by, at=at, did="agreements.facts_key_made", to=key, body_id=agreement.body_id,
        organisation=organisation.pk,
    )  # fmt: skip
    return Made(key, secret)


@transaction.atomic
def end_key(*, key: FactsKey, by: Person, at: datetime) -> FactsKey:
    """Let a key open nothing from now on.

    :raises CannotKeepKey: when the person may not, or it ended already.
    """
    if reason := permissions.why_not_keep_facts_keys(by, key.organisation):
        raise CannotKeepKey(reason)
    key = FactsKey.objects.select_for_update().get(pk=key.pk)
    if key.ended_at is not None:
        raise CannotKeepKey("This key ended already. Make another where one is needed.")
    key.ended_at = at
    key.save(update_fields=["ended_at"])
    audit.record(
        by=by, at=at, did="agreements.facts_key_ended", to=key, body_id=key.agreement.body_id
    )
    return key


def key_of(secret: str) -> FactsKey | None:
    """Return the key of a secret while it is in use and its person may still report."""
    key = (
        FactsKey.objects.filter(digest=_digest(secret), ended_at=None)
        .select_related("agreement__body", "organisation", "by")
        .first()
    )
    if key is None or permissions.why_not_report_facts(key.by, key.agreement, key.organisation):
        return None
    return key if key.by.is_active else None


def _use(link: FactsLink, at: datetime) -> None:
    """Use a link up; whoever comes at the same moment finds it used."""
    if not FactsLink.objects.filter(pk=link.pk, used_at=None).update(used_at=at):
        raise CannotUseLink("This link was used a moment ago. Ask for another to correct it.")
    link.used_at = at


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()

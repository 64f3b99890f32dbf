"""Facts from outside: a link that sends them once, and a key for a provider's own system."""

from datetime import timedelta

import pytest
from django.core.cache import cache

from moothall.agreements.actions.facts import CannotCheckFacts, CannotReportFacts
from moothall.agreements.actions.facts_doors import (
    TRIES,
    CannotKeepKey,
    CannotMakeLink,
    CannotUseLink,
    TooManyTries,
    confirm_by_link,
    end_key,
    key_of,
    link_of,
    make_key,
    make_link,
    report_by_link,
)
from moothall.agreements.models import FactsKey, FactsLink, FactsReport
from moothall.agreements.tests.lamps import AT, lamp_place
from moothall.core.models import AuditEntry
from moothall.directory.tests.factories import PersonFactory

pytestmark = pytest.mark.django_db
HERE = "192.0.2.7"


@pytest.fixture(autouse=True)
def _nobody_has_tried():
    cache.clear()


@pytest.fixture
def place():
    return lamp_place()


def link(place, **given):
    place.report(1, depots=2)  # the council's word opens the period
    FactsReport.objects.filter(organisation=place.provider).delete()
    asked = {
        "settlement": place.period(), "organisation": place.provider, "by": place.manager,
        "at": AT, **given,
    }  # fmt: skip
    return make_link(**asked)


def send(made, *, values=None, at=AT):
    return report_by_link(
        secret=made.secret, values=values or {"lamps": "800"}, evidence="", at=at, place=HERE
    )


def test_whoever_has_no_account_sends_facts_once_by_a_link(place):
    made = link(place)
    report = send(made)
    assert (report.by, report.state, report.organisation) == (None, "SUBMITTED", place.provider)
    assert AuditEntry.objects.get(subject=f"agreements.factsreport:{report.pk}").by == (
        f"link:{made.held.pk}"
    )
    with pytest.raises(CannotUseLink, match="This link was used: it sends facts once"):
        send(made)
    assert FactsReport.objects.filter(organisation=place.provider).count() == 1


def test_only_the_digest_of_a_links_secret_is_kept(place):
    made = link(place)
    assert made.secret not in str(FactsLink.objects.values().get())
    assert link_of(made.secret, at=AT, place=HERE).pk == made.held.pk


def test_a_refused_report_does_not_use_the_link_up(place):
    made = link(place)
    with pytest.raises(CannotReportFacts, match="which is no number"):
        send(made, values={"lamps": "dark"})
    assert send(made).state == "SUBMITTED"


def test_a_link_ends(place):
    made = link(place)
    with pytest.raises(CannotUseLink, match="This link ended on 18 May 2026"):
        send(made, at=AT + timedelta(days=14))


def test_whoever_tries_many_addresses_is_not_answered(place):
    made = link(place)
    for _ in range(TRIES):
        with pytest.raises(CannotUseLink, match="This is no link to send facts by"):
            link_of("guessed", at=AT, place=HERE)
    with pytest.raises(TooManyTries, match="Wait a quarter of an hour"):
        send(made)
    assert link_of(made.secret, at=AT, place="192.0.2.8")


def test_whoever_made_the_link_does_not_check_what_came_by_it(place):
    made = link(place, by=place.manager)
    FactsLink.objects.update(by=place.checker)
    send(made)
    with pytest.raises(CannotCheckFacts, match="they came by a link that you made"):
        place.check()


def test_a_link_confirms_what_was_entered_on_a_bodys_behalf(place):
    report = place.report(800, by=place.manager)
    made = make_link(
        settlement=place.period(), organisation=place.provider, report=report,
        by=place.manager, at=AT,
    )  # fmt: skip
    with pytest.raises(CannotUseLink, match="it takes no other facts"):
        send(made)
    assert confirm_by_link(secret=made.secret, at=AT, place=HERE).state == "SUBMITTED"
    report.refresh_from_db()
    assert (report.confirmed_by, report.confirmed_at) == (None, AT)
    with pytest.raises(CannotMakeLink, match="waiting to be checked and waits for no confirm"):
        make_link(
            settlement=place.period(), organisation=place.provider, report=report,
            by=place.manager, at=AT,
        )  # fmt: skip


def test_a_link_that_sends_facts_confirms_nothing(place):
    with pytest.raises(CannotUseLink, match="there is nothing to confirm by it"):
        confirm_by_link(secret=link(place).secret, at=AT, place=HERE)


def test_who_makes_a_link_reports_facts_for_a_member(place):
    place.report(800)
    with pytest.raises(CannotMakeLink, match="You cannot report what happened"):
        make_link(settlement=place.period(), organisation=place.provider, by=PersonFactory(), at=AT)


def test_a_key_stands_for_its_person_until_it_ends(place):
    made = make_key(
        agreement=place.agreement, organisation=place.provider, name="Lamp system",
        by=place.reporter, at=AT,
    )  # fmt: skip
    assert made.secret not in str(FactsKey.objects.values().get())
    assert key_of(made.secret).by == place.reporter
    assert key_of("moothall-guessed") is None
    end_key(key=made.held, by=place.reporter, at=AT)
    assert key_of(made.secret) is None
    with pytest.raises(CannotKeepKey, match="This key ended already"):
        end_key(key=made.held, by=place.reporter, at=AT)


def test_a_key_opens_nothing_when_its_person_may_no_longer_report(place):
    made = make_key(
        agreement=place.agreement, organisation=place.provider, name="Lamp system",
        by=place.reporter, at=AT,
    )  # fmt: skip
    place.reporter.roles.all().delete()
    assert key_of(made.secret) is None


def test_a_key_is_made_by_whoever_reports_for_that_body(place):
    def make(by, name="Lamp system"):
        return make_key(
            agreement=place.agreement, organisation=place.provider, name=name, by=by, at=AT
        )

    with pytest.raises(CannotKeepKey, match="You cannot report what happened"):
        make(place.manager)
    with pytest.raises(CannotKeepKey, match="its name has 1 to 60 letters"):
        make(place.reporter, name=" ")
    held = make(place.reporter).held
    with pytest.raises(CannotKeepKey, match="You cannot report what happened"):
        end_key(key=held, by=place.manager, at=AT)

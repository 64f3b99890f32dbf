"""The deeds of a company's record: who holds it, who directs it, its years, what is at risk."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Q

from moothall.agreements import permissions
from moothall.agreements.engine.exposure import Standing
from moothall.agreements.models import (
    Company,
    CompanyExposure,
    CompanyYear,
    DirectorConflict,
    Directorship,
    Holding,
    HoldingClass,
    ReservesLevel,
)
from moothall.core import audit
from moothall.core.errors import CannotDo
from moothall.core.lengths import why_too_long
from moothall.core.rules import rules_of
from moothall.directory import permissions as directory
from moothall.directory.actions.acting import asker
from moothall.directory.models import Organisation, Person
from moothall.values.money import Money

SETTABLE = (
    "form",
    "agreement",
    "registered_number",
    "purpose",
    "began_on",
    "reserved_matters",
    "delivers_services",
    "shares_profit_outside",
    "employees_control",
    "is_public",
)


class CannotKeepCompany(CannotDo):
    """The company's record is as it was."""


@transaction.atomic
def register_company(
    *,
    body: Organisation,
    organisation: Organisation,
    form: str,
    by: Person | None,
    at: datetime,
    **said: object,
) -> Company:
    """Enter a company or mutual in the register of a body that stands behind it.

    said : any of SETTABLE beside the form

    :raises CannotKeepCompany: when the person may not, or the company has a record.
    """
    if reason := directory.why_not_keep_agreement(asker(by), body):
        raise CannotKeepCompany(reason)
    if organisation.pk == body.pk:
        raise CannotKeepCompany(
            f"{body.name} does not keep a record of itself as its company. Choose the company."
        )
    held = Company.objects.select_related("body").filter(organisation=organisation).first()
    if held is not None:
        raise CannotKeepCompany(
            f"{organisation.name} has a record already, kept by {held.body.name}. Open that one."
        )
    company = Company(body=body, organisation=organisation, form=form, by=by, at=at)
    _set(company, said)
    company.save()
    audit.record(
        by=by, at=at, did="agreements.company_registered", to=company, body_id=body.pk, form=form
    )
    return company


@transaction.atomic
def set_company(*, company: Company, by: Person | None, at: datetime, **said: object) -> Company:
    """Change what is said of a company; `said`: any of SETTABLE.

    :raises CannotKeepCompany: when the person may not, or there is no such form.
    """
    company = _kept(company, by)
    before = _said_of(company, said)
    _set(company, said)
    company.save(update_fields=list(said))
    after = _said_of(company, said)
    audit.record(
        by=by, at=at, did="agreements.company_set", to=company, body_id=company.body_id,
        changed=audit.changes(before, after, personal=("purpose", "registered_number")),
    )  # fmt: skip
    return company


def _said_of(company: Company, names: Iterable[str]) -> dict[str, object]:
    """What stands under these names; the agreement by its number."""
    return {
        name: company.agreement_id if name == "agreement" else getattr(company, name)
        for name in names
    }


def _set(company: Company, said: dict[str, object]) -> None:
    for name, value in said.items():
        if name not in SETTABLE:
            raise TypeError(f"A company's record has no {name} to set.")
        setattr(company, name, value)
    if company.form not in rules_of("agreements", "company_forms"):
        raise CannotKeepCompany(
            f"There is no form of company called {company.form}. Choose one of the list."
        )
    if too_long := why_too_long(Company, registered_number=company.registered_number):
        raise CannotKeepCompany(too_long)


@transaction.atomic
def add_class(
    *,
    company: Company,
    name: str,
    by: Person | None,
    at: datetime,
    is_share: bool = True,
    votes: int = 1,
) -> HoldingClass:
    """Add a class of shares or of members.

    :raises CannotKeepCompany: when the person may not, or there is one of that name.
    """
    company = _kept(company, by)
    name = " ".join(name.split())
    if not name or company.classes.filter(name__iexact=name).exists():
        raise CannotKeepCompany(
            f"{company} has a class called {name} already. Give the new one another name."
            if name
            else "A class has a name: 'Ordinary shares', 'Staff members'. Give it one."
        )
    if too_long := why_too_long(HoldingClass, name=name):
        raise CannotKeepCompany(too_long)
    made = HoldingClass.objects.create(company=company, name=name, is_share=is_share, votes=votes)
    _record(company, by, at, "agreements.class_added", of=made.pk, votes=votes)
    return made


@transaction.atomic
def record_holding(
    *,
    of_class: HoldingClass,
    count: int,
    on: date,
    by: Person | None,
    at: datetime,
    holder: Organisation | None = None,
    holder_name: str = "",
) -> Holding | None:
    """Say how much of a class a holder has from a day on; what it had before ends there.

    count : the whole of it, not what is added; 0 ends the holding

    :raises CannotKeepCompany: when the person may not, or a later holding is recorded.
    """
    company = _kept(of_class.company, by)
    made = hold_from(of_class, holder, holder_name, count, on)
    _record(
        company, by, at, "agreements.holding_recorded", of=of_class.pk,
        holder=None if holder is None else holder.pk, count=count, on=on,
    )  # fmt: skip
    return made


def hold_from(
    of_class: HoldingClass, holder: Organisation | None, holder_name: str, count: int, on: date
) -> Holding | None:
    """Replace what a holder has of a class from a day on; no permission is asked."""
    holder_name = " ".join(holder_name.split())
    if (holder is None) == (not holder_name):
        raise CannotKeepCompany(
            "A holding has one holder: a body of the directory, or a name. Give one of them."
        )
    if too_long := why_too_long(Holding, holder_name=holder_name):
        raise CannotKeepCompany(too_long)
    if count < 0:
        raise CannotKeepCompany("Nobody holds less than nothing. Give 0 to end the holding.")
    same = of_class.holdings.filter(holder=holder, holder_name=holder_name)
    if same.filter(Q(starts_on__gt=on) | Q(ends_before__gt=on)).exists():
        raise CannotKeepCompany(
            f"A later change of this holding is recorded. Give a day after {on:%-d %B %Y}."
        )
    same.filter(ends_before=None, starts_on=on).delete()
    same.filter(ends_before=None).update(ends_before=on)
    if not count:
        return None
    return Holding.objects.create(
        of_class=of_class, holder=holder, holder_name=holder_name, count=count, starts_on=on
    )


@transaction.atomic
def appoint_director(
    *,
    company: Company,
    name: str,
    on: date,
    by: Person | None,
    at: datetime,
    appointed_by: Organisation | None = None,
    votes: int = 1,
) -> Directorship:
    """Put somebody in a seat on the board: the first that waits to be filled, else a new one.

    :raises CannotKeepCompany: when the person may not, or nobody is named.
    """
    company = _kept(company, by)
    name = " ".join(name.split())
    if not name:
        raise CannotKeepCompany("A director has a name. Give it as the company's register does.")
    if too_long := why_too_long(Directorship, name=name):
        raise CannotKeepCompany(too_long)
    waiting = company.directorships.filter(name="", appointed_by=appointed_by, ends_before=None)
    seat = waiting.first() or Directorship(company=company, appointed_by=appointed_by)
    seat.name, seat.votes, seat.starts_on = name, votes, on
    seat.save()
    _record(
        company, by, at, "agreements.director_appointed", seat=seat.pk, on=on,
        appointed_by=None if appointed_by is None else appointed_by.pk,
        name=audit.digest(name),
    )  # fmt: skip
    return seat


@transaction.atomic
def end_directorship(*, seat: Directorship, on: date, by: Person | None, at: datetime) -> None:
    """Say that a director left on a day.

    :raises CannotKeepCompany: when the person may not, or it ended or had not begun.
    """
    company = _kept(seat.company, by)
    seat = Directorship.objects.select_for_update().get(pk=seat.pk)
    if seat.ends_before is not None or on < seat.starts_on:
        raise CannotKeepCompany(
            f"{seat} is no director on {on:%-d %B %Y}. Give a day on which they were."
        )
    seat.ends_before = on
    seat.save(update_fields=["ends_before"])
    _record(company, by, at, "agreements.directorship_ended", seat=seat.pk, on=on)


@transaction.atomic
def declare_conflict(
    *,
    seat: Directorship,
    item: str,
    met_on: date,
    interest: str,
    done: str,
    by: Person | None,
    at: datetime,
    allowed_by: str = "",
) -> DirectorConflict:
    """Record an interest that a director declared in one item, and what was done.

    :raises CannotKeepCompany: when the person may not, or it does not say who allowed a vote.
    """
    company = _kept(seat.company, by)
    item, interest = " ".join(item.split()), " ".join(interest.split())
    allowed_by = " ".join(allowed_by.split())
    if not item or not interest:
        raise CannotKeepCompany(
            "A conflict is of one interest in one item. Say what was decided, and the interest."
        )
    if done == DirectorConflict.Done.ALLOWED and not allowed_by:
        raise CannotKeepCompany(
            f"{seat} is not recorded as allowed to vote with an interest: say who allowed it, and "
            "under which article."
        )
    if too_long := why_too_long(
        DirectorConflict, item=item, interest=interest, allowed_by=allowed_by
    ):
        raise CannotKeepCompany(too_long)
    made = DirectorConflict.objects.create(
        directorship=seat, item=item, met_on=met_on, interest=interest, done=done,
        allowed_by=allowed_by,
    )  # fmt: skip
    _record(
        company, by, at, "agreements.conflict_declared", conflict=made.pk, done=done,
        interest=audit.digest(interest),
    )  # fmt: skip
    return made


@transaction.atomic
def record_year(
    *,
    company: Company,
    ends_on: date,
    own_pence: int,
    other_pence: int,
    by: Person | None,
    at: datetime,
    **accounts: object,
) -> CompanyYear:
    """Record a company's year, actual or projected; the same year again replaces it.

    accounts : is_projection, distributable_pence, net_assets_pence, paid_pence,
               grants_and_shares_pence, has_cheap_land

    :raises CannotKeepCompany: when the person may not, or less is distributable than declared.
    """
    company = _kept(company, by)
    if own_pence < 0 or other_pence < 0:
        raise CannotKeepCompany("Turnover is not below nothing. Give what was invoiced.")
    held = company.years.filter(ends_on=ends_on).first()
    declared = 0 if held is None else sum(held.dividends.values_list("pence", flat=True))
    distributable = accounts.get("distributable_pence")
    if declared and (not isinstance(distributable, int) or distributable < declared):
        raise CannotKeepCompany(
            f"The year to {ends_on:%-d %B %Y} is not changed: dividends of "
            f"{Money.from_pence(declared)} are declared from it, and it would not have that much "
            "to distribute."
        )
    made, _ = CompanyYear.objects.update_or_create(
        company=company,
        ends_on=ends_on,
        defaults={"own_pence": own_pence, "other_pence": other_pence, **accounts},
    )
    _record(
        company, by, at, "agreements.company_year_recorded", ends_on=ends_on,
        own_pence=own_pence, other_pence=other_pence,
    )  # fmt: skip
    return made


@transaction.atomic
def record_exposure(
    *,
    company: Company,
    holder: Organisation,
    standing: str,
    pence: int,
    on: date,
    by: Person | None,
    at: datetime,
    what: str = "",
) -> CompanyExposure:
    """Record what a body stands to lose in a company.

    :raises CannotKeepCompany: when the person may not, or nothing is at risk.
    """
    if reason := directory.why_not_keep_agreement(asker(by), holder):
        raise CannotKeepCompany(reason)
    what = " ".join(what.split())
    if standing not in Standing.__members__ or pence <= 0:
        raise CannotKeepCompany(
            "An exposure is equity, a loan, a guarantee or an unpaid balance, of more than "
            "nothing. Choose which, and give the amount."
        )
    if too_long := why_too_long(CompanyExposure, what=what):
        raise CannotKeepCompany(too_long)
    made = CompanyExposure.objects.create(
        company=company, holder=holder, standing=standing, pence=pence, what=what, starts_on=on
    )
    audit.record(
        by=by, at=at, did="agreements.exposure_recorded", to=company, body_id=holder.pk,
        exposure=made.pk, standing=standing, pence=pence, on=on,
    )  # fmt: skip
    return made


@transaction.atomic
def end_exposure(
    *, exposure: CompanyExposure, on: date, by: Person | None, at: datetime
) -> CompanyExposure:
    """Say that a loan was repaid, a guarantee ended, shares were sold or a balance paid.

    :raises CannotKeepCompany: when the person may not, or it ended or had not begun.
    """
    if reason := directory.why_not_keep_agreement(asker(by), exposure.holder):
        raise CannotKeepCompany(reason)
    exposure = CompanyExposure.objects.select_for_update(of=("self",)).get(pk=exposure.pk)
    if exposure.ends_before is not None or on < exposure.starts_on:
        raise CannotKeepCompany(
            f"This exposure is not there on {on:%-d %B %Y}. Give a day between its first and last."
        )
    exposure.ends_before = on
    exposure.save(update_fields=["ends_before"])
    audit.record(
        by=by, at=at, did="agreements.exposure_ended", to=exposure.company,
        body_id=exposure.holder_id, exposure=exposure.pk, on=on,
    )  # fmt: skip
    return exposure


@transaction.atomic
def record_reserves(
    *, body: Organisation, on: date, pence: int, source: str, by: Person | None, at: datetime
) -> ReservesLevel:
    """Record a body's usable reserves on a day; the same day again replaces them.

    :raises CannotKeepCompany: when the person may not, or no source is given.
    """
    if reason := directory.why_not_keep_agreement(asker(by), body):
        raise CannotKeepCompany(reason)
    source = " ".join(source.split())
    if not source:
        raise CannotKeepCompany("Reserves have a source: the accounts, a report. Name it.")
    if too_long := why_too_long(ReservesLevel, source=source):
        raise CannotKeepCompany(too_long)
    made, _ = ReservesLevel.objects.update_or_create(
        body=body, on=on, defaults={"pence": pence, "source": source}
    )
    audit.record(
        by=by, at=at, did="agreements.reserves_recorded", to=made, body_id=body.pk, pence=pence,
        on=on,
    )  # fmt: skip
    return made


def _kept(company: Company, by: Person | None) -> Company:
    """The company, locked, for whoever keeps its record."""
    held = Company.objects.select_for_update(of=("self",)).get(pk=company.pk)
    if reason := permissions.why_not_keep_company(asker(by), held):
        raise CannotKeepCompany(reason)
    return held


def _record(company: Company, by: Person | None, at: datetime, did: str, **detail: Any) -> None:
    audit.record(by=by, at=at, did=did, to=company, body_id=company.body_id, **detail)

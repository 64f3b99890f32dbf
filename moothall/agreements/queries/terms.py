"""On which terms does an agreement stand: the versions of its deal that are, or were, in force?"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from attrs import frozen

from moothall.agreements.engine.settling import periods_of
from moothall.agreements.models import Agreement, Member
from moothall.deals.deal import Deal
from moothall.deals.reading import CannotReadDeal, deal_from_toml
from moothall.deals.versions import Version
from moothall.directory.models import Organisation
from moothall.values.periods import Period
from moothall.values.wording import plain_date


@frozen
class Terms:
    """versions: empty where nothing can be settled, and then `why_not` says why."""

    versions: Sequence[Version] = ()
    why_not: str | None = None

    @property
    def latest(self) -> Deal:
        return self.versions[-1].deal

    @property
    def periods(self) -> list[Period]:
        return periods_of(self.versions)

    def period(self, starts_on: object) -> Period | None:
        return next((one for one in self.periods if one.starts_on == starts_on), None)

    def party_name(self, key: str) -> str:
        """The name by which the latest version that knows a party calls it."""
        for version in reversed(self.versions):
            if key in version.deal.parties:
                return version.deal.party_name(key)
        return key

    def term_name(self, key: str) -> str:
        for version in reversed(self.versions):
            for term in version.deal.terms:
                if term.key == key:
                    return term.name
        return key


def terms_of(agreement: Agreement) -> Terms:
    """Return the terms of an agreement as far as they have been in force."""
    held = [
        (one, one.in_force_from)
        for one in agreement.versions.all()
        if one.in_force_from and one.text
    ]
    if not held:
        return Terms(
            why_not=f"Nothing of {agreement.name} can be settled: no terms of it are in force. Put "
            "a version of its deal in force first."
        )
    try:
        return Terms(
            [Version(one.number, _deal(one.text), day, one.splits_period) for one, day in held]
        )
    except CannotReadDeal as refusal:
        first = refusal.findings[0]
        return Terms(
            why_not=f"Nothing of {agreement.name} can be settled: its deal has findings, the first "
            f"at {first.place}. {first.sentence} {first.mend}"
        )


def why_no_period(terms: Terms, starts_on: object) -> str:
    """Say that no period of a deal begins on a day, and which do."""
    first, last = terms.periods[0], terms.periods[-1]
    return (
        f"No period of this deal begins on {starts_on}: the first begins on "
        f"{plain_date(first.starts_on)}, the last on {plain_date(last.starts_on)}. Give the first "
        "day of one of its periods."
    )


def party_of(member: Member | None, terms: Terms) -> str:
    """Return which party of the deal a member is: as recorded, or else by its name; '' for none."""
    if member is None or not terms.versions:
        return ""
    if member.party:
        return member.party
    parties = terms.latest.parties
    return next((key for key in parties if parties[key].name == member.organisation.name), "")


def parties_of(agreement: Agreement, terms: Terms) -> dict[str, Organisation]:
    """Return which organisation each party of the deal is, as far as that is recorded."""
    return {
        party: member.organisation
        for member in agreement.members_today()
        if (party := party_of(member, terms))
    }


@lru_cache(maxsize=256)
def _deal(text: str) -> Deal:
    return deal_from_toml(text)

"""What does an appraisal's file say of bids and of trials?"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from attrs import frozen

from moothall.appraisal.engine.appraisal import Tender
from moothall.appraisal.engine.file_fields import Keys
from moothall.appraisal.engine.file_fields import given as given_of
from moothall.appraisal.engine.social_value import (
    Bid,
    Marking,
    Promise,
    Scoring,
    UnitValue,
    promised_gbp,
    why_no_measure,
)
from moothall.appraisal.engine.trials import Arm, Trial
from moothall.deals.deal import Finding
from moothall.deals.reading import read_row
from moothall.deals.terms import fields

Tables = Mapping[str, Mapping[str, Any]]


@frozen
class TenderFields:
    """The table [tender]: how bids are marked."""

    price: Decimal = fields.share("Weight of price")
    quality: Decimal = fields.share("Weight of quality")
    social: Decimal = fields.share("Weight of social value")
    amount_share: Decimal = fields.share("Of that, what goes by the amount", Decimal("0.5"))
    scoring: str = fields.choice("Scored", tuple(Scoring), Scoring.ABSOLUTE.value)
    target_gbp: Decimal | None = fields.gbp("Amount that earns all marks, absolute", None)
    price_gbp: Decimal | None = fields.gbp("Price that earns all marks, absolute", None)


@frozen
class UnitValueFields:
    """A table [unit_values.MEASURE]: what the place takes a unit of it to be worth."""

    gbp: Decimal = fields.gbp("Worth of a unit")
    source: str = fields.text("Where the value comes from")
    title: str = fields.text("What is measured, where it is none of the open measures", "")
    unit: str = fields.text("Unit", "")
    licence: str = fields.text("Licence, and who holds it", "")


@frozen
class PromiseFields:
    measure: str = fields.text("Measure")
    units: Decimal = fields.count("Units over the contract")
    by_law: Decimal = fields.count("Of those, asked for by law anyway", Decimal(0))
    deadweight: Decimal = fields.share("Share of the rest that would come anyway", Decimal(0))
    local: Decimal = fields.share("Share of it in the place", Decimal(1))


@frozen
class BidFields:
    name: str = fields.text("Who bids")
    price_gbp: Decimal = fields.gbp("Price")
    quality: Decimal = fields.count("Quality, 0 to 100")
    social_quality: Decimal = fields.count("Quality of what it promises, 0 to 100", Decimal(0))
    social_gbp: Decimal | None = fields.gbp("Worth of what it promises; or promises", None)
    promises: tuple[PromiseFields, ...] = fields.rows("Promises", PromiseFields, ())


@frozen
class ArmFields:
    name: str = fields.text("Arm; the first is without the change")
    people: int = fields.whole("Everybody assigned to it")
    acted: int = fields.whole("Of those, who acted")


@frozen
class TrialFields:
    title: str = fields.text("The trial")
    outcome: str = fields.text("What is measured")
    unit: str = fields.text("Who or what is assigned by chance")
    arms: tuple[ArmFields, ...] = fields.rows("Arms, once it has come out", ArmFields, ())
    expected_share: Decimal | None = fields.share("Share that acts without the change", None)
    wanted_effect: Decimal | None = fields.rate("Difference that it is to see", None)
    planned_people: int | None = fields.whole("People planned for each arm", None)
    stops: str = fields.text("When it stops", "")
    registered_on: date | None = fields.day("Registered", None)
    began_on: date | None = fields.day("Began", None)
    ended_on: date | None = fields.day("Ended", None)
    persists_on: date | None = fields.day("Looked at again", None)
    comparisons: int | None = fields.whole("Comparisons looked at in all", None)
    cluster: int = fields.whole("People assigned together", 1)
    alike: Decimal = fields.share("How alike those are", Decimal(0))
    cost_gbp: Decimal | None = fields.gbp("What it cost", None)
    saving_gbp: Decimal | None = fields.gbp("What one more who acts saves", None)
    harm: str = fields.text("What it may do to trust", "")


def tender_of(
    given: Mapping[str, Any], tables: Mapping[str, Tables], names: Keys, findings: list[Finding]
) -> Tender | None:
    """Return the tender of a file; None where it has none, or where it must be mended."""
    values = dict(_values(tables["unit_values"], names, findings))
    read = {
        key: row
        for key, one in tables["bids"].items()
        if (row := read_row(BidFields, one, names, f"bids.{key}", findings)) is not None
    }
    if not given:
        if tables["bids"]:
            said = "There are bids, and nothing says how they are marked."
            findings.append(Finding("tender", said, "Add [tender] with the three weights."))
        return None
    row = read_row(TenderFields, given, names, "tender", findings)
    if row is None:
        return None
    try:
        marking = Marking(**{**given_of(row), "scoring": Scoring(row.scoring)})
    except ValueError as refusal:
        findings.append(Finding("tender", str(refusal), ""))
        return None
    bids, unknown = [], {}
    for key, one in read.items():
        bid, lacks = _bid(key, one, values, findings)
        bids.append(bid)
        if lacks:
            unknown[key] = lacks
    return Tender(marking, tuple(bids), unknown)


def _values(
    tables: Tables, names: Keys, findings: list[Finding]
) -> Iterator[tuple[str, UnitValue]]:
    for key, given in tables.items():
        row = read_row(UnitValueFields, given, names, f"unit_values.{key}", findings)
        if row is not None:
            known: Collection[str] = (key,) if row.title else ()
            if sentence := why_no_measure(key, known):
                mend = "Name one of the open measures, or give this one a title."
                findings.append(Finding(f"unit_values.{key}", sentence, mend))
            yield key, UnitValue(key, row.title, row.unit, row.gbp, row.source, row.licence)


def _bid(
    key: str, row: BidFields, values: Mapping[str, UnitValue], findings: list[Finding]
) -> tuple[Bid, tuple[str, ...]]:
    for place, one in enumerate(row.promises, start=1):
        if sentence := why_no_measure(one.measure, values):
            mend = "Name one of the open measures, or one that has a value here."
            findings.append(Finding(f"bids.{key}.promises.{place}.measure", sentence, mend))
    for name in ("quality", "social_quality"):
        if getattr(row, name) > 100:
            said = f"{getattr(row, name)} is above 100."
            findings.append(Finding(f"bids.{key}.{name}", said, "Give marks from 0 to 100."))
    promises = [Promise(**given_of(one)) for one in row.promises]
    promised, unknown = promised_gbp(promises, values)
    gbp = promised if row.social_gbp is None else row.social_gbp
    return Bid(key, row.name, row.price_gbp, row.quality, gbp, row.social_quality), unknown


def trials_of(tables: Tables, names: Keys, findings: list[Finding]) -> Iterator[Trial]:
    """Yield the trials of a file."""
    for key, given in tables.items():
        place = f"trials.{key}"
        row = read_row(TrialFields, given, names, place, findings)
        if row is None:
            continue
        try:
            arms = tuple(Arm(one.name, one.people, one.acted) for one in row.arms)
            trial = Trial(key, **{**given_of(row), "arms": arms, **_floats(row)})
            trial.needed()
        except ValueError as refusal:
            findings.append(Finding(place, str(refusal), ""))
            continue
        yield trial


def _floats(row: TrialFields) -> dict[str, float | None]:
    return {
        name: None if (value := getattr(row, name)) is None else float(value)
        for name in ("expected_share", "wanted_effect", "alike")
    }

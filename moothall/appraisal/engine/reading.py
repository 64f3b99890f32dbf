"""What does an appraisal's file say, and what must be mended before it can be worked out?

Every finding is reported at once, each with its place and how to mend it. Numbers are read as the
decimal text in the file.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from attrs import evolve

from moothall.appraisal.engine.appraisal import (
    Answer,
    Appraisal,
    Choice,
    Duty,
    Evidence,
    GateAnswer,
    Judgement,
    Partner,
    Precondition,
    Role,
    Score,
    Stage,
    Stopping,
    UnknownLine,
)
from moothall.appraisal.engine.built_rows import (
    asked_on,
    line_of_budgets,
    option_of,
    options_of,
    service_of,
    values_of,
)
from moothall.appraisal.engine.cost_lines import CostLine, Driver
from moothall.appraisal.engine.criteria import CannotWeigh, Criterion, Scale
from moothall.appraisal.engine.delivery_models import DeliveryModel, delivery_models
from moothall.appraisal.engine.file_fields import Keys, score_of
from moothall.appraisal.engine.file_fields import given as given_of
from moothall.appraisal.engine.file_tables import (
    FIELDS_OF,
    GATES,
    SECTIONS,
    HeadFields,
    OptionFields,
    ServiceFields,
    StoppingFields,
    WeightingFields,
)
from moothall.appraisal.engine.outcomes import outcomes_of
from moothall.appraisal.engine.reading_tender import tender_of, trials_of
from moothall.appraisal.engine.weights import Interest, Swing, Tie, Weighting
from moothall.deals.deal import Deal, Finding, Weight
from moothall.deals.reading import (
    CannotReadDeal,
    deal_and_findings_of,
    document_from_toml,
    read_row,
    tables_of,
)
from moothall.deals.terms.fields import FieldsNotRead, decimal_of, nearest

NOT_BY_KEY = ("appraisal", "service", "stopping", "indices", "correlations", "tender", "case")
COSTED = ("drivers", "lines", "outcomes")
READ_APART = (*NOT_BY_KEY, *COSTED, "scores", "unit_values", "bids", "trials")


class CannotReadAppraisal(ValueError):
    """The file is no appraisal yet. `findings` says everything that is wrong with it."""

    def __init__(self, findings: list[Finding]) -> None:
        self.findings = findings
        super().__init__(" ".join(f"{f.place}: {f.sentence} {f.mend}" for f in findings))


def appraisal_from_toml(text: str) -> Appraisal:
    """Read an appraisal's file.

    :raises CannotReadAppraisal: with every finding that must be mended.
    """
    found, findings = appraisal_and_findings(text)
    must = [finding for finding in findings if finding.weight is Weight.MUST]
    if found is None or must:
        raise CannotReadAppraisal(must)
    return found


def appraisal_and_findings(text: str) -> tuple[Appraisal | None, list[Finding]]:
    """Return the appraisal, None where it cannot be used, and everything found while reading it."""
    try:
        document = document_from_toml(text)
    except CannotReadDeal as refusal:
        return None, refusal.findings
    return appraisal_and_findings_of(document)


def appraisal_and_findings_of(
    document: Mapping[str, Any], models: Mapping[str, DeliveryModel] | None = None
) -> tuple[Appraisal | None, list[Finding]]:
    """The same of a document already parsed: tables, lists, text, Decimals, dates.

    models : the catalogue of delivery models; that which comes with the program unless given
    """
    reading = _Reading(document, delivery_models() if models is None else models)
    found = reading.appraisal()
    return found, reading.findings


class _Reading:
    """One file as it is read: what it names, and what was found."""

    def __init__(self, document: Mapping[str, Any], models: Mapping[str, DeliveryModel]) -> None:
        self.document = document
        self.findings: list[Finding] = []
        forms = [key for key, model in models.items() if not model.is_overlay]
        overlays = [key for key, model in models.items() if model.is_overlay]
        self.tables = {
            section: tables_of(document, section, self.findings)
            for section in SECTIONS
            if section not in NOT_BY_KEY
        }
        sections = {section: tuple(table) for section, table in self.tables.items()}
        self.names = Keys(known={**sections, "models": forms, "overlays": overlays})

    def appraisal(self) -> Appraisal | None:
        for key in self.document:
            if key not in SECTIONS:
                said = f"There is no table {key!r} in an appraisal.{nearest(key, SECTIONS)}"
                self._must(key, said, f"Use {', '.join(SECTIONS)}.")
        head = self._one("appraisal", HeadFields)
        service = self._one("service", ServiceFields)
        stopping = self._one("stopping", StoppingFields)
        for key in self.tables["gates"]:
            if key not in GATES:
                said = f"There is no gate {key!r}.{nearest(key, GATES)}"
                self._must(f"gates.{key}", said, f"The three are {', '.join(GATES)}.")
        rows = {
            section: dict(self._rows(section, of))
            for section, of in FIELDS_OF.items()
            if section not in READ_APART
        }
        criteria = tuple(self._criteria(rows["criteria"]))
        weightings = tuple(self._weightings(rows["weightings"], criteria))
        scores = tuple(self._scores())
        lines: list[CostLine] = []
        unknown: list[UnknownLine] = []
        for line in self._lines():
            (unknown if isinstance(line, UnknownLine) else lines).append(line)  # type: ignore[arg-type]
        lines += self._budgets(rows["options"])
        deals = dict(self._deals())
        drivers, indices = dict(self._drivers()), self._indices()
        years = 0 if head is None else head.years
        chains = outcomes_of(self.tables["outcomes"], self.names, years, self.findings)
        for driver, of_outcomes in chains:
            drivers[driver.key] = driver
            lines += of_outcomes
        correlations = tuple(self._correlations())
        trials = tuple(trials_of(self.tables["trials"], self.names, self.findings))
        given = self.document.get("tender", {})
        tender = tender_of(given, self.tables, self.names, self.findings)
        if not self.tables["options"]:
            self._must(
                "options", "The appraisal has no options.", "Add [options.as_now] and others."
            )
        if any(finding.weight is Weight.MUST for finding in self.findings) or head is None:
            return None
        found = Appraisal(
            name=head.name,
            body=head.body,
            stage=Stage(head.stage),
            first_year=head.first_year,
            years=head.years,
            price_year=head.price_year,
            on=head.on,
            vintage=head.discounting,
            summary=head.summary,
            objectives=head.objectives,
            service=service_of(service),
            duties=tuple(Duty(key, *values_of(row)) for key, row in rows["duties"].items()),
            gates={
                gate: GateAnswer(*values_of(rows["gates"][gate]))
                if gate in rows["gates"]
                else GateAnswer()
                for gate in GATES
            },
            stopping=Stopping(*values_of(stopping)),
            preconditions=tuple(
                Precondition(
                    key, row.title, Judgement(Answer(row.answer), row.because, row.evidence)
                )
                for key, row in rows["preconditions"].items()
            ),
            partners={key: Partner(key, *values_of(row)) for key, row in rows["partners"].items()},
            evidence={
                key: Evidence(key=key, **given_of(row)) for key, row in rows["evidence"].items()
            },
            choices={
                key: Choice(key, row.dimension, row.title, row.success, Role(row.role))
                for key, row in rows["choices"].items()
            },
            options={
                key: option_of(key, row, head.on, deals) for key, row in rows["options"].items()
            },
            criteria=criteria,
            scores=scores,
            weightings=weightings,
            lines=tuple(lines),
            unknown_lines=tuple(unknown),
            drivers=drivers,
            indices=indices,
            correlations=correlations,
            trials=trials,
            tender=tender,
            document=self.document,
        )
        for check in CHECKS:
            self.findings += check(found)
        return found

    def _must(self, place: str, sentence: str, mend: str) -> None:
        self.findings.append(Finding(place, sentence, mend))

    def _one(self, section: str, of: type) -> Any:
        given = self.document.get(section, {})
        return read_row(of, given, self.names, section, self.findings)

    def _rows(self, section: str, of: type) -> Iterator[tuple[str, Any]]:
        for key, given in self.tables[section].items():
            read = read_row(of, given, self.names, f"{section}.{key}", self.findings)
            if read is not None:
                yield key, read

    def _criteria(self, rows: Mapping[str, Any]) -> Iterator[Criterion]:
        for key, row in rows.items():
            given = given_of(row)
            if given["direction"] is None:
                del given["direction"]
            given["value"] = tuple((float(one.figure), float(one.worth)) for one in row.value)
            is_plain = row.scale == Scale.GLOBAL and row.worst is None and row.best is None
            for end in ("worst", "best"):
                if is_plain:
                    del given[end]
                elif given[end] is not None:
                    given[end] = float(given[end])
            try:
                yield Criterion(key, **given)
            except CannotWeigh as refusal:
                for said in refusal.findings:
                    self._must(f"criteria.{key}", said, "")

    def _weightings(
        self, rows: Mapping[str, WeightingFields], criteria: tuple[Criterion, ...]
    ) -> Iterator[Weighting]:
        by_key = {one.key: one for one in criteria}
        for key, row in rows.items():
            interests: tuple[Interest, ...] | None = tuple(
                Interest(one.option, Tie(one.tie)) for one in row.interests
            )
            if not interests and not row.has_no_interest:
                interests = None
            try:
                yield Weighting(
                    key,
                    row.title,
                    tuple(
                        Swing(criterion, float(swing.points), asked_on(swing, by_key[criterion]))
                        for criterion, swing in row.swings.items()
                        if criterion in by_key
                    ),
                    interests,
                    row.on,
                )
            except CannotWeigh as refusal:
                for said in refusal.findings:
                    self._must(f"weightings.{key}", said, "")

    def _lines(self) -> Iterator[CostLine | UnknownLine]:
        for key, given in self.tables["lines"].items():
            place = f"lines.{key}"
            options = options_of(given)
            for option in options:
                if option not in self.names.of("options"):
                    near = nearest(option, self.names.of("options"))
                    self._must(
                        f"{place}.option", f"There is no option {option!r}.{near}", "Mend it."
                    )
                    continue
                row = {name: value for name, value in given.items() if name != "option"}
                is_unknown = row.get("amount_gbp") == Answer.UNKNOWN
                if is_unknown:
                    row["amount_gbp"] = 0
                line = read_row(
                    CostLine, row, self.names, place, self.findings, key=key, option=option
                )
                if line is None:
                    break
                yield UnknownLine(key, option, line.title, line.evidence) if is_unknown else line
            if not options:
                self._must(
                    f"{place}.option", '"Option" is missing.', "Name one, or several in a list."
                )

    def _budgets(self, rows: Mapping[str, OptionFields]) -> Iterator[CostLine]:
        for key, row in rows.items():
            if row.personal_budgets is not None:
                try:
                    yield line_of_budgets(key, row.personal_budgets)
                except ValueError as refusal:
                    self._must(f"options.{key}.personal_budgets", str(refusal), "")

    def _deals(self) -> Iterator[tuple[str, Deal]]:
        for key, given in self.tables["deals"].items():
            deal, found = deal_and_findings_of(given)
            self.findings += [evolve(one, place=f"deals.{key}.{one.place}") for one in found]
            if deal is not None:
                yield key, deal

    def _drivers(self) -> Iterator[tuple[str, Driver]]:
        for key, given in self.tables["drivers"].items():
            read = read_row(Driver, given, self.names, f"drivers.{key}", self.findings, key=key)
            if read is not None:
                yield key, read

    def _indices(self) -> dict[str, Decimal]:
        found = {}
        for key, value in self.document.get("indices", {}).items():
            try:
                found[key] = decimal_of(value)
            except ValueError as refusal:
                self._must(f"indices.{key}", str(refusal), "Give its growth per year, as 0.03.")
        return found

    def _correlations(self) -> Iterator[tuple[str, str, Decimal]]:
        of_lines = [
            f"{option}.{key}"
            for key, given in self.tables["lines"].items()
            for option in options_of(given)
        ]
        known = (*of_lines, *self.names.of("drivers"), *self.names.of("outcomes"))
        for place, row in enumerate(self.document.get("correlations", []), start=1):
            try:
                one, other = row["between"]
                rank = decimal_of(row["rank"])
            except (KeyError, TypeError, ValueError):
                said = "A correlation is between two lines or drivers, and has a rank."
                mend = 'Write { between = ["as_now.pay", "visits"], rank = "0.5" }.'
                self._must(f"correlations.{place}", said, mend)
                continue
            unknown = [key for key in (one, other) if key not in known]
            if unknown or one == other or not -1 <= rank <= 1:
                said = f"{one} and {other} at {rank} is no correlation of two lines or drivers."
                mend = "Name a line as option.line, a driver by its key, and a rank from -1 to 1."
                self._must(f"correlations.{place}", said, mend)
                continue
            yield one, other, rank

    def _scores(self) -> Iterator[Score]:
        for option, given in self.tables["scores"].items():
            if option not in self.names.of("options"):
                near = nearest(option, self.names.of("options"))
                said = f"There is no option {option!r} to score.{near}"
                self._must(f"scores.{option}", said, "Name one of the options.")
                continue
            for criterion, value in given.items():
                place = f"scores.{option}.{criterion}"
                if criterion not in self.names.of("criteria"):
                    near = nearest(criterion, self.names.of("criteria"))
                    said = f"There is no criterion {criterion!r}.{near}"
                    self._must(place, said, "Name one of the criteria.")
                    continue
                try:
                    yield score_of(option, criterion, value, self.names)
                except FieldsNotRead as unread:
                    for inner, said in unread.found:
                        self._must(f"{place}.{inner}", said, "Mend it.")
                except ValueError as refusal:
                    self._must(place, str(refusal), 'Give a number, or "unknown".')


# What no single field can see: each check is a small function over an appraisal that could be read.


def _business_as_usual_stands_among_the_options(appraisal: Appraisal) -> Iterator[Finding]:
    usual = [one.name for one in appraisal.options.values() if one.role is Role.USUAL]
    if len(usual) != 1:
        said = f"{len(usual)} options are business as usual; every other is compared with that one."
        yield Finding("options", said, 'Give one option role = "business as usual".')


def _a_preferred_option_stands_alone(appraisal: Appraisal) -> Iterator[Finding]:
    preferred = [one.name for one in appraisal.options.values() if one.is_preferred]
    if len(preferred) > 1:
        said = f"{' and '.join(preferred)} are both the preferred way forward."
        yield Finding("options", said, "Prefer one, or none yet.")


def _a_choice_stands_on_its_own_dimension(appraisal: Appraisal) -> Iterator[Finding]:
    for option in appraisal.options.values():
        for dimension, key in option.choices.items():
            choice = appraisal.choices[key]
            if choice.dimension != dimension:
                said = f"{choice.title} is a choice of {choice.dimension}, not of {dimension}."
                yield Finding(f"options.{option.key}.choices.{dimension}", said, "Name another.")


def _what_is_costed_names_evidence_that_is_there(appraisal: Appraisal) -> Iterator[Finding]:
    named = {f"lines.{line.key}": line.evidence for line in appraisal.lines}
    named |= {f"lines.{line.key}": line.evidence for line in appraisal.unknown_lines}
    named |= {f"drivers.{key}": one.evidence for key, one in appraisal.drivers.items()}
    for place, key in named.items():
        if key and key not in appraisal.evidence:
            said = f"There is no evidence {key!r}.{nearest(key, appraisal.evidence)}"
            yield Finding(f"{place}.evidence", said, "Name some of the evidence, or add it.")


def _overhead_is_part_of_what_stops(appraisal: Appraisal) -> Iterator[Finding]:
    stopping = appraisal.stopping
    if stopping.cost_gbp is not None and stopping.overhead_gbp > stopping.cost_gbp:
        said = f"£{stopping.overhead_gbp:,} of overhead is no part of £{stopping.cost_gbp:,}."
        yield Finding("stopping.overhead_gbp", said, "Give the cost with its overhead.")


def _years_are_appraised(appraisal: Appraisal) -> Iterator[Finding]:
    if not 1 <= appraisal.years <= 60:
        said = f"{appraisal.years} years are appraised."
        yield Finding("appraisal.years", said, "Appraise from 1 to 60 years.")


CHECKS: tuple[Any, ...] = (
    _business_as_usual_stands_among_the_options,
    _a_preferred_option_stands_alone,
    _a_choice_stands_on_its_own_dimension,
    _what_is_costed_names_evidence_that_is_there,
    _overhead_is_part_of_what_stops,
    _years_are_appraised,
)

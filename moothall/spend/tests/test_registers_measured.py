"""What do real registers say, and how right is a supplier found in one by its name alone?

Names to which a peer gave a registration number are the truth: the number is withheld, the name is
looked for, and the entry found must carry that number. `pytest -s` shows the figures.
"""

import csv
import lzma
import sys
from collections import Counter
from datetime import date
from math import sqrt

import pytest

from moothall.core.rules import rules_of
from moothall.spend.engine.names import NameWords, parsed_name
from moothall.spend.engine.registered import Entry, JoinedBy, Sought, known_of
from moothall.spend.engine.registration_numbers import charity_number, company_number
from moothall.spend.feeds.reading import CannotRead
from moothall.spend.feeds.registers import read_register
from moothall.spend.queries.registers import register_words_on
from moothall.spend.tests.published_names import records

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

DAY = date(2026, 1, 1)
WORDS = NameWords.in_force(rules_of("spend", "name_words"), DAY)
READ = {  # file: rows read, rows kept
    "360giving-trafford-grants.csv.xz": (555, 326),
    "charities_operating_in_trafford.csv.xz": (736, 736),
    "coops-uk/economy_2016-06.csv.xz": (32292, 6071),
    "coops-uk/organisations_2017-06.csv.xz": (8371, 8370),
    "cqc_places_banes.csv": (193, 154),
    "govuk-registers/government-organisation.csv.xz": (989, 989),
    "govuk-registers/local-authority-eng.csv": (367, 367),
    "govuk-registers/local-authority-nir.csv": (36, 36),
    "govuk-registers/local-authority-sct.csv": (32, 32),
    "govuk-registers/principal-local-authority.csv": (22, 22),
    "uk_local_authorities.csv.xz": (470, 470),
}
REFUSED = ("trafford_council_organisation_structure.csv", "lookup_gss_to_registry.csv")


def say(text):
    """Show a figure of the measurement to whoever runs it with `-s`."""
    sys.stdout.write(text + "\n")


@pytest.fixture(scope="module")
def readings(shared_data):
    words = register_words_on(DAY)
    return {name: read_register(shared_data / "orgs" / name, words=words) for name in READ}


def test_each_real_register_is_read_and_every_row_accounted_for(readings):
    for name, reading in readings.items():
        assert (reading.rows_read, reading.rows_kept) == READ[name], name
        assert reading.rows_read == reading.rows_kept + reading.rows_set_aside
        assert len({(row.row, row.sheet) for row in reading.aside}) == reading.rows_set_aside
        share = {
            what: sum(getattr(entry, what) not in ("", None) for entry in reading.entries)
            for what in ("company_number", "charity_number", "postcode", "is_small", "is_mutual")
        }
        say(f"{name}: {reading.rows_kept} organisations, {share}")


def test_lists_of_people_and_of_codes_are_refused(shared_data):
    for name in REFUSED:
        with pytest.raises(CannotRead, match="heads a column of organisations"):
            read_register(shared_data / "orgs" / name, words=register_words_on(DAY))


def entries(readings):
    for register, reading in readings.items():
        for listed in reading.entries:
            skeletons = set()
            for spelt in (listed.name, *listed.other_names):
                name = parsed_name(spelt, WORDS)
                if name.skeleton and name.skeleton not in skeletons:
                    skeletons.add(name.skeleton)
                    yield Entry(
                        register,
                        name.skeleton,
                        name.legal_form or "",
                        listed.company_number,
                        listed.charity_number,
                        listed.postcode,
                        listed.is_small,
                        listed.is_third_sector,
                        listed.is_mutual,
                        listed.is_public_body,
                    )


def sought(key, row, *, withheld):
    name = parsed_name(row["supplier_name"], WORDS)
    company, charity = (
        frozenset(filter(None, [read(row[column])]))
        for read, column in (
            (company_number, "company_number"),
            (charity_number, "charity_number"),
        )
    )
    return Sought(
        key=key,
        company_numbers=frozenset() if withheld else company,
        charity_numbers=frozenset() if withheld else charity,
        skeleton=name.skeleton,
        legal_form=name.legal_form or "",
        word_count=len(name.core),
        kinds=frozenset({name.kind.value}),
    ), (company, charity)


def numbered_names(shared_data):
    """Each name of the two matched files with its numbers, once."""
    seen = {}
    for path in sorted((shared_data / "spend/gm-supplier-matched").glob("*.csv.xz")):
        with lzma.open(path, "rt", encoding="utf-8", errors="replace", newline="") as file:
            for row in csv.DictReader(file):
                numbers = (row["company_number"], row["charity_number"])
                seen[row["beneficiary_name"], *numbers] = {
                    "supplier_name": row["beneficiary_name"],
                    "company_number": numbers[0],
                    "charity_number": numbers[1],
                }
    return [row for row in seen.values() if row["supplier_name"].strip()]


def test_a_name_alone_finds_the_right_organisation(readings, shared_data):
    rows = numbered_names(shared_data)
    known = [
        (row, *sought(key, row, withheld=True))
        for key, row in enumerate(rows)
        if company_number(row["company_number"]) or charity_number(row["charity_number"])
    ]
    every = list(entries(readings))
    found = known_of([supplier for _row, supplier, _truth in known], every)
    by_name = {}
    for entry in every:
        by_name.setdefault(entry.skeleton, []).append(entry)
    right = wrong = unsettled = 0
    for _row, supplier, (company, charity) in known:
        if supplier.key not in found:
            continue
        listed = by_name[supplier.skeleton]
        companies = {entry.company_number for entry in listed} - {""}
        charities = {entry.charity_number for entry in listed} - {""}
        if (companies and company and companies <= company) or (
            charities and charity and charities <= charity
        ):
            right += 1
        elif (companies and company) or (charities and charity):
            wrong += 1
        else:
            unsettled += 1
    settled = right + wrong
    precision = right / settled
    z = 1.96
    low = (
        precision
        + z * z / (2 * settled)
        - z * sqrt(precision * (1 - precision) / settled + z * z / (4 * settled**2))
    ) / (1 + z * z / settled)
    say(
        f"By name alone: {right} right, {wrong} against the peer's number, {unsettled} that no "
        f"number settles; precision {precision:.3f}, at least {low:.3f} (95%)"
    )
    assert precision >= 0.9


def test_coverage_of_real_suppliers_is_counted_by_what_joined_them(readings, shared_data):
    rows = [row for row in records(shared_data / "spend").to_dicts() if row["supplier_name"]]
    suppliers = [sought(key, row, withheld=False)[0] for key, row in enumerate(rows)]
    found = known_of(suppliers, entries(readings))
    by = Counter(known.by for known in found.values())
    say(f"Of {len(rows)} published names, {len(found)} are in a register: {dict(by)}")
    assert by[JoinedBy.COMPANY_NUMBER] > 0
    assert by[JoinedBy.NAME] > 0

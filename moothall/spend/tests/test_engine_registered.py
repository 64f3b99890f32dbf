"""A number is an identity, a name is not: what joins a supplier to a register."""

from moothall.spend.engine.names import NameKind
from moothall.spend.engine.registered import Entry, JoinedBy, Sought, known_of

COMPANY, OTHER_COMPANY = "01234567", "07654321"


def entry(skeleton="ASHMEREHOUSING", register="Registered", **said):
    usual = {
        "register": register,
        "skeleton": skeleton,
        "legal_form": "",
        "company_number": "",
        "charity_number": "",
        "postcode": "",
        "is_small": None,
        "is_third_sector": None,
        "is_mutual": None,
        "is_public_body": None,
    }
    return Entry(**usual | said)


def supplier(skeleton="ASHMEREHOUSING", **said):
    usual = {
        "key": 1,
        "company_numbers": frozenset(),
        "charity_numbers": frozenset(),
        "skeleton": skeleton,
        "legal_form": "",
        "word_count": 2,
        "kinds": frozenset({NameKind.COMPANY.value}),
    }
    return Sought(**usual | said)


def known(sought, *entries):
    return known_of([sought], iter(entries)).get(1)


def test_a_company_number_joins_whatever_the_name():
    found = known(
        supplier(company_numbers=frozenset({COMPANY})),
        entry("QUITEANOTHER", company_number=COMPANY, is_mutual=True),
    )
    assert found.by is JoinedBy.COMPANY_NUMBER
    assert found.is_mutual is True
    assert found.is_small is None


def test_a_charity_number_joins_unless_a_company_number_speaks_against_it():
    sought = supplier("OTHER", charity_numbers=frozenset({"210843"}))
    listed = entry(charity_number="210843", company_number=COMPANY, is_third_sector=True)
    assert known(sought, listed).by is JoinedBy.CHARITY_NUMBER
    against = supplier(
        "OTHER",
        charity_numbers=frozenset({"210843"}),
        company_numbers=frozenset({OTHER_COMPANY}),
    )
    assert known(against, listed) is None


def test_an_entry_under_the_suppliers_charity_number_tells_beside_its_company_number():
    both = supplier(company_numbers=frozenset({COMPANY}), charity_numbers=frozenset({"210843"}))
    found = known(
        both,
        entry(register="Charities", charity_number="210843", postcode="AB1 2CD"),
        entry(company_number=COMPANY, charity_number="210843", is_small=True),
    )
    assert (found.postcode, found.is_small) == ("AB1 2CD", True)


def test_a_telling_name_joins_where_only_one_bears_it():
    assert known(supplier(), entry(is_mutual=True)).by is JoinedBy.NAME


def test_a_name_that_two_companies_bear_joins_nobody():
    two = entry(company_number=COMPANY), entry(company_number=OTHER_COMPANY)
    assert known(supplier(), *two) is None
    apart = entry(company_number=COMPANY), entry(register="B", company_number=OTHER_COMPANY)
    assert known(supplier(), *apart) is None


def test_a_name_listed_twice_in_one_register_without_numbers_joins_nobody():
    assert known(supplier(), entry(postcode="AB1 2CD"), entry(postcode="AB3 4EF")) is None
    one = known(supplier(), entry(postcode="AB1 2CD"), entry(postcode="AB1 2CD"))
    assert one.postcode == "AB1 2CD"


def test_a_name_does_not_join_against_a_number_or_a_legal_form():
    numbered = supplier(company_numbers=frozenset({OTHER_COMPANY}))
    assert known(numbered, entry(company_number=COMPANY)) is None
    assert known(supplier(legal_form="LTD"), entry(legal_form="LLP")) is None


def test_one_word_joins_only_with_its_legal_form():
    alone = supplier("SHELTON", word_count=1)
    assert known(alone, entry("SHELTON")) is None
    formed = supplier("SHELTON", word_count=1, legal_form="LTD")
    assert known(formed, entry("SHELTON", legal_form="LTD")).by is JoinedBy.NAME


def test_a_payee_who_may_be_a_person_is_never_looked_for_by_name():
    for kind in (NameKind.INDIVIDUAL, NameKind.SOLE_TRADER, NameKind.REDACTED):
        assert known(supplier(kinds=frozenset({kind.value})), entry()) is None


def test_a_supplier_under_two_company_numbers_is_joined_by_neither():
    both = frozenset({COMPANY, OTHER_COMPANY})
    assert known(supplier("OTHER", company_numbers=both), entry(company_number=COMPANY)) is None
    # The name settles which of the two it is.
    found = known(supplier(company_numbers=both), entry(company_number=COMPANY))
    assert found.by is JoinedBy.NAME


def test_where_registers_differ_the_one_loaded_later_tells():
    found = known(
        supplier(company_numbers=frozenset({COMPANY})),
        entry(register="Old", company_number=COMPANY, is_small=True, is_mutual=False),
        entry(register="New", company_number=COMPANY, is_small=False),
    )
    assert (found.is_small, found.is_mutual) == (False, False)


def test_entries_that_no_supplier_could_be_are_passed_over():
    assert known_of([supplier()], (entry("ELSE") for _ in range(1000))) == {}

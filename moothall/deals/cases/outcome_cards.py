"""Published prices, results and payments of real outcomes contracts, as figures to settle by."""

from attrs import frozen

RECORD = "GO Lab, University of Oxford, INDIGO impact bond dataset (May 2025), {}"
FAIR_CHANCE = (
    "ICF, Evaluation of the Fair Chance Fund: final report (MHCLG, 2019); Social Finance, Fair "
    "Chance Fund projects (May 2018)"
)
LIFE_CHANCES = "Life Chances Fund data portal (DCMS), as recorded to June 2024"
CARE_LEAVERS = "Evaluation of the Care Leavers Social Impact Bond programme (DfE, 2023)"
INNOVATION = (
    "Qualitative evaluation of the DWP Innovation Fund: final report (DWP, 2016), appendices A and "
    "B; The Innovation Fund: invitation to tender, annex 3 (DWP)"
)


@frozen
class Outcome:
    """One line of a rate card.

    results : outcomes as published; None: not published
    paid    : what was paid for it, GBP, where that was published for each outcome
    """

    title: str
    price: int
    results: int | None = None
    paid: int | None = None


@frozen
class Contract:
    """One contract as recorded. GBP; None: not published.

    record  : its number in the record
    most    : the most that could be paid
    paid    : what was paid in all
    a_person : the most for one person
    recorded_a_person : the same, where the record gives it as the price of every target achieved
    payments : what was paid each quarter; where no price is printed, it follows from these
    committed : what each payer committed at most; together they may not be the recorded most
    """

    name: str
    title: str
    programme: str
    record: str
    payer: str
    starts_on: str
    ends_before: str
    card: tuple[Outcome, ...]
    most: int | None = None
    paid: int | None = None
    a_person: int | None = None
    recorded_a_person: int | None = None
    payments: tuple[int, ...] = ()
    committed: tuple[int, ...] = ()


FAIR_CHANCE_CARD = (
    ("First assessment", 500),
    ("Second assessment", 500),
    ("Third assessment", 200),
    ("Move into accommodation", 500),
    ("Accommodation kept 3 months", 1500),
    ("Accommodation kept 6 months", 1500),
    ("Accommodation kept 12 months", 1500),
    ("Accommodation kept 18 months", 1500),
    ("Entry into education or training", 500),
    ("First entry-level qualification", 1500),
    ("First level 1 qualification", 2500),
    ("First level 2 qualification", 3500),
    ("Entry into employment", 500),
    ("Part-time work 13 weeks", 3000),
    ("Part-time work 26 weeks", 2000),
    ("Full-time work 13 weeks", 4500),
    ("Full-time work 26 weeks", 3500),
    ("Volunteering 6 weeks", 500),
    ("Volunteering 13 weeks", 500),
    ("Volunteering 20 weeks", 250),
    ("Volunteering 26 weeks", 250),
)
# fmt: off
FAIR_CHANCE_RESULTS = {
    "ambition": (406, 351, 302, 370, 328, 288, 235, 201, 152, 46, 35, 5, 141, 21, 6, 68, 46,
                 92, 59, 38, 23),
    "aspire": (162, 152, 140, 151, 143, 133, 106, 85, 63, 27, 36, 1, 73, 6, 4, 43, 29,
               27, 21, 17, 15),
    "depaul": (209, 182, 126, 192, 188, 179, 165, 142, 91, 23, 11, 1, 57, 2, 0, 30, 20,
               16, 13, None, None),
    "fusion": (345, 295, 271, 293, 282, 267, 235, 199, 172, 33, 9, 9, 153, 18, 13, 93, 70,
               30, 17, 12, 7),
}
# fmt: on
REBOOT_WEST_CARD = (
    Outcome("Education or training agreed", 220, 231, 115940),
    Outcome("At least one steady relationship", 220, 225, 99660),
    Outcome("Feels safe", 220, 230, 106040),
    Outcome("Manages accommodation and costs", 220, 227, 102520),
    Outcome("Outcome of own choice", 220, 136, 44440),
    Outcome("Begins a course", 220, 132, 31900),
    Outcome("Completes a quarter of a course", 220, 109, 26620),
    Outcome("Completes half of a course", 220, 94, 23320),
    Outcome("Level 1 qualification", 1760, 41, 75680),
    Outcome("Level 2 qualification", 4730, 33, 156090),
    Outcome("Level 3 qualification", 4730, 10, 52030),
    Outcome("Begins higher education", 660, 10, 6600),
    Outcome("Completes a year of higher education", 2750, 4, 11000),
    Outcome("Completes two years of higher education", 2750, 2, 5500),
    Outcome("Completes higher education", 4730, 3, 14190),
    Outcome("Enters work experience or volunteering", 110, 29, 3190),
    Outcome("Completes a week of it", 220, 19, 4180),
    Outcome("Completes four weeks of it", 330, 6, 1980),
    Outcome("Enters employment", 660, 126, 83160),
    Outcome("Earns £768", 2750, 114, 313500),
    Outcome("Earns £1,631", 2750, 102, 280500),
    Outcome("Earns £3,350", 2750, 73, 200750),
    Outcome("Earns £8,155", 2750, 41, 112750),
)
# No price is printed of a quarter out of care: it is what every payment is a whole number of.
GLOUCESTERSHIRE_RESULTS = (14, 6, 8, 9, 7, 7, 4, 4, 4, 3, 3, 3, 2, 1)
GLOUCESTERSHIRE_PAYMENTS = (
    20500, 30750, 41000, 41000, 41000, 51250, 51250, 51250, 61500, 61500, 71750, 82000, 82000,
    82000,
)  # fmt: skip
GLOUCESTERSHIRE_CARD = tuple(
    Outcome(f"Out of residential care for {3 * quarter} months", 10250, results)
    for quarter, results in enumerate(GLOUCESTERSHIRE_RESULTS, start=1)
)
SCHOOL = ("Better behaviour at school", "Better attendance at school")
LEVELS = tuple(f"First level {level} qualification" for level in (1, 2, 3, 4))
WORK = ("First job, 13 weeks", "First job, 26 weeks")
ENGLISH = "English for speakers of other languages"
FIRST_ROUND = tuple(
    Outcome(title, price)
    for title, price in zip(
        (*SCHOOL, *LEVELS, ENGLISH, *WORK),
        (1300, 800, 700, 2200, 3300, 2000, 1200, 2600, 1000),
        strict=True,
    )
)
NOTTINGHAM = tuple(
    Outcome(one.title, price)
    for one, price in zip(
        FIRST_ROUND, (1300, 1400, 1100, 3300, 5100, 2000, 1200, 3500, 2000), strict=True
    )
)
SECOND_ROUND = tuple(
    Outcome(title, price)
    for title, price in zip(
        (
            *SCHOOL,
            "Better attitude to school",
            *LEVELS[:3],
            *WORK,
            "Entry-level qualification",
            "Basic skills",
        ),
        (1300, 1400, 700, 1100, 3300, 5100, 3500, 2000, 900, 900),
        strict=True,
    )
)


def _fair_chance(name: str, title: str, record: str, most: int, paid: int) -> Contract:
    card = tuple(
        Outcome(what, price, results)
        for (what, price), results in zip(FAIR_CHANCE_CARD, FAIR_CHANCE_RESULTS[name], strict=True)
    )
    payer, days = "Fair Chance Fund", ("2015-01-01", "2018-01-01")
    return Contract(name, title, FAIR_CHANCE, record, payer, *days, card, most, paid)


def _innovation(
    name: str,
    title: str,
    record: str,
    card: tuple[Outcome, ...],
    most: int,
    *,
    paid: int | None = None,
    recorded_a_person: int | None = None,
) -> Contract:
    second = card is SECOND_ROUND
    days = ("2012-11-01", "2015-11-01") if second else ("2012-04-01", "2015-04-01")
    return Contract(
        name,
        title,
        INNOVATION,
        record,
        "Department for Work and Pensions",
        *days,
        card,
        most,
        paid,
        a_person=11700 if second else 8200,
        recorded_a_person=recorded_a_person,
    )


CONTRACTS = (
    _fair_chance("ambition", "Ambition", "INDIGO-POJ-0131", 2944525, 2742943),
    _fair_chance("aspire", "Aspire", "INDIGO-POJ-0132", 1451250, 1313690),
    _fair_chance("depaul", "Depaul", "INDIGO-POJ-0133", 1654340, 1654340),
    _fair_chance("fusion", "Fusion", "INDIGO-POJ-0134", 2513800, 2513800),
    Contract(
        "reboot-west",
        "Reboot West",
        CARE_LEAVERS,
        "INDIGO-POJ-0121",
        "The authorities",
        "2018-10-01",
        "2022-11-01",
        REBOOT_WEST_CARD,
        2250000,
        1871540,
    ),
    Contract(
        "gloucestershire",
        "Gloucestershire Positive Behaviour Support",
        LIFE_CHANCES,
        "INDIGO-POJ-0199",
        "The county, its NHS commissioners and the Life Chances Fund",
        "2020-10-01",
        "2024-07-01",
        GLOUCESTERSHIRE_CARD,
        1774925,
        768750,
        payments=GLOUCESTERSHIRE_PAYMENTS,
        committed=(1293232, 143692, 338000),
    ),
    _innovation(
        "advance", "The Advance Programme", "INDIGO-POJ-0138", FIRST_ROUND, 3400000,
        recorded_a_person=11700,
    ),
    _innovation("capitalise", "3SC Capitalise", "INDIGO-POJ-0139", SECOND_ROUND, 1900000),
    _innovation("energise", "Energise", "INDIGO-POJ-0140", SECOND_ROUND, 3700000),
    _innovation(
        "links-for-life", "Links for Life", "INDIGO-POJ-0141", FIRST_ROUND, 1300000,
        recorded_a_person=11700,
    ),
    _innovation("living-balance", "Living Balance", "INDIGO-POJ-0142", FIRST_ROUND, 1200000),
    _innovation(
        "nottingham-futures", "Nottingham Futures", "INDIGO-POJ-0144", NOTTINGHAM, 2900000,
        paid=2500000,
    ),
)  # fmt: skip

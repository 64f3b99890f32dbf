"""Which place is invented for the demonstration, who acts in it, and who works there?"""

from __future__ import annotations

from attrs import frozen

from moothall.directory.engine.roles import Role

NAME = "Aldermoor"
# No post town begins so: every address in it is invented.
LOCAL_POSTCODES = ("AX",)
FIRST_YEAR = 2023  # from 1 April 2023
MONTHS = 36
SEED = 20260331
PASSWORD = "moot-hall-open-day"  # noqa: S105 (shown to everyone who tries the demonstration)
MAIL = "aldermoor.example.org"
# Where the slips lie that published files are known for, and what becomes of each.
TO_FIND = (
    ("A control total that does not agree", "County, November 2023: £48,213 less than it says."),
    ("A contracts register behind a month's link", "County, 2024-11b.csv: refused by its columns."),
    ("A corrected file", "County, July 2024: four amounts mended, two lines left out."),
    ("A quarter that repeats three months", "District, October to December 2024: withdrawn."),
    ("A month without a header", "District, March 2025: columns told apart by their values."),
    ("Days as a spreadsheet counts them", "District, August 2024."),
    ("Credits with the minus behind", "District, April to December 2023, in an old code page."),
    ("Amounts that a narrow column hid", "Fire, December 2024: two rows wait to be mended."),
    ("A day three years too late", "Fire, September 2025: set aside."),
    ("Lines that stand in two files", "Fire, November 2025: three late entries twice."),
    ("A hidden name under a number that shows it", "County, January to March 2026: publish it, and "
     "see what stops you."),
    ("Invoices paid twice, some credited since", "Every body: ask for likely duplicates."),
    (
        "A kind of payment sorted amiss",
        "County: extra care housing support counts as home care. Correct it.",
    ),
    ("One supplier under several spellings", "Every body: the match queue has more to decide."),
    ("A partner that keeps the gain and none of the risk", "The draft of the leisure centres."),
    ("A payment in dispute", "Care at home: nine people had moved to a care home by day 91."),
    ("A contract that ends early", "Street lighting: warned, in default, and now ending."),
    ("A decision that a board may not take", "Aldermoor Works: refused, and listed there."),
    ("Agreements that lack what they need", "Twelve were entered from a file, as they were found."),
)  # fmt: skip


@frozen
class Body:
    """A body of the demonstration. key: how the generator and its files call it."""

    key: str
    name: str
    kind: str
    other_names: tuple[str, ...] = ()


BODIES = (
    Body(
        "county",
        "Aldermoor County Council",
        "council",
        ("Aldermoor Council", "Aldermoor CC"),
    ),
    Body(
        "district",
        "Ashmere District Council",
        "council",
        ("Ashmere Council", "Ashmere DC"),
    ),
    Body(
        "health",
        "NHS Aldermoor Integrated Care Board",
        "health body",
        ("Aldermoor ICB", "NHS Aldermoor ICB"),
    ),
    Body(
        "police",
        "Aldermoor Police and Crime Commissioner",
        "police",
        ("Aldermoor Police", "Aldermoor Constabulary", "Aldermoor PCC"),
    ),
    Body(
        "fire",
        "Aldermoor Fire and Rescue Authority",
        "fire and rescue",
        ("Aldermoor Fire and Rescue Service", "Aldermoor Fire"),
    ),
)

# Whom the public bodies have agreements with.
PARTNERS = (
    Body("lantern", "The Lantern Trust", "charity"),
    Body("brightlamp", "Brightlamp Ltd", "company"),
    Body("works", "Aldermoor Works Ltd", "company"),
    Body("harbour", "Harbour Social Investment", "company"),
)


@frozen
class Post:
    """Someone who works in the place, what they hold there, and what they may try first."""

    name: str
    role: Role
    body: str
    try_this: str
    also_at: tuple[str, ...] = ()

    @property
    def email(self) -> str:
        return f"{self.name.split()[0].lower()}@{MAIL}"


POSTS = (
    Post(
        "Fern Arvelcroft",
        Role.FINANCE_OFFICER,
        "county",
        "Load a file, look at the rows set aside, mend one.",
    ),
    Post(
        "Piers Stavelgate",
        Role.PROCUREMENT_OFFICER,
        "county",
        "Accept or refuse a supplier match; see what is bought apart.",
        also_at=("district", "health"),
    ),
    Post(
        "Sana Corvelworth",
        Role.SECTION_151_OFFICER,
        "county",
        "Share or withdraw a publication; confirm a purge.",
    ),
    Post(
        "Mabel Threlbourne",
        Role.MONITORING_OFFICER,
        "county",
        "Lift the exemption of a decision, or mark another; read every interest.",
    ),
    Post(
        "Idris Scarnholme",
        Role.INTERNAL_AUDITOR,
        "county",
        "Look for payments made twice, down to the line.",
    ),
    Post(
        "Edda Yelvermoor",
        Role.EXTERNAL_AUDITOR,
        "county",
        "Read everything of one body and change nothing.",
    ),
    Post(
        "Corin Mardleshaw",
        Role.COMMISSIONER,
        "county",
        "See who provides care, and correct a category.",
    ),
    Post(
        "Petra Pasker",
        Role.PARTNERSHIP_MANAGER,
        "county",
        "Try a deal before it is signed: draft, simulate, read who carries the risk.",
        also_at=("district", "health", "police", "fire"),
    ),
    Post(
        "Dilys Quorlbeck",
        Role.DATA_PROTECTION_OFFICER,
        "county",
        "Ask for a purge of a name published in error.",
    ),
    Post("Vikram Lorskmarsh", Role.CLAIMS_VALIDATOR, "county", "Waits for the outcomes room."),
    Post("Esme Hestlewick", Role.EXECUTIVE_MEMBER, "county", "Read where the money goes."),
    Post(
        "Silas Gorveldale",
        Role.SCRUTINY_MEMBER,
        "county",
        "Read the lines behind a figure before they are public.",
    ),
    Post("Olwen Grathcombe", Role.OTHER_MEMBER, "county", "Keep a declared interest up to date."),
    Post("Amos Wolskridge", Role.SYSTEM_ADMINISTRATOR, "county", "Invite someone; give a role."),
    Post(
        "Priya Kesvelford",
        Role.PROVIDER,
        "lantern",
        "Report a quarter's results; see what is paid.",
    ),
    Post("Lew Brankworth", Role.PROVIDER, "brightlamp", "See the default notice, and answer it."),
    Post("Nia Orvelstone", Role.PROVIDER, "works", "Report what the quarter cost."),
    Post("Ivo Haskelmere", Role.INVESTOR, "harbour", "See what an investor sees."),
    Post("Stella Neskthwaite", Role.STAFF_OR_MUTUAL_MEMBER, "county", "See what staff see."),
    Post("Gwen Ulskleigh", Role.COMMUNITY_GROUP, "county", "See what a community group sees."),
    Post("Dara Feskbrook", Role.FINANCE_OFFICER, "district", "Load spend for the district."),
    Post("Harri Selkfell", Role.FINANCE_OFFICER, "health", "Load spend for the health body."),
    Post("Poppy Rusvelstead", Role.FINANCE_OFFICER, "police", "Load spend for the police."),
    Post("Finn Tamselhurst", Role.FINANCE_OFFICER, "fire", "Share what is private so far."),
    Post(
        "Rhona Dunmartarn",
        Role.SECTION_151_OFFICER,
        "district",
        "See the publication that was withdrawn because it counted twice.",
    ),
)


def body_named(key: str) -> Body:
    return next(body for body in (*BODIES, *PARTNERS) if body.key == key)

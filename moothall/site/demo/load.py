"""How is the demonstration place brought into the books and the lake: once, and the same each time?

Everything goes the way that a person's own files go: written as files, read, kept or set aside,
matched and sorted. What stands already is left alone, so a start that was cut short is taken up
where it stopped.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import connection

from moothall.agreements.actions.drafting import begin_draft, save_draft, set_draft, share_draft
from moothall.agreements.actions.trying import start_simulation, try_deal
from moothall.agreements.models import Draft
from moothall.agreements.queries.drafts import version_of
from moothall.core import lake
from moothall.core.errors import CannotDo
from moothall.core.models import Publication
from moothall.core.permissions import Viewer
from moothall.decisions.actions import record_decision
from moothall.decisions.models import Decision
from moothall.directory.actions import add_body, grant_role, invite_person
from moothall.directory.models import ExemptUnder, Organisation, Person, RoleHeld
from moothall.places.actions import describe_place
from moothall.places.models import Place
from moothall.site.demo import agreements, appraisals, deals, place
from moothall.site.demo.files import write_files
from moothall.site.demo.payments import Spend, invented_spend
from moothall.site.demo.stamp import is_loaded, stamp_file, write_stamp
from moothall.spend.actions.categorising import correct_category
from moothall.spend.actions.loading import load_files
from moothall.spend.actions.matching import decide_match
from moothall.spend.actions.projecting import project, project_decisions
from moothall.spend.actions.publishing import drafted, publish_quarter
from moothall.spend.actions.redacting import decide_redaction
from moothall.spend.actions.registers import load_register
from moothall.spend.actions.sharing import share_publication, withdraw_publication
from moothall.spend.models import (
    CategoryCorrection,
    MatchDecision,
    RedactionDecision,
    Register,
    SourceFile,
)
from moothall.values.periods import Period

REGISTER = "Organisations of Aldermoor"
SETTLED_PAYEE = "hm revenue & customs"  # that it is one at every body needs no long thought
WRITTEN = (
    *("books.sqlite3", "books.sqlite3-wal", "books.sqlite3-shm", "audit-head.json"),
    *("lake", "raw", "releases", "uploads", "purges", "demo-files"),
)
Say = Callable[[str], None]


class CannotLoadDemonstration(CannotDo):
    """The books are as they were."""


def files_folder() -> Path:
    return Path(settings.HOME) / "demo-files"


def load_demonstration(*, at: datetime, say: Say) -> bool:
    """Bring the invented place in; False when it was there already.

    :raises CannotLoadDemonstration: when the books hold bodies that are not the demonstration's.
    """
    if is_loaded():
        open_the_doors()
        return False
    _refuse_real_books()
    files_folder().mkdir(parents=True, exist_ok=True)
    say("Inventing three years of payments of five bodies.")
    spend = invented_spend()
    folders = write_files(files_folder(), spend)
    bodies = _bodies(at)
    _people(bodies, at)
    open_the_doors()
    _load_register(folders["register"] / "organisations.csv", at)
    for each in place.BODIES:
        _load_body(each.key, bodies[each.key], folders[each.key], at, say)
    _load_body("county", bodies["county"], folders["extract"], at, say, private=True)
    _share(bodies, at)
    _correct_category(bodies["county"], at)
    say("Matching suppliers and sorting payments into categories.")
    project(at=at)
    if _decide(spend, at):
        project_decisions(at=at, why="spend.match_decided")
    _release(bodies["district"], at)
    _record_decisions(bodies["county"], at)
    say("Drafting four deals and trying three of them.")
    _draft_deals(bodies, at)
    say("Appraising two services.")
    commissioner = _person(place.Role.COMMISSIONER, "county")
    appraisals.make_appraisals(bodies["county"], commissioner, at)
    say("Running four agreements for two years, and entering a dozen from a file.")
    agreements.make_agreements(bodies, at)
    write_stamp(at=at)
    return True


def open_the_doors() -> None:
    """Let the invented people sign in with the shared password, in a demonstration only."""
    people = Person.objects.filter(email__in=[post.email for post in place.POSTS])
    shut = [person.pk for person in people if not person.has_usable_password()]
    if settings.DEMONSTRATION and shut:
        Person.objects.filter(pk__in=shut).update(password=make_password(place.PASSWORD))


def _refuse_real_books() -> None:
    ours = {body.name for body in place.BODIES}
    others = Organisation.objects.filter(is_of_the_place=True).exclude(name__in=ours)
    other = others.order_by("pk").first()
    if other is not None:
        raise CannotLoadDemonstration(
            f"The demonstration is not loaded here: the books under {settings.HOME} already hold "
            f"{other.name}. Set MOOTHALL_HOME to a new folder and load it there."
        )
    named = Place.objects.exclude(name=place.NAME).first()
    if named is not None:
        raise CannotLoadDemonstration(
            f"The demonstration is not loaded here: these books are of {named.name}. Set "
            "MOOTHALL_HOME to a new folder and load it there."
        )


def _bodies(at: datetime) -> dict[str, Organisation]:
    if not Place.objects.exists():
        describe_place(name=place.NAME, by=None, at=at, local_postcodes=place.LOCAL_POSTCODES)
    found = {}
    for body in (*place.BODIES, *place.PARTNERS):
        found[body.key] = Organisation.objects.filter(name=body.name).first() or add_body(
            name=body.name,
            kind=body.kind,
            is_of_the_place=body in place.BODIES,
            other_names=body.other_names,
            by=None,
            at=at,
        )
    return found


def _people(bodies: dict[str, Organisation], at: datetime) -> None:
    for post in place.POSTS:
        person = Person.objects.filter(email=post.email).first()
        if person is None:
            person = invite_person(email=post.email, name=post.name, by=None, at=at).person
        for key in (post.body, *post.also_at):
            held = RoleHeld.objects.filter(person=person, organisation=bodies[key])
            if not held.filter(role=post.role.value).exists():
                grant_role(
                    person=person,
                    body=bodies[key],
                    role=post.role,
                    starts_on=date(place.FIRST_YEAR, 4, 1),
                    by=None,
                    at=at,
                )


def _person(role: place.Role, key: str) -> Person:
    post = next(post for post in place.POSTS if (post.role, post.body) == (role, key))
    return Person.objects.get(email=post.email)


def _load_body(
    key: str,
    body: Organisation,
    folder: Path,
    at: datetime,
    say: Say,
    *,
    private: bool = False,
) -> None:
    sharing = Publication.Sharing.PRIVATE if private or key == "fire" else "PUBLIC"
    report = load_files(
        [folder], body=body, by=_person(place.Role.FINANCE_OFFICER, key), at=at, sharing=sharing
    )
    kept = sum(file.reading.rows_kept for file in report.files)
    aside = sum(file.reading.rows_set_aside for file in report.files)
    say(
        f"{body.name}: {len(report.files)} files, {kept:,} rows kept, {aside:,} set aside, "
        f"{report.count('refused')} refused."
    )


def _share(bodies: dict[str, Organisation], at: datetime) -> None:
    """What counted twice is withdrawn; the fire authority shares its last year with two others."""
    twice = SourceFile.objects.filter(
        body=bodies["district"],
        name="2024-25-quarter-3.csv",
        publication__state=Publication.State.CURRENT,
    ).first()
    if twice is not None and twice.publication_id is not None:
        withdraw_publication(
            publication_id=twice.publication_id,
            by=_person(place.Role.SECTION_151_OFFICER, "district"),
            at=at,
        )
    last_year = Publication.objects.filter(
        body_id=bodies["fire"].pk,
        starts_on__gte=date(place.FIRST_YEAR + 2, 4, 1),
        sharing=Publication.Sharing.PRIVATE,
        state=Publication.State.CURRENT,
    )
    for publication in last_year:
        share_publication(
            publication_id=publication.pk,
            sharing=Publication.Sharing.NAMED,
            with_bodies=[bodies["county"].pk, bodies["police"].pk],
            by=_person(place.Role.PARTNERSHIP_MANAGER, "county"),
            at=at,
        )


def _decide(spend: Spend, at: datetime) -> bool:
    """Some likely matches accepted and one refused, as the partnership manager would."""
    if MatchDecision.objects.exists():
        return False
    manager = _person(place.Role.PARTNERSHIP_MANAGER, "county")
    for row in _worth_deciding(spend):
        decide_match(
            name_key=row["left_key"],
            other_key=row["right_key"],
            same=row["same"],
            rests_on=row["body_ids"],
            why="The same payee: checked with both ledgers."
            if row["same"]
            else "Two firms: each has a register entry of its own.",
            by=manager,
            at=at,
        )
    return True


def _worth_deciding(spend: Spend) -> list[dict[str, Any]]:
    """Candidates whose answer the generator knows: own payees, two alike, and one only alike."""
    owners: dict[str, set[int]] = {}
    for supplier in spend.suppliers:
        for spellings in supplier.spellings:
            for name in spellings:
                owners.setdefault(name, set()).add(supplier.number)
    generation = lake.current_generation()
    names = lake.table_of(generation.paths("names"), "names").select("name_key", "supplier_name")
    called = {row["name_key"]: row["supplier_name"] for row in names.to_pyarrow().to_pylist()}
    queue = lake.private_table(Viewer.operator(), "candidates", generation)
    chosen: list[dict[str, Any]] = []
    left_to_choose = {"own": 2, "same": 2, "other": 1}
    for row in queue.order_by("rank", "left_key", "right_key").to_pyarrow().to_pylist():
        left, right = called[row["left_key"]] or "", called[row["right_key"]] or ""
        is_own = left.casefold() == right.casefold() == SETTLED_PAYEE
        owned = owners.get(left, set()), owners.get(right, set())
        kind = "own" if is_own else "same" if owned[0] & owned[1] else "other"
        # A pair may stand in the queue under both of its names.
        before = {key for pair in chosen for key in (pair["left_key"], pair["right_key"])}
        met = {row["left_key"], row["right_key"]} & before
        if not left_to_choose[kind] or not (is_own or all(owned)) or len(met) > int(is_own):
            continue
        left_to_choose[kind] -= 1
        chosen.append({**row, "same": kind != "other"})
    return chosen


def _correct_category(county: Organisation, at: datetime) -> None:
    """What the county prints as allowances of foster carers is fostering: a commissioner's word."""
    if not CategoryCorrection.objects.exists():
        correct_category(
            body=county,
            scope=CategoryCorrection.Scope.PUBLISHED,
            matches="Foster carers' allowances",
            category="social-care/fostering-and-adoption",
            by=_person(place.Role.COMMISSIONER, "county"),
            at=at,
        )


def _release(body: Organisation, at: datetime) -> None:
    """The district's last quarter, published after its finance officer settled the alerts."""
    officer = _person(place.Role.FINANCE_OFFICER, "district")
    quarter = Period(date(2026, 1, 1), date(2026, 4, 1))
    alerts = drafted(body, quarter).alerts
    if alerts:
        decide_redaction(
            body=body,
            scope=RedactionDecision.Scope.SUPPLIER_REF,
            named=[alert.ref for alert in alerts],
            redact=True,
            by=officer,
            at=at,
        )
    publish_quarter(body=body, period=quarter, by=officer, at=at)


def _record_decisions(county: Organisation, at: datetime) -> None:
    """One that everybody reads, and one kept exempt by the monitoring officer."""
    if Decision.objects.exists():
        return
    about = f"directory.organisation:{county.pk}"
    record_decision(
        body=county,
        subject=about,
        what="Publish every payment of £500 or more within twenty working days of a quarter’s end",
        why="The Code asks for a quarter; residents and suppliers asked for it sooner.",
        authority="Minute 31, Cabinet, 9 March 2026",
        by=_person(place.Role.SECTION_151_OFFICER, "county"),
        at=at,
    )
    record_decision(
        body=county,
        subject=about,
        what="Settle the claim of a former highways contractor for £48,000",
        why="Counsel puts the risk of going to trial at twice that sum.",
        authority="Minute 32 (exempt), Cabinet, 9 March 2026",
        exempt_under=ExemptUnder.LEGAL_PROFESSIONAL_PRIVILEGE,
        why_exempt="Counsel’s advice would serve the other side while the claim is open.",
        by=_person(place.Role.MONITORING_OFFICER, "county"),
        at=at,
    )


def _draft_deals(bodies: dict[str, Organisation], at: datetime) -> None:
    """One tried and shared, one hard on a charity, one on the council, and one to be mended."""
    if Draft.objects.exists():
        return
    manager = _person(place.Role.PARTNERSHIP_MANAGER, "county")
    for deal in deals.DEALS:
        draft = begin_draft(
            body=bodies["county"],
            name=deal.name,
            case=deal.case,
            text=deals.deal_file(deal.file) if deal.file else "",
            by=manager,
            at=at,
        )
        if deal.party:
            set_draft(
                draft=draft, name=deal.name, party=deal.party, is_competition=False, by=manager,
                at=at,
            )  # fmt: skip
        version = version_of(draft)
        if deal.changed and version is not None:
            was, now = deal.changed
            version = save_draft(
                draft=draft, text=version.text.replace(was, now), note=deal.note, by=manager, at=at
            )
        if deal.is_tried and version is not None:
            trial = start_simulation(version=version, draws=10_000, seed=1, by=manager, at=at)
            try_deal.func(trial.pk)
        for key, party in deal.shared_with:
            share_draft(draft=draft, with_body=bodies[key], party=party, by=manager, at=at)


def _load_register(path: Path, at: datetime) -> None:
    if not Register.objects.filter(name=REGISTER).exists():
        load_register(path, name=REGISTER, by=None, at=at)


def reset_demonstration(*, at: datetime, say: Say) -> None:
    """Throw the demonstration's books, lake and files away, and bring it in afresh.

    :raises CannotLoadDemonstration: when this folder does not hold the demonstration.
    """
    import shutil

    from django.core.management import call_command

    home = Path(settings.HOME)
    if not stamp_file().is_file():
        raise CannotLoadDemonstration(
            f"Nothing is reset: {home} does not say that it holds the demonstration. "
            "Load it first with `moothall demo load`."
        )
    if connection.vendor != "sqlite":
        raise CannotLoadDemonstration(
            "Nothing is reset: these books are in PostgreSQL. Drop that database, make it anew, "
            "and run `moothall demo load`."
        )
    connection.close()
    # Only what Moothall writes itself: whatever else lies in the folder is somebody's.
    stamp_file().unlink()
    for name in WRITTEN:
        path = home / name
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
    call_command("migrate", verbosity=0, interactive=False)
    call_command("createcachetable", verbosity=0)
    load_demonstration(at=at, say=say)

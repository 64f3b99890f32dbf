"""What waits for this person in the spend room, by when, and why?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from attrs import frozen
from django.urls import reverse

from moothall.core.permissions import Viewer
from moothall.directory.engine.roles import Deed
from moothall.directory.models import Organisation, Person
from moothall.directory.queries import viewer_for
from moothall.spend.models import Purge, SourceFile, Upload
from moothall.spend.queries.aside import aside_count
from moothall.spend.queries.error_reports import error_reports_for
from moothall.spend.queries.matching import waiting_count
from moothall.spend.queries.redactions import standing_decisions, undecided, unveiled_refs_of
from moothall.spend.queries.uploads import uploads_of
from moothall.values.wording import number_of, plain_date, whole_number


@frozen
class Waiting:
    """One thing that waits: what, why, where to do it. colour: of the state's tag."""

    label: str
    hint: str
    state: str
    colour: str
    url: str


def waiting_for(person: Person, *, on: date) -> tuple[Waiting, ...]:
    """What waits for a person at the bodies where their roles let them act, the late first."""
    found = [
        *_error_reports(person, on),
        *_uploads(viewer_for(person, deed=Deed.LOAD_SPEND)),
        *_purges(person, viewer_for(person, deed=Deed.CONFIRM_PURGE)),
        *_redactions(viewer_for(person, deed=Deed.PUBLISH), on),
        *_control_totals(viewer_for(person, deed=Deed.CORRECT_ROWS)),
        *_overlaps(viewer_for(person, deed=Deed.CORRECT_ROWS)),
        *_aside(viewer_for(person, deed=Deed.CORRECT_ROWS)),
        *_matches(person),
    ]
    return tuple(sorted(found, key=lambda waiting: waiting.colour != "red"))


def may_load(person: Person) -> bool:
    """Whether a person may load files at any body."""
    return bool(viewer_for(person, deed=Deed.LOAD_SPEND).bodies_read)


def _error_reports(person: Person, on: date) -> Iterator[Waiting]:
    for report in error_reports_for(person, on=on):
        if report.answered_at is None:
            yield Waiting(
                label=f"Someone says that a page about {' and '.join(report.bodies)} is wrong",
                hint=f"Answer it by {plain_date(report.due_on)}.",
                state="Late" if report.is_late else "Waits for you",
                colour="red" if report.is_late else "yellow",
                url=reverse("spend:answer_error", args=[report.id]),
            )


def _uploads(viewer: Viewer) -> Iterator[Waiting]:
    for upload in uploads_of(viewer.bodies_read):
        if upload.state not in (Upload.State.WAITING, Upload.State.FAILED):
            continue
        failed = upload.state == Upload.State.FAILED
        yield Waiting(
            label=f"{number_of(upload.file_count, 'file')} of {upload.body} not yet loaded",
            hint=upload.refusal if failed else "Check what their columns mean, then load them.",
            state="Not loaded" if failed else "Waits for you",
            colour="red" if failed else "yellow",
            url=reverse("spend:upload_page", args=[upload.token]),
        )


def _purges(person: Person, viewer: Viewer) -> Iterator[Waiting]:
    asked = Purge.objects.filter(state=Purge.State.REQUESTED, body_id__in=viewer.bodies_read)
    for purge in asked.exclude(requested_by=person).select_related("body"):
        yield Waiting(
            label=f"A purge at {purge.body} waits for a second person",
            hint=f"Asked for on {plain_date(purge.requested_at.date())}.",
            state="Waits for you",
            colour="red",
            url=reverse("spend:purges", args=[purge.body.slug]),
        )


def _redactions(viewer: Viewer, on: date) -> Iterator[Waiting]:
    for body in Organisation.objects.filter(pk__in=viewer.bodies_read).order_by("name"):
        alerts = undecided(unveiled_refs_of(body.pk, on), standing_decisions(body.pk))
        if not alerts:
            continue
        many = number_of(len(alerts), "supplier number")
        yield Waiting(
            label=f"{many} of {body} {'carries' if len(alerts) == 1 else 'carry'} a hidden "
            "and a clear name",
            hint="Decide before publishing: whoever reads both files can tell who was hidden.",
            state="Waits for you",
            colour="red",
            url=reverse("spend:redactions", args=[body.slug]),
        )


def _control_totals(viewer: Viewer) -> Iterator[Waiting]:
    for source in _loaded(viewer):
        odd = [t for t in source.reading.get("control_totals", []) if not t[4]]
        if odd:
            yield Waiting(
                label=f"{source.name} of {source.body} does not add up to its own control total",
                hint="Look at its rows set aside, or ask who published it.",
                state="Does not agree",
                colour="red",
                url=f"{reverse('spend:aside_list')}?source={source.pk}&reason=all",
            )


def _overlaps(viewer: Viewer) -> Iterator[Waiting]:
    odd = [
        source
        for source in _loaded(viewer)
        if any("also stand in" in warning for warning in source.reading.get("warnings", []))
    ]
    if odd:
        names = ", ".join(source.name for source in odd[:3])
        more = f" and {len(odd) - 3} more" if len(odd) > 3 else ""
        yield Waiting(
            label=f"{number_of(len(odd), 'file')} share lines with another that stands",
            hint=f"{names}{more}. Withdraw one of each pair so that nothing counts twice.",
            state="Counts twice",
            colour="yellow",
            url=reverse("spend:load", args=[odd[0].load_id]),
        )


def _loaded(viewer: Viewer) -> list[SourceFile]:
    held = SourceFile.objects.filter(
        body_id__in=viewer.bodies_read,
        status=SourceFile.Status.LOADED,
        publication__state="CURRENT",
    )
    return list(held.select_related("body").order_by("-load_id", "name"))


def _aside(viewer: Viewer) -> Iterator[Waiting]:
    count = aside_count(viewer) if viewer.bodies_read else 0
    if count:
        yield Waiting(
            label=f"{number_of(count, 'row')} set aside",
            hint="Each says why it was not counted, and can be mended.",
            state=whole_number(count),
            colour="yellow",
            url=reverse("spend:aside_list"),
        )


def _matches(person: Person) -> Iterator[Waiting]:
    if not viewer_for(person, deed=Deed.DECIDE_MATCH).bodies_read:
        return
    count = waiting_count(viewer_for(person, deed=Deed.SEE_PRIVATE))
    if count:
        yield Waiting(
            label=f"{number_of(count, 'pair')} of names that may be one supplier",
            hint="Surest first. Each decision can be undone.",
            state=whole_number(count),
            colour="yellow",
            url=reverse("spend:match_list"),
        )


@frozen
class Way:
    """A room to go to, shown to those whose roles open it."""

    label: str
    url: str
    text: str


WAYS = (
    (Deed.LOAD_SPEND, "Load payments", "spend:upload", "Hand over files as downloaded."),
    (Deed.READ_LINES, "What was loaded", "spend:load_list", "Each load's report and its proof."),
    (Deed.READ_LINES, "Publications", "spend:publication_list", "Who may read what; withdraw."),
    (Deed.READ_LINES, "Rows set aside", "spend:aside_list", "Look, download, mend."),
    (Deed.PUBLISH, "Publish a quarter", "spend:publishing_home", "The CSV, and its proof."),
    (Deed.LOAD_SPEND, "Registers", "spend:register_list", "Who is local, small, charitable."),
    (Deed.DECIDE_MATCH, "Our own bodies", "spend:own_body_list", "Which payees are which."),
    (Deed.SEE_PRIVATE, "One supplier?", "spend:match_list", "Names that may be the same."),
    (Deed.SEE_PRIVATE, "Paid twice?", "spend:duplicate_list", "Candidates, with their lines."),
    (
        Deed.READ_LINES,
        "Corrected categories",
        "spend:category_corrections",
        "What people said that payments are.",
    ),
)


def ways_for(person: Person) -> tuple[Way, ...]:
    """The pages at work that a person's roles open."""
    held = viewer_for(person).deeds
    deeds = {deed for deed, _body in held}
    return tuple(
        Way(label, reverse(route), text) for deed, label, route, text in WAYS if deed.value in deeds
    )

"""What was decided, as far as this reader may know it?"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from attrs import frozen
from django.core.paginator import Page, Paginator
from django.db.models import Exists, OuterRef, Q, QuerySet

from moothall.core.permissions import Viewer
from moothall.decisions import permissions
from moothall.decisions.models import Decision, Exemption
from moothall.directory.models import Deed, ExemptUnder, Organisation

PAGE_ROWS = 50
ORDERS = {"at": ("at", "pk"), "-at": ("-at", "-pk"), "body": ("body__name", "-at", "-pk")}
ORDERS["-body"] = ("-body__name", "-at", "-pk")
KEPT = {"exempt": True, "open": False}


# ── what a decision is about ─────────────────────────────────────────────────────────────────


@frozen
class Subject:
    """What a decision is about, as one reader may see it: its name, its page, whose it is."""

    label: str
    url: str
    body_id: int


Named = Callable[[int, Viewer], Subject | None]
_named: dict[str, Named] = {}


def name_subjects(kind: str, named: Named) -> None:
    """Say how things of a kind ('spend.release') are called, and who may see which."""
    _named[kind] = named


def subject_of(text: str, viewer: Viewer) -> Subject | None:
    """What 'spend.release:3' is; None when nobody says, or it is not for this reader."""
    kind, _colon, number = text.partition(":")
    named = _named.get(kind)
    if named is None or not (number.isascii() and number.isdigit() and len(number) < 18):
        return None
    return named(int(number), viewer)


# ── decisions ────────────────────────────────────────────────────────────────────────────────


@frozen
class DecisionRow:
    """One decision. Who may not read an exempt one learns the paragraph and why it is kept."""

    id: int
    body: str
    body_slug: str
    about: Subject | None
    what: str
    why: str
    by: str
    at: datetime
    authority: str
    exempt: str  # the paragraph of Schedule 12A, or nothing
    why_exempt: str  # where the public interest lies; for everybody, as the paragraph is
    is_withheld: bool

    def as_json(self) -> dict[str, object]:
        """As the API, the command and a download give it."""
        return {
            "id": self.id,
            "body": self.body,
            "about": self.about.label if self.about else None,
            "what": self.what,
            "why": self.why,
            "by": self.by,
            "at": self.at.isoformat(),
            "authority": self.authority,
            "exempt": self.exempt or None,
            "why_exempt": self.why_exempt or None,
            "is_withheld": self.is_withheld,
        }


@frozen
class ExemptionRow:
    """When a decision was kept from the public, under which paragraph and why."""

    paragraph: str
    why: str
    by: str
    at: datetime
    lifted_by: str
    lifted_at: datetime | None


@frozen
class DecisionPage:
    """A decision on its own page, with what this reader may do about it."""

    row: DecisionRow
    exemptions: tuple[ExemptionRow, ...]
    is_at_work: bool
    why_not_mark: str | None
    why_not_lift: str | None


@frozen
class About:
    """The decisions about one thing, where its own page shows them; and where to record one."""

    subject: str
    rows: tuple[DecisionRow, ...]
    body_slug: str
    why_not_record: str | None
    is_at_work: bool


def decisions_about(subject: str, *, viewer: Viewer) -> tuple[DecisionRow, ...]:
    """The decisions about one thing that this reader may read, the latest first.

    An exempt one is not among them for others: to be listed here would say what it is about.
    """
    held = _with_exemptions(Decision.objects.filter(subject=subject))
    rows = (_row(each, viewer) for each in held.order_by(*ORDERS["-at"]))
    return tuple(row for row in rows if not row.is_withheld)


def about(subject: str, body_slug: str, *, viewer: Viewer) -> About:
    """The decisions about one thing of a body's, for its page."""
    body = Organisation.objects.get(slug=body_slug)
    return About(
        subject=subject,
        rows=decisions_about(subject, viewer=viewer),
        body_slug=body_slug,
        why_not_record=permissions.why_not_record_decision(viewer, body),
        is_at_work=not viewer.is_public,
    )


def decision_list(
    *, viewer: Viewer, body: str = "", words: str = "", kept: str = "", order: str = "-at"
) -> Iterator[DecisionRow]:
    """Every decision that fits, for a download."""
    for each in _chosen(viewer, body, words, kept, order).iterator(chunk_size=500):
        yield _row(each, viewer)


def decision_list_page(
    number: str | int | None,
    *,
    viewer: Viewer,
    body: str = "",
    words: str = "",
    kept: str = "",
    order: str = "-at",
) -> Page[Any]:
    """One page of the decisions that fit, as frozen rows."""
    chosen = _chosen(viewer, body, words, kept, order)
    page: Page[Any] = Paginator(chosen, PAGE_ROWS).get_page(number)
    page.object_list = [_row(each, viewer) for each in page.object_list]
    return page


def decision_row(decision_id: int, *, viewer: Viewer) -> DecisionRow | None:
    """One decision, or None when there is none of that number."""
    held = _with_exemptions(Decision.objects.filter(pk=decision_id)).first()
    return _row(held, viewer) if held else None


def decision_page(decision_id: int, *, viewer: Viewer) -> DecisionPage | None:
    """One decision with its exemptions, or None when there is none of that number."""
    held = _with_exemptions(Decision.objects.filter(pk=decision_id)).first()
    if held is None:
        return None
    return DecisionPage(
        row=_row(held, viewer),
        exemptions=tuple(
            ExemptionRow(
                paragraph=ExemptUnder(each.paragraph).words,
                why=each.why,
                by=each.by.name,
                at=each.at,
                lifted_by=each.lifted_by.name if each.lifted_by else "",
                lifted_at=each.lifted_at,
            )
            for each in held.exemptions.all()
        ),
        is_at_work=not viewer.is_public,
        why_not_mark=permissions.why_not_mark_exempt(viewer, held),
        why_not_lift=permissions.why_not_lift_exemption(viewer, held),
    )


def bodies_with_decisions() -> tuple[tuple[str, str], ...]:
    """Slug and name of each body that has recorded one."""
    held = Organisation.objects.filter(Exists(Decision.objects.filter(body=OuterRef("pk"))))
    return tuple(held.order_by("name").values_list("slug", "name"))


def bodies_to_record_for(viewer: Viewer) -> tuple[tuple[str, str], ...]:
    """Slug and name of each body whose decisions this reader may record."""
    keys = [body for deed, body in viewer.deeds if deed == Deed.RECORD_DECISION]
    held = Organisation.objects.filter(pk__in=keys).order_by("name")
    return tuple(held.values_list("slug", "name"))


def _with_exemptions(held: QuerySet[Decision]) -> QuerySet[Decision]:
    return held.select_related("body", "by").prefetch_related(
        "exemptions__by", "exemptions__lifted_by"
    )


def _chosen(viewer: Viewer, body: str, words: str, kept: str, order: str) -> QuerySet[Decision]:
    standing = Exists(Exemption.objects.filter(decision=OuterRef("pk"), lifted_at=None))
    held = Decision.objects.annotate(is_exempt=standing)
    if body:
        held = held.filter(body__slug=body)
    if kept in KEPT:
        held = held.filter(is_exempt=KEPT[kept])
    if words:
        # A search that found withheld words would tell them: only what is read is searched.
        said = Q(what__icontains=words) | Q(why__icontains=words) | Q(authority__icontains=words)
        read = Q(is_exempt=False)
        if not viewer.reads_all:
            keys = [body for deed, body in viewer.deeds if deed == Deed.READ_EXEMPT]
            read |= Q(body_id__in=keys)
        held = held.filter(said if viewer.reads_all else said & read)
    return _with_exemptions(held).order_by(*ORDERS.get(order, ORDERS["-at"]))


def _row(decision: Decision, viewer: Viewer) -> DecisionRow:
    held = permissions.standing_exemption(decision)
    exempt = ExemptUnder(held.paragraph).words if held else ""
    is_withheld = permissions.why_not_read_decision(viewer, decision) is not None
    return DecisionRow(
        id=decision.pk,
        body=decision.body.name,
        body_slug=decision.body.slug,
        about=None if is_withheld else subject_of(decision.subject, viewer),
        what=f"Exempt under {exempt}." if is_withheld else decision.what,
        why="" if is_withheld else decision.why,
        by=decision.by.name,
        at=decision.at,
        authority=decision.authority,
        exempt=exempt,
        why_exempt=held.why if held else "",
        is_withheld=is_withheld,
    )

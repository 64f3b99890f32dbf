"""Pages of changes: the ledger, one variation, and the forms by which it goes on."""

import hashlib
from collections.abc import Callable
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from attrs import frozen
from django import forms as django_forms
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from moothall.agreements import permissions
from moothall.agreements.actions import variation_assents, variations
from moothall.agreements.engine.variation import VARIATION
from moothall.agreements.forms import variations as forms
from moothall.agreements.queries import changes
from moothall.agreements.queries import variations as queries
from moothall.agreements.views import variation_tables as tables
from moothall.agreements.views.asking import asked, sent_in
from moothall.agreements.views.whose import (
    PersonsRequest,
    agreement_for,
    agreement_read,
    agreement_trail,
    body_for,
)
from moothall.core.downloads import csv_file, json_file
from moothall.core.permissions import route
from moothall.directory.engine.roles import Deed
from moothall.directory.permissions import why_not_ask_variation
from moothall.directory.queries import viewer_for

if TYPE_CHECKING:
    from moothall.agreements.models import Agreement, Member, Variation

GET_OR_POST = require_http_methods(["GET", "HEAD", "POST"])
HEAD = (
    *("number", "title", "asked_by", "state", "in_force_from", "value_gbp", "term_months"),
    *("effects", "value_after_gbp", "small_used_gbp", "ground"),
)
NO_VARIATION = "No variation of this number is here. The list of changes has them all."
LABEL = "Changes"


@route(public=True)
@require_safe
def ledger(request: HttpRequest, agreement_id: int) -> HttpResponseBase:
    """What an agreement was worth, is worth, and what changed, in the order of its numbers."""
    held = agreement_read(agreement_id, who=request.user)
    viewer = viewer_for(request.user)
    if why := changes.why_withheld(held, viewer):
        raise Http404(f"The changes of {held.name} are withheld: {why}")
    page = changes.changes_page(held, viewer=viewer)
    if (wanted := request.GET.get("format")) == "json":
        return json_file(f"changes-{agreement_id}", page.as_json())
    if wanted == "csv":
        rows = [row.as_json() | {"effects": "; ".join(row.effects)} for row in page.rows]
        lines = [[row[name] for name in HEAD] for row in rows]
        return csv_file(f"changes-{agreement_id}", HEAD, lines)
    may_ask = page.is_read and not _why_not_ask(request.user, held)
    shown = {
        "page": page,
        "agreement": held,
        "trail": agreement_trail(held, (LABEL, "")),
        "table": tables.ledger_table(held, page),
        "asked": tables.asked_table(page),
        "may_ask": may_ask,
        "why_not_ask": None if held.state in variations.MAY_BE_VARIED else _not_now(held),
        "may_keep": not permissions.why_not_keep_agreement(viewer, held),
        "may_set_levels": not permissions.why_not_set_levels(viewer, held.body),
        "levels": queries.levels_of(held.body, timezone.localdate()) if page.is_read else (),
        "has_own_levels": queries.has_own_levels(held.body),
    }
    return render(request, "agreements/variation_list.html", shown)


def _not_now(held: "Agreement") -> str:
    return f"{held.name} is {held.get_state_display()}: only an agreement in force is varied."


def _why_not_ask(person: Any, held: "Agreement") -> str | None:
    return permissions.why_not_at_a_member(person, held, why_not_ask_variation)


@route(deed=Deed.ASK_VARIATION)
@GET_OR_POST
def ask(request: PersonsRequest, agreement_id: int) -> HttpResponse:
    """Ask what should change; and, sent, enter it."""
    held = agreement_for(agreement_id, who=request.user, why_not=_why_not_ask)
    bodies = {
        body.slug: body
        for body in permissions.bodies_of(held)
        if why_not_ask_variation(request.user, body) is None
    }
    version = queries.latest_version(held)
    form = forms.VariationForm(
        sent_in(request),
        bodies=[(slug, body.name) for slug, body in bodies.items()],
        grounds=changes.grounds_of(held),
        initial={"text": version.text if version else "", "in_force_from": timezone.localdate()},
    )

    def deed(typed: dict[str, Any]) -> str:
        given = form.said()
        if version and given["value_pence"] is not None and _same(given["text"], version.text):
            given["text"] = ""  # nothing changes in the deal file: only a value is stated
        one = variations.ask_variation(
            agreement=held, organisation=bodies[typed["organisation"]], by=request.user,
            at=timezone.now(), **given,
        )  # fmt: skip
        return f"Variation {one.number} is asked for. Next it is priced and tested."

    return asked(
        request, form, deed, heading="Ask for a variation", label="Ask for it", caption=held.name,
        back=reverse("agreements:variations", args=[held.pk]),
        trail=_trail(held, ("Ask for a variation", "")),
        answer="It is priced by running the deal before and after, and tested by the law of this "
        "agreement.",
    )  # fmt: skip


def _same(text: str, other: str) -> bool:
    return text.split() == other.split()


@route(deed=Deed.READ_AGREEMENT)
@require_safe
def variation(request: PersonsRequest, agreement_id: int, number: int) -> HttpResponse:
    """One variation: what it changes, what it costs, what the law says, and who has agreed."""
    held, one = _variation(request, agreement_id, number)
    page = changes.variation_page(one, viewer=viewer_for(request.user))
    steps = _steps(request.user, one)
    shown = {
        "page": page,
        "agreement": held,
        "trail": _trail(held, (f"Variation {number}", "")),
        "deeds": [
            (key, step, reverse("agreements:variation_deed", args=[held.pk, number, key]))
            for key, step in steps.items()
            if step.why_not is None
        ],
        "refused": _by_reason(steps),
        "impact": tables.impact_table(page),
        "places": tables.places_table(page),
        "grounds": tables.grounds_table(page),
        "assents": tables.assents_table(page),
        "life": VARIATION,
        "may_change": one.state in ("ASKED", "ASSESSED")
        and permissions.why_not_work_on_variation(request.user, one) is None,
    }
    return render(request, "agreements/variation.html", shown)


def _by_reason(steps: dict[str, "Step"]) -> list[tuple[str, list["Step"]]]:
    """What may not be done now, by the sentence that refuses it."""
    found: dict[str, list[Step]] = {}
    for step in steps.values():
        if step.why_not is not None:
            found.setdefault(step.why_not, []).append(step)
    return list(found.items())


@route(deed=Deed.ASK_VARIATION)
@GET_OR_POST
def change(request: PersonsRequest, agreement_id: int, number: int) -> HttpResponse:
    """Ask what a variation should say; and, sent, say so: it is priced and agreed to anew."""
    held, one = _variation(request, agreement_id, number)
    if reason := permissions.why_not_work_on_variation(request.user, one):
        raise PermissionDenied(reason)
    answers = {None: "", False: "no", True: "yes"}
    initial = {name: getattr(one, name) for name in variations.FIELDS} | {
        "value_gbp": None if one.value_pence is None else Decimal(one.value_pence) / 100,
        "scope_is_material": answers[one.scope_is_material],
        "favours_supplier": answers[one.favours_supplier],
    }
    form = forms.VariationForm(sent_in(request), grounds=changes.grounds_of(held), initial=initial)

    def deed(_typed: dict[str, Any]) -> str:
        variations.set_variation(variation=one, by=request.user, at=timezone.now(), **form.said())
        return "It is changed. Price and test it anew."

    return asked(
        request, form, deed, heading=f"Change variation {number}", label="Change it",
        caption=held.name, back=queries.address_of(one),
        trail=_trail(held, (f"Variation {number}", queries.address_of(one)), ("Change it", "")),
    )  # fmt: skip


@frozen
class Step:
    """A deed about a variation that is offered now; or the sentence why it is not."""

    label: str
    form: Callable[..., django_forms.Form]
    deed: Callable[[dict[str, Any]], str]
    why_not: str | None = None
    kind: str = ""
    answer: str = ""


def _steps(person: Any, one: "Variation") -> dict[str, Step]:
    """What may be done next with a variation, by the key in its address."""
    said: dict[str, Any] = {"variation": one, "by": person, "at": timezone.now()}
    keeps = permissions.why_not_keep_agreement(person, one.agreement)
    works = permissions.why_not_work_on_variation(person, one)
    refuses = permissions.why_not_refuse_variation(person, one.agreement)
    open_ = {move.key for move in VARIATION.open_from(one.state)}
    found: dict[str, Step] = {}

    def step(key: str, label: str, form: Any, act: Any, sentence: str, why_not: Any, **more: Any):
        def deed(typed: dict[str, Any]) -> str:
            act(**said, **typed)
            return sentence

        found[key] = Step(label, form, deed, why_not, **more)

    if "ASSESS" in open_:
        label = "Price it and test it" if one.state == "ASKED" else "Price and test it again"
        step("assess", label, forms.NothingForm, variations.assess_variation,
             "It is priced and tested.", works,
             kind="" if one.state == "ASKED" else "secondary")  # fmt: skip
        step("advise", "Record a solicitor’s advice", forms.AdviceForm,
             variations.record_solicitor, "The advice is recorded.", keeps,
             kind="secondary")  # fmt: skip
    if "APPROVE" in open_:
        for member in queries.members_open(one):
            _agreeing(found, one, member, person, keeps)
    if "TAKE_EFFECT" in open_:
        step("in-force", "Bring it into force", forms.NothingForm, variations.bring_into_force,
             "It is in force: its terms are the agreement’s from its day on.", keeps)  # fmt: skip
    if "REFUSE" in open_:
        step("refuse", "Refuse it", forms.CloseForm, variations.refuse_variation,
             "It is refused.", refuses, kind="warning")  # fmt: skip
    if "WITHDRAW" in open_:
        step("withdraw", "Withdraw it", forms.CloseForm, variations.withdraw_variation,
             "It is withdrawn.", works, kind="secondary")  # fmt: skip
    return found


def _agreeing(
    found: dict[str, Step], one: "Variation", member: "Member", person: Any, keeps: str | None
) -> None:
    name, now = member.organisation.name, timezone.now()

    def agree(typed: dict[str, Any]) -> str:
        variation_assents.approve_variation(
            variation=one, member=member, by=person, at=now, **typed
        )
        return f"{name} agrees to it."

    def enter(typed: dict[str, Any]) -> str:
        file = typed["document"]
        digest = hashlib.sha256()
        for chunk in file.chunks():
            digest.update(chunk)
        variation_assents.record_assent(
            variation=one, member=member, by=person, at=now, document_name=file.name,
            document_digest=digest.hexdigest(),
        )  # fmt: skip
        return f"The word of {name} is entered."

    why_not = variation_assents.why_not_agree(one, member, person, now.date())
    is_private = queries.is_private(member.organisation)
    found[f"agree-{member.pk}"] = Step(
        f"Agree to it for {name}",
        forms.NothingForm if is_private else forms.AgreeForm,
        agree,
        why_not,
    )
    if member.organisation_id != one.agreement.body_id and keeps is None:
        found[f"enter-{member.pk}"] = Step(
            f"Enter the word of {name} from its document",
            forms.DocumentForm,
            enter,
            None if variations.why_law_refuses(one) is None else variations.why_law_refuses(one),
            kind="secondary",
        )


@route(deed=Deed.READ_AGREEMENT)
@GET_OR_POST
def deed(request: PersonsRequest, agreement_id: int, number: int, deed: str) -> HttpResponse:
    """Ask what a deed about a variation needs; and, sent, do it."""
    held, one = _variation(request, agreement_id, number)
    step = _steps(request.user, one).get(deed)
    if step is None:
        raise Http404("Nothing of this kind is to be done with this variation now. Its page says.")
    if step.why_not and request.method != "POST":
        raise PermissionDenied(step.why_not)
    form = step.form(sent_in(request), request.FILES or None)
    here = queries.address_of(one)
    return asked(
        request, form, step.deed, heading=step.label, label=step.label,
        caption=f"Variation {number} of {held.name}: {one.title}", back=here,
        trail=_trail(held, (f"Variation {number}", here), (step.label, "")), answer=step.answer,
    )  # fmt: skip


@route(deed=Deed.KEEP_AGREEMENT)
@GET_OR_POST
def basis(request: PersonsRequest, agreement_id: int) -> HttpResponse:
    """Ask what was awarded, as the law on changes asks it; and, sent, record it."""
    held = _kept(request, agreement_id)
    known = queries.basis_of(held)
    names = ("what", "is_light_touch", "vat_rate", "term_months", "reading", "advised_by")
    initial = {name: getattr(known, name) for name in names} if known else {}
    form = forms.BasisForm(sent_in(request), initial=initial)

    def act(typed: dict[str, Any]) -> str:
        variation_assents.set_change_basis(
            agreement=held, by=request.user, at=timezone.now(), **typed
        )
        return "What was awarded is recorded."

    return asked(
        request, form, act, heading="What was awarded", label="Record it", caption=held.name,
        back=reverse("agreements:variations", args=[held.pk]),
        trail=_trail(held, ("What was awarded", "")),
        answer="The law tests a change against it. Its law, commencement and value stand in the "
        "agreement’s record.",
    )  # fmt: skip


@route(deed=Deed.KEEP_AGREEMENT)
@GET_OR_POST
def need(request: PersonsRequest, agreement_id: int) -> HttpResponse:
    """Ask which need a volume should follow, and its readings; and, sent, watch it."""
    held = _kept(request, agreement_id)
    form = forms.NeedForm(sent_in(request), facts=queries.activity_facts(queries.deal_of(held)))

    def act(typed: dict[str, Any]) -> str:
        rows = typed.pop("readings")
        readings = [variation_assents.Need(*row) for row in rows]
        variation_assents.watch_need(
            agreement=held, readings=readings, by=request.user, at=timezone.now(), **typed
        )
        return "The volume is held against the need."

    return asked(
        request, form, act, heading="Hold a volume against the need", label="Watch it",
        caption=held.name, back=reverse("agreements:variations", args=[held.pk]),
        trail=_trail(held, ("Hold a volume against the need", "")),
        answer="What is paid for by activity should follow a need that the provider does not "
        "steer.",
    )  # fmt: skip


@route(deed=Deed.COMMENT_AGREEMENT)
@GET_OR_POST
def levels(request: PersonsRequest, slug: str) -> HttpResponse:
    """Ask who approves variations of a body, and up to which size; and, sent, say so."""
    body = body_for(slug, who=request.user, why_not=permissions.why_not_set_levels)
    roles = permissions.roles_that_approve()
    initial: dict[str, Any] = {}
    for level in queries.levels_of(body, timezone.localdate()):
        limited = level.up_to_gbp is not None or level.up_to_share is not None
        initial |= {
            f"{level.role}.may": "up_to" if limited else "any",
            f"{level.role}.gbp": level.up_to_gbp,
            f"{level.role}.share": level.up_to_share,
            f"{level.role}.decision": level.asks_decision,
        }
    form = forms.LevelsForm(sent_in(request), roles=roles, initial=initial)

    def act(_typed: dict[str, Any]) -> str:
        variation_assents.set_approval_levels(
            body=body, levels=form.levels(), by=request.user, at=timezone.now()
        )
        return f"{body.name} approves variations by these levels."

    home = reverse("agreements:home")
    return asked(
        request, form, act, heading="Who approves variations", label="Set these levels",
        caption=body.name, back=home,
        trail=[("Agreements", home), ("Who approves variations", "")],
        answer="As the body’s own scheme of delegation says. Until it is entered, a common shape "
        "holds.",
    )  # fmt: skip


def _variation(
    request: PersonsRequest, agreement_id: int, number: int
) -> tuple["Agreement", "Variation"]:
    held = agreement_for(agreement_id, who=request.user, why_not=permissions.why_not_read_agreement)
    one = queries.variation_of(held, number)
    if one is None:
        raise Http404(NO_VARIATION)
    return held, one


def _kept(request: PersonsRequest, agreement_id: int) -> "Agreement":
    return agreement_for(agreement_id, who=request.user, why_not=permissions.why_not_keep_agreement)


def _trail(held: "Agreement", *more: tuple[str, str]) -> list[tuple[str, str]]:
    return agreement_trail(held, (LABEL, reverse("agreements:variations", args=[held.pk])), *more)

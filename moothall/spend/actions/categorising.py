"""A person's word on what a kind of payment is. It holds for files still to come, until undone."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from moothall.core import audit
from moothall.core.errors import CannotDo
from moothall.core.permissions import Viewer
from moothall.directory.models import Organisation, Person
from moothall.directory.permissions import why_not_categorise
from moothall.spend.actions.refreshing import refresh_soon
from moothall.spend.models import CategoryCorrection
from moothall.spend.queries.rulebook import scheme


class CannotCategorise(CannotDo):
    """Every line keeps its category."""


def correct_category(
    *,
    body: Organisation,
    scope: str,
    matches: str,
    category: str,
    by: Person | None,
    at: datetime,
) -> CategoryCorrection:
    """Say what a body's lines of one supplier, of one published category, or of one kind are.

    scope   : SUPPLIER, PUBLISHED or SIGNATURE
    matches : the supplier's id, the category as published, or the line's category key

    :raises CannotCategorise: when the role is missing, the category is none of the scheme's, or
        there is nothing that it would be about.
    """
    if reason := why_not_categorise(by or Viewer.operator(), body):
        raise CannotCategorise(reason)
    if category not in scheme().categories():
        raise CannotCategorise(
            f"“{category}” is not a category of the second level. Choose one from the list."
        )
    if scope not in CategoryCorrection.Scope.values or not matches.strip():
        raise CannotCategorise(
            "Say what the correction is about: the supplier, the published category, or lines "
            "exactly like one."
        )
    if scope != CategoryCorrection.Scope.PUBLISHED and not matches.lstrip("-").isdigit():
        raise CannotCategorise("That supplier or line has no number. Start again from its page.")
    with transaction.atomic():
        standing = CategoryCorrection.objects.filter(
            body=body, scope=scope, matches=matches, undone_at=None
        )
        replaced = list(standing.values_list("pk", flat=True))
        standing.update(undone_by=by, undone_at=at)
        correction = CategoryCorrection.objects.create(
            body=body, scope=scope, matches=matches, category=category, by=by, at=at
        )
        refresh_soon(key=f"category:{correction.pk}")
        audit.record(
            by=by,
            at=at,
            did="spend.category_corrected",
            to=correction,
            body_id=body.pk,
            scope=scope,
            matches=audit.digest(matches),
            category=category,
            replaces=replaced,
        )
    return correction


def undo_category(*, correction_id: int, by: Person | None, at: datetime) -> CategoryCorrection:
    """Take a correction back: the lines are sorted again as if it had not been made.

    :raises CannotCategorise: when the role is missing, or it was undone already.
    """
    with transaction.atomic():
        correction = CategoryCorrection.objects.select_for_update().get(pk=correction_id)
        if correction.body_id is None:
            reason = None if by is None else "Only the operator undoes what holds for every body."
        else:
            body = Organisation.objects.get(pk=correction.body_id)
            reason = why_not_categorise(by or Viewer.operator(), body)
        if reason:
            raise CannotCategorise(reason)
        if correction.undone_at is not None:
            raise CannotCategorise("That correction was undone already. Nothing is left to undo.")
        correction.undone_by, correction.undone_at = by, at
        correction.save(update_fields=["undone_by", "undone_at"])
        refresh_soon(key=f"category:{correction.pk}:undone")
        audit.record(
            by=by,
            at=at,
            did="spend.category_correction_undone",
            to=correction,
            body_id=correction.body_id,
        )
    return correction

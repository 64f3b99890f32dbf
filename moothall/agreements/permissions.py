"""May this person read, write or try this draft, or read what a trial found?"""

from collections.abc import Callable

from moothall.agreements.models import Draft, Trial
from moothall.directory.models import Organisation
from moothall.directory.permissions import (
    Asker,
    why_not_draft_deal,
    why_not_read_deal,
    why_not_try_deal,
)

WhyNot = Callable[[Asker, Organisation], str | None]

__all__ = [
    "WhyNot",
    "is_shared_with",
    "may_read_result",
    "why_not_draft_deal",
    "why_not_read_deal",
    "why_not_release",
    "why_not_try_deal",
]


def is_shared_with(draft: Draft, body: Organisation) -> bool:
    return draft.shares.filter(body=body).exists()


def may_read_result(trial: Trial, body: Organisation) -> bool:
    """Whether those who read the deals of `body` read it: its own, or released to it."""
    owner = trial.version.draft.body_id
    return owner == body.pk or trial.releases.filter(body=body).exists()


def why_not_release(person: Asker, trial: Trial, to: Organisation) -> str | None:
    """Return why `person` may not show what a trial found to another body, or None."""
    draft = trial.version.draft
    if reason := why_not_draft_deal(person, draft.body):
        return reason
    if trial.state != Trial.State.DONE:
        return "This result is not released: it is not there yet. Wait until it is done."
    if to.pk == draft.body_id:
        return f"{to.name} ran this itself and reads it already. Choose another body."
    if draft.is_competition:
        return (
            "This result is not released: the deal is in a live competition, where every bidder "
            "has the same. Release it when the competition is over."
        )
    return None

"""Which thresholds for flags has this place adopted?"""

from pathlib import Path

from django.conf import settings

from moothall.deals.fairness import Policy
from moothall.deals.policy_file import CannotReadPolicy, policy_from


def adopted_policy() -> Policy | None:
    """Return what the place has adopted; None: nothing.

    :raises CannotReadPolicy: when the file that is set is no policy.
    """
    if not settings.FAIRNESS_POLICY:
        return None
    try:
        text = Path(settings.FAIRNESS_POLICY).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError):
        raise CannotReadPolicy(
            "The fairness policy that this installation names cannot be read. Ask whoever runs it "
            "to mend MOOTHALL_FAIRNESS_POLICY."
        ) from None
    return policy_from(text)

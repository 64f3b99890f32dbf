"""May this person do what is about more than one body's rows? If not, why not: in a sentence.

What is about one body's rows is asked of `directory.permissions`.
"""

from __future__ import annotations

from moothall.core.permissions import Viewer
from moothall.directory.engine.roles import Role, in_words, roles_that_may
from moothall.directory.models import Deed
from moothall.directory.permissions import Asker
from moothall.directory.queries import viewer_for

_WHO_LOADS = "Only a finance officer or a section 151 officer of a body here may. "


def why_not_load_register(person: Asker) -> str | None:
    """Return why `person` may not load or remove a register of organisations, or None.

    A register tells of every body's suppliers, so whoever may load spend for any body may.
    """
    viewer = person if isinstance(person, Viewer) else viewer_for(person)
    if viewer.reads_all or any(deed == Deed.LOAD_SPEND for deed, _body in viewer.deeds):
        return None
    if viewer.is_public:
        return "You cannot load a register: you have not signed in. Sign in first."
    return "You cannot load a register. " + _WHO_LOADS + "Ask one of them to do it."


def why_not_at_any_body(deed: Deed, viewer: Viewer) -> str | None:
    """Return why `viewer`, made for `deed`, may do it at no body at all, or None."""
    if viewer.reads_all or viewer.bodies_read:
        return None
    doing = deed.words.format(body="any body")
    if viewer.is_public:
        return f"You cannot {doing}: you have not signed in. Sign in first."
    return (
        f"You cannot {doing}: only a {in_words(roles_that_may(deed))} may. Ask the "
        f"{Role.SYSTEM_ADMINISTRATOR.words} of your body for the role."
    )

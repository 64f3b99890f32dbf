"""May this person change what holds for every body's spending? If not, why not: in a sentence.

What is about one body's rows is asked of `directory.permissions`.
"""

from __future__ import annotations

from moothall.core.permissions import Viewer
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

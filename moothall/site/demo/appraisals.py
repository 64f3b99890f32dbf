"""Two appraisals of the demonstration: libraries, finished; leisure, to be carried on."""

from datetime import datetime
from importlib.resources import files

from moothall.appraisal.actions.appraising import begin_appraisal
from moothall.appraisal.models import Appraisal
from moothall.directory.models import Organisation, Person

LIBRARIES = "libraries-ten-options"


def make_appraisals(body: Organisation, by: Person, at: datetime) -> None:
    """Make them once; a demonstration that has any keeps them as they are."""
    if Appraisal.objects.exists():
        return
    half_done = files("moothall.site") / "demo" / "appraisal_files" / "leisure.toml"
    begin_appraisal(
        body=body,
        name="Leisure centres from 2028",
        text=half_done.read_text(encoding="utf-8"),
        by=by,
        at=at,
    )
    begin_appraisal(body=body, name="Libraries from 2027", case=LIBRARIES, by=by, at=at)

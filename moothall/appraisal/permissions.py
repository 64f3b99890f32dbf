"""May this person read an appraisal, or work on it?"""

from moothall.directory.permissions import Asker, why_not_read_appraisal, why_not_work_on_appraisal

__all__ = ["Asker", "why_not_read_appraisal", "why_not_work_on_appraisal"]

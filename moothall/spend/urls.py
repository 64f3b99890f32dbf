"""Every address of the spend room."""

from django.urls import include, path, register_converter
from django.urls.converters import StringConverter

from moothall.spend.views import explorer, lines, suppliers


class WholeNumber:
    """A whole number of up to 19 digits, below nought too: ids are hashes as often as counts."""

    regex = "-?[0-9]{1,19}"

    def to_python(self, text: str) -> int:
        number = int(text)
        if not -(2**63) <= number < 2**63:
            raise ValueError
        return number

    def to_url(self, number: int) -> str:
        return str(number)


class CategoryCode(StringConverter):
    """'social-care', or 'social-care/residential'."""

    regex = "[a-z][a-z-]*(?:/[a-z][a-z-]*)?"


register_converter(WholeNumber, "whole")
register_converter(CategoryCode, "category")

app_name = "spend"
urlpatterns = [
    path("", explorer.home, name="home"),
    path("by/<slug:dimension>", explorer.by, name="by"),
    path("categories", explorer.categories, name="categories"),
    path("categories/<category:code>", explorer.category, name="category"),
    path("suppliers", suppliers.supplier_list, name="supplier_list"),
    path("suppliers/<whole:supplier_id>", suppliers.supplier, name="supplier"),
    path("suppliers/<whole:supplier_id>/error", suppliers.report_error, name="report_error"),
    path("errors", suppliers.error_reports, name="error_reports"),
    path("errors/<int:report_id>", suppliers.answer_error, name="answer_error"),
    path("lines", lines.line_list, name="line_list"),
    path("lines/<whole:source_id>/<int:row>", lines.line, name="line"),
    path("bodies", explorer.bodies, name="bodies"),
    path("between", explorer.between, name="between"),
    path("together", explorer.together, name="together"),
    path("concentration", explorer.concentration, name="concentration"),
    path("local", explorer.local, name="local"),
    path("download", explorer.download, name="open_data"),
    path("work/", include("moothall.spend.urls_work")),
]

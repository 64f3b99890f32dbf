"""Which column of a published file is which field of a payment line?"""

from attrs import field, frozen

FIELDS = (
    "paid_on",
    "amount",
    "irrecoverable_vat",
    "supplier_name",
    "supplier_ref",
    "vat_number",
    "company_number",
    "charity_number",
    "department",
    "service",
    "purpose",
    "category_text",
    "proclass",
    "cpv",
    "sercop",
    "account_code",
    "transaction_ref",
    "capital_revenue",
    "is_card",
    "invoice_number",
    "invoice_date",
    "received_date",
    "vat",
    "gross",
    "purchase_order",
    "cost_centre",
)


@frozen
class Column:
    """One column of a file: its place from the left, from 0, and its header as published."""

    index: int
    header: str


@frozen
class Mapping:
    """Where each field of a payment line stands in one file.

    columns     : field -> Column, for the fields found
    headers     : every header cell of the file, as published; empty when the file has none
    header_row  : physical line on which the header stands, from 1; 0 when the file has none
    date_meaning: 'paid' | 'posted' | 'cleared' | 'invoiced' | 'unknown'
    kind        : 'spend' | 'cards' | 'ap_extract'
    doubts      : sentences for a person to read before confirming
    """

    columns: dict[str, Column]
    headers: tuple[str, ...] = ()
    header_row: int = 0
    date_meaning: str = "unknown"
    kind: str = "spend"
    doubts: tuple[str, ...] = field(default=(), converter=tuple)

    def index_of(self, name: str) -> int | None:
        """Return the place of a field's column, or None when the file has no such column."""
        column = self.columns.get(name)
        return None if column is None else column.index

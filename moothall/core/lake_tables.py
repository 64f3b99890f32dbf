"""What columns does each table of the lake have?

`lines`       one row per payment line, as published, never rewritten
`aside`       one row per line that was set aside, with its reason
`names`       one row per name as published: whose name it is, and what the public may call it
`categories`  one row per signature of a line: its category, how it was found, how sure that is
`links`       one row per join of two names: the evidence, and whose rows it rests on
`candidates`  one row per likely match that waits for a person
and the cubes, from the smallest:
`cube_categories` spend by publication, category and month
`cube_years`      spend by publication, name and financial year
`cube_months`     spend by publication, category, department and month
`cube_names`      spend by publication, name, category and month
"""

import pyarrow as pa

MONEY = pa.decimal128(18, 2)


def _schema(**columns: pa.DataType) -> pa.Schema:
    return pa.schema(list(columns.items()))


LINES = _schema(
    publication_id=pa.int64(),
    body_id=pa.int64(),
    source_id=pa.int64(),
    row=pa.int32(),
    sheet=pa.string(),
    paid_on=pa.date32(),
    date_basis=pa.string(),
    date_meaning=pa.string(),
    amount=MONEY,
    amount_text=pa.string(),
    irrecoverable_vat=MONEY,
    supplier_name=pa.string(),
    supplier_ref=pa.string(),
    vat_number=pa.string(),
    company_number=pa.string(),
    charity_number=pa.string(),
    department=pa.string(),
    service=pa.string(),
    purpose=pa.string(),
    category_text=pa.string(),
    proclass=pa.string(),
    cpv=pa.string(),
    sercop=pa.string(),
    account_code=pa.string(),
    transaction_ref=pa.string(),
    capital_revenue=pa.string(),
    is_card=pa.bool_(),
    is_redacted=pa.bool_(),
    invoice_number=pa.string(),
    invoice_date=pa.date32(),
    received_date=pa.date32(),
    vat=MONEY,
    gross=MONEY,
    purchase_order=pa.string(),
    cost_centre=pa.string(),
    name_key=pa.int64(),
    category_key=pa.int64(),
)
ASIDE = _schema(
    publication_id=pa.int64(),
    body_id=pa.int64(),
    source_id=pa.int64(),
    row=pa.int32(),
    sheet=pa.string(),
    reason=pa.string(),
    sentence=pa.string(),
    amount=MONEY,
    cells=pa.string(),
)
NAMES = _schema(
    name_key=pa.int64(),
    body_id=pa.int64(),
    supplier_name=pa.string(),
    supplier_ref=pa.string(),
    supplier_id=pa.int64(),
    supplier=pa.string(),
    public_name=pa.string(),
    kind=pa.string(),
    is_local=pa.bool_(),
    is_small=pa.bool_(),
    is_third_sector=pa.bool_(),
    is_mutual=pa.bool_(),
    public_body_id=pa.int64(),
)
CATEGORIES = _schema(
    category_key=pa.int64(),
    category=pa.string(),
    group=pa.string(),
    how=pa.string(),
    sureness=pa.float64(),
    words=pa.string(),
)
LINKS = _schema(
    left_key=pa.int64(),
    right_key=pa.int64(),
    evidence=pa.string(),
    fact=pa.string(),
    body_ids=pa.list_(pa.int64()),
)
CANDIDATES = _schema(
    left_key=pa.int64(),
    right_key=pa.int64(),
    evidence=pa.string(),
    fact=pa.string(),
    body_ids=pa.list_(pa.int64()),
    sureness=pa.float64(),
    rank=pa.int32(),
)
CUBE_CATEGORIES = _schema(
    publication_id=pa.int64(),
    body_id=pa.int64(),
    category=pa.string(),
    group=pa.string(),
    month=pa.date32(),
    spend=MONEY,
    payment_count=pa.int64(),
)
CUBE_YEARS = _schema(
    publication_id=pa.int64(),
    body_id=pa.int64(),
    name_key=pa.int64(),
    year_starts=pa.date32(),
    spend=MONEY,
    payment_count=pa.int64(),
)
CUBE_MONTHS = _schema(
    publication_id=pa.int64(),
    body_id=pa.int64(),
    category=pa.string(),
    group=pa.string(),
    department=pa.string(),
    month=pa.date32(),
    spend=MONEY,
    payment_count=pa.int64(),
)
CUBE_NAMES = _schema(
    publication_id=pa.int64(),
    body_id=pa.int64(),
    name_key=pa.int64(),
    category=pa.string(),
    group=pa.string(),
    month=pa.date32(),
    spend=MONEY,
    payment_count=pa.int64(),
)

CUBES = {
    "cube_categories": CUBE_CATEGORIES,
    "cube_years": CUBE_YEARS,
    "cube_months": CUBE_MONTHS,
    "cube_names": CUBE_NAMES,
}
TABLES = {
    "lines": LINES,
    "aside": ASIDE,
    "names": NAMES,
    "categories": CATEGORIES,
    "links": LINKS,
    "candidates": CANDIDATES,
    **CUBES,
}
# Nobody but a body's own readers sees these columns of its lines.
PRIVATE_COLUMNS = (
    "supplier_name",
    "supplier_ref",
    "vat_number",
    "company_number",
    "charity_number",
)

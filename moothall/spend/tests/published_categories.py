"""What do two councils say themselves that their payments were for?

A plain reading for measuring the categories: it shares no code with the feeds. Wakefield prints its
own procurement headings, Trafford ProClass codes. Nothing read here is ever written into the
repository; the headings below are words of a classification, not of payments.
"""

import csv
import io
import lzma
import zipfile
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from pathlib import Path

import polars as pl

WAKEFIELD_HEADINGS = {
    "Advertising": "business-services/marketing",
    "Agency": "business-services/agency-staff",
    "Air Cond": "construction/building-repairs",
    "Animal": "facilities/pest-control",
    "Architects": "professional-services/design",
    "Asbestos": "construction/building-repairs",
    "Audio Visual": "ict/hardware",
    "Auditors": "financial/audit",
    "Banking": "financial/banking",
    "Bereavement": "other/cemeteries",
    "Building Services": "construction/building-repairs",
    "Building Services - Adhesive": "construction/materials",
    "Building Services - Architectural Iron": "construction/materials",
    "Building Services - Fencing": "facilities/grounds",
    "Building Services - Groundwork": "construction/engineering",
    "Building Services - Metal": "construction/materials",
    "Building Services - Rubber": "construction/materials",
    "Building Services - Signage": "business-services/printing",
    "Building Services - Timber": "construction/materials",
    "Cash Collection": "financial/banking",
    "Catering": "facilities/catering",
    "Childcare": "social-care/early-years",
    "Childecare": "social-care/early-years",
    "Cleaning": "facilities/cleaning",
    "Clothing": "facilities/health-and-safety",
    "Coach": "travel/passenger",
    "Communications": "business-services/marketing",
    "Community Networks": "social-care/advice-and-support",
    "Community Projects": "social-care/advice-and-support",
    "Construction": "construction/building-works",
    "Construction Professional": "professional-services/design",
    "Consultancy": "professional-services/consultancy",
    "Disabled Facilities": "other/payments-to-individuals",
    "Doctors": "other/health",
    "Drainage": "construction/engineering",
    "Education & Careers": "other/education-services",
    "Education and Careers": "other/education-services",
    "Energy": "utilities/general",
    "Energy Efficient": "utilities/energy-saving",
    "Environmental Health - Air": "professional-services/laboratory",
    "Environmental Health - Pest": "facilities/pest-control",
    "Events": "other/arts-and-heritage",
    "Financial Advice": "financial/audit",
    "Fire Systems": "facilities/health-and-safety",
    "First Aid": "facilities/health-and-safety",
    "Fleet Consumables": "travel/vehicle-maintenance",
    "Funeral": "other/cemeteries",
    "Furniture": "facilities/furniture",
    "Government Agencies": "other/public-bodies",
    "HR Services": "business-services/human-resources",
    "Hardware (ICT)": "ict/hardware",
    "Health & Wellbeing": "other/health",
    "Health Authorities": "other/health",
    "Highways Schemes": "construction/roads",
    "Hygiene": "facilities/cleaning",
    "ICT - Hardware": "ict/hardware",
    "ICT - Hardware - Photo": "ict/office-machines",
    "ICT - Software": "ict/software",
    "ICT Consultant": "ict/services",
    "Insurance": "financial/insurance",
    "Legal Services": "professional-services/legal",
    "Letting": "professional-services/property-advice",
    "Libraries": "other/education-supplies",
    "Lift": "construction/building-repairs",
    "Liquid Fuel": "travel/fuel",
    "Looked After Children": "social-care/childrens-services",
    "Looked After Children - Fostering": "social-care/fostering-and-adoption",
    "Looked After Children - Residential": "social-care/childrens-residential",
    "Lubricants": "travel/vehicle-maintenance",
    "Materials": "construction/roads",
    "Medical": "other/health",
    "Memberships": "business-services/memberships",
    "Mobility Vehicles": "travel/vehicles",
    "Museums": "other/arts-and-heritage",
    "Nursing & Residential": "social-care/residential",
    "Occupational Health": "business-services/human-resources",
    "Other Professional": "professional-services/general",
    "Other Transport": "travel/general",
    "PFM": "facilities/property-management",
    "Paper": "business-services/stationery",
    "Parking": "travel/parking",
    "Parks": "facilities/grounds",
    "Passenger Transport": "travel/passenger",
    "Pharmac": "other/health",
    "Photocopiers": "ict/office-machines",
    "Playground": "other/sport-and-leisure",
    "Post": "business-services/post",
    "Print": "business-services/printing",
    "Property Management": "facilities/property-management",
    "Public Events": "other/arts-and-heritage",
    "Publications": "business-services/memberships",
    "Purchase of Fleet": "travel/vehicles",
    "Road Marking": "construction/roads",
    "SEND": "other/special-education",
    "Security": "facilities/security",
    "Services": "ict/services",
    "Servicing Repair": "travel/vehicle-maintenance",
    "Sexual Health": "other/health",
    "Specialised Health": "social-care/general",
    "Specialist Care": "social-care/general",
    "Specialist Community": "social-care/general",
    "Specialist Homecare": "social-care/home-care",
    "Specialist Housing": "social-care/supported-living",
    "Specialist Medical Health Equip": "social-care/equipment",
    "Specialist Support Services": "social-care/supported-living",
    "Sport": "other/sport-and-leisure",
    "Storage": "business-services/storage",
    "Street Lighting": "construction/street-lighting",
    "Substance": "other/health",
    "Surfacing": "construction/roads",
    "Systems & Software": "ict/software",
    "Telecom": "ict/telecoms",
    "Training": "business-services/training",
    "Training - Exam": "other/education-services",
    "Translation": "business-services/translation",
    "Travel & Hotels": "travel/staff-travel",
    "Tyres": "travel/vehicle-maintenance",
    "Urban Traffic": "construction/roads",
    "Utilities - Electricity": "utilities/electricity",
    "Utilities - Gas": "utilities/gas",
    "Utilities - Solid": "utilities/heating-fuel",
    "Utilities - Sustain": "utilities/energy-saving",
    "Utilities - Water": "utilities/water",
    "Vehicle and Plant Hire": "travel/vehicles",
    "Waste": "waste/general",
    "Waste Disposal": "waste/disposal",
    "Weather": "professional-services/laboratory",
    "Weight": "other/health",
    "Youth Org": "social-care/childrens-services",
    "training - Exam": "other/education-services",
}
"""Our category for each of Wakefield's sub-headings, by how the sub-heading begins."""

WAKEFIELD_TRADES = {
    "Addiction": "other",
    "Adoption": "social-care",
    "Carers & Home": "social-care",
    "Childcare": "social-care",
    "Childminders": "social-care",
    "Children": "social-care",
    "Day Centres": "social-care",
    "Disability & Special Needs": "social-care",
    "Disability Equip": "social-care",
    "Drug Misuse": "other",
    "Educational": "other",
    "Home Care": "social-care",
    "Home Support": "social-care",
    "Mobility & Access": "social-care",
    "Nurseries": "social-care",
    "Nursery": "social-care",
    "Nursing Agencies": "social-care",
    "Nursing Homes": "social-care",
    "Playgroups": "social-care",
    "Residential Care Homes": "social-care",
    "Schools": "other",
    "Social Services": "social-care",
    "Stairlifts": "social-care",
}
"""Our group for the payee's trade, where Wakefield left the sub-heading "to be classified"."""


TEXTS = (
    "supplier_name",
    "department",
    "service",
    "purpose",
    "category_text",
    "proclass",
    "cpv",
    "sercop",
    "account_code",
)


def wakefield(folder: Path) -> pl.DataFrame:
    """Signatures of Wakefield with `truth`; its own classification is not among the columns."""
    rows = []
    for path in sorted((folder / "spend/wakefield/clean").glob("201*.csv.xz")):
        header, *records = _records(lzma.decompress(path.read_bytes()))
        names = [name.strip().lower() for name in header]
        heading, sub_heading = (
            place for place, name in enumerate(names) if name == "procurement classification"
        )
        amount = next(names.index(name) for name in ("net amount", "amount") if name in names)
        trade = names.index("thomson classification")
        service = names.index("service (sercop)")
        for record in records:
            if len(record) <= amount:
                continue
            # The code and the words of two pairs of columns change places between the years.
            trades = [text for text in record[trade : trade + 2] if not text.strip().isdigit()]
            services = [text for text in record[service : service + 2] if len(text) > 2]
            rows.append(
                {
                    "body_id": 1,
                    "supplier_name": record[names.index("supplier name")],
                    "department": record[names.index("directorate")],
                    "purpose": record[names.index("purpose of spend")],
                    "sercop": services[0] if services else None,
                    "truth": _wakefield_truth(
                        record[heading], record[sub_heading].strip(), trades[0] if trades else ""
                    ),
                    "spend": _pounds(record[amount]),
                }
            )
    return _signatures(rows, first_key=0)


def trafford(folder: Path) -> pl.DataFrame:
    """Signatures of Trafford with the ProClass code and label as published."""
    rows = []
    for path in sorted((folder / "spend/trafford").glob("trafford-supplier-spend-*.zip")):
        with zipfile.ZipFile(path) as archive:
            for name in archive.namelist():
                if name.lower().endswith(".csv"):
                    header, *records = _records(archive.read(name))
                    rows += [
                        _trafford_row(dict(zip(header, record, strict=False))) for record in records
                    ]
    return _signatures(rows, first_key=10_000_000)


def _trafford_row(record: dict[str, str]) -> dict:
    return {
        "body_id": 2,
        "supplier_name": record["BeneficiaryName"],
        "department": record["OrganisationalUnit"],
        "purpose": record["Purpose"],
        "category_text": record["ProclassLabel"],
        "proclass": record["ProclassCode"],
        "truth": None,
        "spend": _pounds(record["Amount"]),
    }


def _wakefield_truth(heading: str, sub_heading: str, trade: str) -> str | None:
    if heading.startswith("ICT") and sub_heading == "Services":
        return "ict/services"
    if "classified" in sub_heading.lower():
        return _longest_beginning(trade, WAKEFIELD_TRADES)
    return _longest_beginning(sub_heading, WAKEFIELD_HEADINGS)


def _longest_beginning(text: str, answers: dict[str, str]) -> str | None:
    begins = [start for start in answers if text.lower().startswith(start.lower())]
    return answers[max(begins, key=len)] if begins else None


def _records(data: bytes) -> Iterator[list[str]]:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252", errors="replace")
    return csv.reader(io.StringIO(text, newline=""))


def _pounds(text: str) -> Decimal:
    try:
        return Decimal(text.replace(",", "").replace("£", "").strip())
    except InvalidOperation:
        return Decimal(0)


def _signatures(rows: list[dict], *, first_key: int) -> pl.DataFrame:
    schema = {"body_id": pl.Int64, **dict.fromkeys(TEXTS, pl.String)}
    schema |= {"truth": pl.String, "spend": pl.Decimal(18, 2)}
    complete = [dict.fromkeys(schema) | row for row in rows if row["supplier_name"]]
    return (
        pl.DataFrame(complete, schema=schema)
        .with_columns(pl.col(name).str.strip_chars() for name in TEXTS)
        .group_by("body_id", *TEXTS, "truth", maintain_order=True)
        .agg(pl.col("spend").sum(), pl.len().alias("line_count"))
        .with_columns(category_key=pl.int_range(pl.len()).cast(pl.Int64) + first_key)
    )

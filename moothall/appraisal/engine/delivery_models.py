"""Which ways of delivering a service are there? Each is one data file; adding one is adding a file.

A form says who provides. An overlay lies over a form: how it is paid, or who chooses.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from attrs import frozen

from moothall.deals.terms import fields
from moothall.deals.terms.fields import FieldsNotRead, Names
from moothall.directory.engine.routes import OTHERS

FORM, OVERLAY = "form", "overlay"
VAT = (
    "council recovers",
    "provider recovers",
    "partial exemption",
    "often lost",
    "as the form beneath",
    "not applicable",
)
CORPORATION_TAX = (
    "none",
    "in the price",
    "on profit",
    "exempt on primary purpose",
    "exempt on trade with members",
    "as the form beneath",
)
BUSINESS_RATES = ("pays", "mandatory relief", "none", "as the form beneath")
PENSION = (
    "the fund's rate",
    "admission agreement",
    "the host's fund",
    "none",
    "as the form beneath",
)
STAFF = (
    "stay with the council",
    "come to the council",
    "transfer",
    "transfer or are seconded",
    "made redundant or redeployed",
    "none",
    "as the form beneath",
)
ROUTES = ("in_house", *(key for key, _ in OTHERS))


@frozen
class Tax:
    """How the form stands to the four taxes and charges that move its cost."""

    vat: str = fields.choice("VAT on what it buys", VAT)
    corporation_tax: str = fields.choice("Corporation tax", CORPORATION_TAX)
    business_rates: str = fields.choice("Business rates", BUSINESS_RATES)
    pension: str = fields.choice("Employer's pension", PENSION)


@frozen
class RealCase:
    """A place that did it. says: the fact alone, as its source has it."""

    title: str = fields.text("Where, and since when")
    says: str = fields.text("The fact")
    source: str = fields.text("Who says so")


@frozen
class DeliveryModel:
    """One file of the catalogue.

    routes : which of the legal-route helper's routes may lead to it; of an overlay, none
    """

    key: str
    kind: str = fields.choice("Form or overlay", (FORM, OVERLAY))
    title: str = fields.text("Title")
    says: str = fields.text("What it is, in a sentence")
    legal_forms: tuple[str, ...] = fields.texts("Legal forms")
    control: str = fields.text("Who controls it")
    routes: tuple[str, ...] = fields.in_order("Routes to it", ROUTES, ())
    procurement: str = fields.text("How it is chosen")
    staff: str = fields.choice("What becomes of staff", STAFF)
    tax: Tax = fields.table("Tax profile", Tax)
    risks: tuple[str, ...] = fields.texts("Typical risks")
    must_be_true: tuple[str, ...] = fields.texts("What must be true")
    cases: tuple[RealCase, ...] = fields.rows("Real cases", RealCase)

    @property
    def is_overlay(self) -> bool:
        return self.kind == OVERLAY

    def as_json(self) -> dict[str, object]:
        return {
            "key": self.key,
            "kind": self.kind,
            "title": self.title,
            "says": self.says,
            "legal_forms": list(self.legal_forms),
            "control": self.control,
            "routes": list(self.routes),
            "procurement": self.procurement,
            "staff": self.staff,
            "tax": {
                "vat": self.tax.vat,
                "corporation_tax": self.tax.corporation_tax,
                "business_rates": self.tax.business_rates,
                "pension": self.tax.pension,
            },
            "risks": list(self.risks),
            "must_be_true": list(self.must_be_true),
            "cases": [
                {"title": one.title, "says": one.says, "source": one.source} for one in self.cases
            ],
        }


class CannotReadModel(ValueError):
    """A file of the catalogue says too little or too much."""


def model_from_toml(key: str, text: str) -> DeliveryModel:
    """Read one file of the catalogue.

    :raises CannotReadModel: with everything that must be mended.
    """
    try:
        given = tomllib.loads(text)
        found: DeliveryModel = fields.read_fields(
            DeliveryModel, {**given, "key": key}, Names((), ()), ignore=("key",)
        )
    except tomllib.TOMLDecodeError as refusal:
        raise CannotReadModel(f"{key} is not TOML: {refusal}.") from None
    except FieldsNotRead as unread:
        said = " ".join(f"{place}: {sentence}" for place, sentence in unread.found)
        raise CannotReadModel(f"The delivery model {key!r} cannot be read. {said}") from None
    if found.is_overlay == bool(found.routes):
        raise CannotReadModel(
            f"The delivery model {key!r} is {'an overlay' if found.is_overlay else 'a form'} and "
            f"{'names routes' if found.is_overlay else 'names no route'}. A form names the routes "
            "that may lead to it; an overlay follows the form beneath it."
        )
    return found


def models_in(texts: Mapping[str, str]) -> dict[str, DeliveryModel]:
    """Key -> model of files by their names, forms first."""
    read = [model_from_toml(key, text) for key, text in sorted(texts.items())]
    return {one.key: one for one in sorted(read, key=lambda one: one.is_overlay)}


@cache
def delivery_models() -> Mapping[str, DeliveryModel]:
    """Every model of the catalogue that comes with the program, forms first."""
    folder = files("moothall.appraisal") / "catalogues" / "delivery_models"
    return models_in(
        {
            one.name.removesuffix(".toml"): one.read_text("utf-8")
            for one in folder.iterdir()
            if one.name.endswith(".toml")
        }
    )

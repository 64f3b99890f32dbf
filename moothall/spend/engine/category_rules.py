"""What categories are there, and by which rules of a day are payments put in them?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from attrs import field, frozen

from moothall.spend.engine.plain_words import pattern_of, plain_text

RULE_DOCUMENTS = (
    "category_scheme",
    "category_words",
    "proclass_map",
    "cpv_map",
    "sercop_map",
    "standing_words",
)

NOT_CLASSIFIED = "not-classified"
STRENGTHS = {"strong": 0.92, "fair": 0.78, "weak": 0.50, "supplier": 0.72, "service": 0.88}
EACH_MORE_WORD = 0.03
AT_MOST = 0.97


@frozen
class Category:
    """A kind of spending; `code` is "group/kind", `nature` purchase, transfer or pass-through."""

    code: str
    label: str
    definition: str
    examples: tuple[str, ...]
    nature: str = field()

    @nature.validator
    def _is_known(self, _attribute: Any, nature: str) -> None:
        if nature not in ("purchase", "transfer", "pass-through"):
            raise ValueError(
                f"The category {self.code} has the nature {nature!r}. "
                "Write purchase, transfer or pass-through."
            )

    @property
    def group(self) -> str:
        return self.code.split("/")[0]


@frozen
class Group:
    """One row of the founding table."""

    code: str
    label: str
    definition: str
    kinds: tuple[Category, ...]


@frozen
class Scheme:
    """The published two-level scheme."""

    groups: tuple[Group, ...]

    def categories(self) -> dict[str, Category]:
        """Every category by its code."""
        return {kind.code: kind for group in self.groups for kind in group.kinds}

    def label(self, code: str) -> str:
        """The words for a category or a group; "Not classified" for the lines left over."""
        if code == NOT_CLASSIFIED:
            return "Not classified"
        for group in self.groups:
            if group.code == code:
                return group.label
            for kind in group.kinds:
                if kind.code == code:
                    return kind.label
        raise ValueError(f"{code} is not a category of the scheme. See the list of categories.")

    def pass_through(self) -> tuple[str, ...]:
        """Codes of money that only passes through: precepts, rates, pensions, tax, treasury."""
        return tuple(
            code for code, kind in self.categories().items() if kind.nature == "pass-through"
        )


@frozen(eq=False)
class CategoryRules:
    """The rules of one day, made ready for use.

    phrases  : what to look for in each sort of column -> its categories with their strengths
    standing : (category, payee phrases, purpose phrases, whether both are needed)
    """

    scheme: Scheme
    text_phrases: dict[str, tuple[tuple[str, float], ...]]
    supplier_phrases: dict[str, tuple[tuple[str, float], ...]]
    service_phrases: dict[str, tuple[tuple[str, float], ...]]
    standing: tuple[tuple[str, tuple[str, ...], tuple[str, ...], bool], ...]
    proclass: dict[str, str]
    cpv: dict[str, str]
    sercop_services: dict[str, str]
    sercop_natures: dict[str, str]
    sercop: dict[str, tuple[str, float]]


def scheme_from(value: Iterable[Mapping[str, Any]]) -> Scheme:
    """Build the scheme from the value of the rule `category_scheme`."""
    return Scheme(
        tuple(
            Group(
                code=group["code"],
                label=group["label"],
                definition=group["definition"],
                kinds=tuple(
                    Category(
                        code=kind["code"],
                        label=kind["label"],
                        definition=kind["definition"],
                        examples=tuple(kind["examples"]),
                        nature=kind["nature"],
                    )
                    for kind in group["kinds"]
                ),
            )
            for group in value
        )
    )


def category_rules(values: Mapping[str, Any]) -> CategoryRules:
    """Make the rules ready.

    values : the value in force of every rule in `RULE_DOCUMENTS`, by the rule's key

    :raises ValueError: when a rule names a category that the scheme does not have.
    """
    scheme = scheme_from(values["category_scheme"])
    known = set(scheme.categories()) | {NOT_CLASSIFIED}
    text: dict[str, dict[str, float]] = {}
    supplier: dict[str, dict[str, float]] = {}
    service: dict[str, dict[str, float]] = {}
    for entry in values["category_words"]:
        _refuse_unknown(entry["category"], known, "category_words")
        for strength, base in STRENGTHS.items():
            where = {"supplier": supplier, "service": service}.get(strength, text)
            for phrase in entry.get(strength, ()):
                pattern = pattern_of(phrase)
                sureness = min(AT_MOST, base + EACH_MORE_WORD * phrase.count(" "))
                found = where.setdefault(pattern, {})
                found[entry["category"]] = max(sureness, found.get(entry["category"], 0.0))
    for key in ("proclass_map", "cpv_map"):
        for category in values[key].values():
            _refuse_unknown(category, known, key)
    for category, _sureness in values["sercop_map"].values():
        _refuse_unknown(category, known, "sercop_map")
    for entry in values["standing_words"]:
        _refuse_unknown(entry["category"], known, "standing_words")
    return CategoryRules(
        scheme=scheme,
        text_phrases=_settled(text),
        supplier_phrases=_settled(supplier),
        service_phrases=_settled(service),
        standing=tuple(
            (
                entry["category"],
                tuple(pattern_of(phrase) for phrase in entry.get("payee", ())),
                tuple(pattern_of(phrase) for phrase in entry.get("purpose", ())),
                bool(entry.get("both", False)),
            )
            for entry in values["standing_words"]
        ),
        proclass=dict(values["proclass_map"]),
        cpv=dict(values["cpv_map"]),
        sercop_services=_turned(values["sercop_services"]),
        sercop_natures=_turned(values["sercop_natures"]),
        sercop={key: (pair[0], float(pair[1])) for key, pair in values["sercop_map"].items()},
    )


def _refuse_unknown(category: str, known: set[str], rule: str) -> None:
    if category not in known:
        raise ValueError(
            f"The rule {rule} names the category {category}, which the scheme does not have. "
            "Add it to category_scheme or correct the rule."
        )


def _settled(
    phrases: dict[str, dict[str, float]],
) -> dict[str, tuple[tuple[str, float], ...]]:
    return {pattern: tuple(found.items()) for pattern, found in phrases.items()}


def _turned(lists: Mapping[str, Iterable[str]]) -> dict[str, str]:
    return {plain_text(text): name for name, texts in lists.items() for text in texts}

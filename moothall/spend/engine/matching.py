"""Which published names are one supplier, on what evidence, and which pairs should a person judge?

A name is not an identity, so two names are joined here only on strong evidence that can be said
in a sentence: a registration number that both carry, the same body's supplier id, the same name
once case, punctuation and legal form are set aside, a trading name, or a name cut short by the
source's own limit. Likeness alone joins nothing: it ranks the queue for a person. Public bodies are
not joined across bodies; individuals, card-merchant text and redacted names are neither joined nor
queued.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

import polars as pl
from attrs import frozen

from moothall.spend.engine.joining import Evidence, Groups, Matcher
from moothall.spend.engine.match_queue import CANDIDATE_SCHEMA, LINK_SCHEMA, pairs_to_judge
from moothall.spend.engine.name_agreement import truncation_caps
from moothall.spend.engine.names import NameKind, NameWords, parsed_name
from moothall.spend.engine.registration_numbers import (
    charity_number,
    company_number,
    supplier_ref,
    vat_number,
)

RECORD_COLUMNS = (
    "name_key",
    "body_id",
    "supplier_name",
    "supplier_ref",
    "vat_number",
    "company_number",
    "charity_number",
    "spend_pence",
)
_NEVER = frozenset({NameKind.INDIVIDUAL, NameKind.CARD_MERCHANT, NameKind.REDACTED})


@frozen
class Matches:
    """What the matcher found.

    suppliers   one row per record: name_key, supplier_key (its supplier's least name_key), kind
    links       one row per join made: left_key, right_key, evidence, fact (a sentence), body_ids
                (the bodies whose publications the join rests on)
    candidates  one row per pair for a person to judge: as links, with sureness (0-1) and rank
                (1-3 among the pairs offered for left_key); a pair may stand under both its names
    """

    suppliers: pl.DataFrame
    links: pl.DataFrame
    candidates: pl.DataFrame


def matches(
    records: pl.DataFrame,
    *,
    words: NameWords,
    caps: Mapping[int, int] | None = None,
    accepted: Iterable[tuple[int, int]] = (),
    refused: Iterable[tuple[int, int]] = (),
    queue: bool = True,
) -> Matches:
    """Gather records into suppliers, say why, and rank the pairs that a person should judge.

    records   one row per name_key, with RECORD_COLUMNS; spend_pence in whole pence; `is_card`
              (bool) may be added: a name met only on card lines is then card-merchant text
    words     the name words in force
    caps      body_id -> characters at which its source cuts names; inferred when None
    accepted  pairs of name_key that a person joined
    refused   pairs of name_key that a person said are different: never joined nor queued again
    queue     whether to look for likely matches too
    """
    missing = [column for column in RECORD_COLUMNS if column not in records.columns]
    if missing:
        raise ValueError(
            f"Records lack {', '.join(missing)}. Give every column of RECORD_COLUMNS, null where "
            "nothing was published."
        )
    records = records.filter(pl.col("supplier_name").is_not_null())
    matcher = _matcher(records, words)
    place_of = {key: place for place, key in enumerate(matcher.keys)}
    refusals = _places(refused, place_of)
    for left, right in refusals:
        matcher.groups.apart.setdefault(left, set()).add(right)
        matcher.groups.apart.setdefault(right, set()).add(left)
    for left, right in _places(accepted, place_of):
        matcher.groups.join(left, right)
        matcher.links.append((left, right, Evidence.PERSON, "A person accepted this match."))
    _join_by_numbers(matcher, records)
    matcher.join_by_skeleton()
    matcher.join_by_registered_name()
    matcher.join_by_trading_name()
    matcher.join_factored()
    matcher.doubt_bracketed()
    matcher.join_truncated(truncation_caps(records) if caps is None else caps)
    return Matches(
        suppliers=_suppliers(matcher),
        links=_link_frame(matcher),
        candidates=pairs_to_judge(matcher, refusals)
        if queue
        else pl.DataFrame(schema=CANDIDATE_SCHEMA),
    )


def _places(pairs: Iterable[tuple[int, int]], place_of: Mapping[int, int]) -> list[tuple[int, int]]:
    return [
        (place_of[left], place_of[right])
        for left, right in pairs
        if left in place_of and right in place_of
    ]


def _matcher(records: pl.DataFrame, words: NameWords) -> Matcher:
    texts = records["supplier_name"].to_list()
    parsed = {text: parsed_name(text, words) for text in set(texts)}
    names = [parsed[text] for text in texts]
    cards = records["is_card"].to_list() if "is_card" in records.columns else [False] * len(texts)
    eligible = [
        name.kind not in _NEVER and not card and bool(name.skeleton)
        for name, card in zip(names, cards, strict=True)
    ]
    return Matcher(
        words=words,
        keys=records["name_key"].to_list(),
        bodies=records["body_id"].to_list(),
        names=names,
        refs=[supplier_ref(text) for text in records["supplier_ref"].to_list()],
        pence=[pence or 0 for pence in records["spend_pence"].to_list()],
        eligible=eligible,
        groups=Groups(parent=list(range(len(names))), numbers=[None] * len(names)),
    )


def _join_by_numbers(matcher: Matcher, records: pl.DataFrame) -> None:
    found: dict[str, dict[Any, list[int]]] = {
        kind: defaultdict(list) for kind in ("company", "charity", "vat", "ref")
    }
    columns = {
        "company": [company_number(text) for text in records["company_number"].to_list()],
        "charity": [charity_number(text) for text in records["charity_number"].to_list()],
        "vat": [vat_number(text) for text in records["vat_number"].to_list()],
    }
    for node, eligible in enumerate(matcher.eligible):
        if not eligible:
            continue
        own: dict[str, set[str]] = {}
        for kind, values in columns.items():
            number = values[node]
            if number is not None:
                found[kind][number].append(node)
                own[kind] = {number}
        if form := matcher.names[node].legal_form:
            own["form"] = {form}
        if own:
            matcher.groups.numbers[node] = own
        # A public body's VAT number is shared by its schools; names decide nothing there.
        if (ref := matcher.refs[node]) is not None:
            found["ref"][matcher.bodies[node], ref].append(node)
    for kind in ("company", "charity", "vat"):
        for number in list(found[kind]):
            found[kind][number] = [
                node
                for node in found[kind][number]
                if matcher.names[node].kind != NameKind.PUBLIC_BODY
            ]
    matcher.join_by_number(
        found["company"], Evidence.COMPANY_NUMBER, "Both carry company number {}.", lenient=True
    )
    matcher.join_by_number(
        found["charity"], Evidence.CHARITY_NUMBER, "Both carry charity number {}.", lenient=True
    )
    matcher.join_by_number(
        found["vat"], Evidence.VAT_NUMBER, "Both carry VAT number {}.", lenient=False
    )
    matcher.join_by_number(
        {key: nodes for key, nodes in found["ref"].items() if len(nodes) <= 40},
        Evidence.SUPPLIER_REF,
        "The same body pays both under its supplier id {}.",
        lenient=False,
    )


def _suppliers(matcher: Matcher) -> pl.DataFrame:
    roots = [matcher.groups.root(node) for node in range(len(matcher.keys))]
    return (
        pl.DataFrame(
            {
                "name_key": pl.Series(matcher.keys, dtype=pl.Int64),
                "root": roots,
                "kind": [str(name.kind) for name in matcher.names],
            },
            schema_overrides={"kind": pl.String, "root": pl.Int64},
        )
        .with_columns(pl.col("name_key").min().over("root").alias("supplier_key"))
        .select("name_key", "supplier_key", "kind")
    )


def _link_frame(matcher: Matcher) -> pl.DataFrame:
    return pl.DataFrame(
        [
            (
                matcher.keys[left],
                matcher.keys[right],
                str(evidence),
                fact,
                sorted({matcher.bodies[left], matcher.bodies[right]}),
            )
            for left, right, evidence, fact in matcher.links
        ],
        schema=LINK_SCHEMA,
        orient="row",
    )

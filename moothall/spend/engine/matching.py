"""Which published names are one supplier, on what evidence, and which pairs should a person judge?

A name is not an identity, so two names are joined here only on strong evidence that can be said
in a sentence: a registration number that both carry, the same body's supplier id, the same name
once case, punctuation and legal form are set aside, a trading name, or a name cut short by the
source's own limit. Likeness alone joins nothing: it ranks the queue for a person. Public bodies are
not joined across bodies; individuals, card-merchant text and redacted names are neither joined nor
queued.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Any

import numpy as np
import polars as pl
from attrs import define, field, frozen
from rapidfuzz import fuzz

from moothall.spend.engine.likeness import JOINERS, likely_pairs
from moothall.spend.engine.names import NameKind, NameWords, ParsedName, parsed_name
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


class Evidence(StrEnum):
    """Why two names are, or may be, one supplier. Strongest first."""

    PERSON = "person"
    COMPANY_NUMBER = "company_number"
    CHARITY_NUMBER = "charity_number"
    VAT_NUMBER = "vat_number"
    SUPPLIER_REF = "supplier_ref"
    SAME_NAME = "same_name"
    TRADING_AS = "trading_as"
    FACTORED = "factored"
    TRUNCATED = "truncated"
    LIKENESS = "likeness"


_NEVER = frozenset({NameKind.INDIVIDUAL, NameKind.CARD_MERCHANT, NameKind.REDACTED})

LINK_SCHEMA: dict[str, Any] = {
    "left_key": pl.Int64,
    "right_key": pl.Int64,
    "evidence": pl.String,
    "fact": pl.String,
    "body_ids": pl.List(pl.Int64),
}
CANDIDATE_SCHEMA: dict[str, Any] = {
    **LINK_SCHEMA,
    "sureness": pl.Float64,
    "rank": pl.Int32,
}


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


# ---- truncation ------------------------------------------------------------------------------


def truncation_caps(records: pl.DataFrame) -> dict[int, int]:
    """The length at which each body's source cuts names, by body; absent where none shows.

    A cap shows as a heap in the lengths of distinct names: many at one length, none or almost none
    above it, and more than the lengths just below would lead one to expect.
    """
    distinct = records.select("body_id", "supplier_name").unique()
    lengths = (
        distinct.with_columns(pl.col("supplier_name").str.len_chars().alias("length"))
        .group_by("body_id", "length")
        .len("names")
    )
    caps: dict[int, int] = {}
    for (body_id,), found in lengths.group_by("body_id"):
        count_at = dict(found.select("length", "names").iter_rows())
        total = sum(count_at.values())
        for cap in range(20, 61):
            here = count_at.get(cap, 0)
            above = sum(names for length, names in count_at.items() if length > cap)
            below = [count_at.get(cap - step, 0) for step in (1, 2, 3)]
            if (
                here >= max(8, 0.004 * total)
                and above <= max(3, 0.001 * total)
                and here >= 1.25 * (sum(below) / 3)
            ):
                caps[int(str(body_id))] = cap
                break
    return caps


# ---- do two names agree? ---------------------------------------------------------------------


def _is_abbreviation(short: str, long: str) -> bool:
    """Whether `short` is `long` with letters left out: STAVERTN, MNGMNT, HLTH."""
    if len(short) > len(long):
        short, long = long, short
    if len(short) < 3 or short[0] != long[0]:
        return short == long
    letters = iter(long)
    return all(letter in letters for letter in short)


def _words_align(left: Sequence[str], right: Sequence[str]) -> bool:
    return len(left) == len(right) and all(
        _is_abbreviation(one, other) for one, other in zip(left, right, strict=True)
    )


def names_agree(
    left: ParsedName, right: ParsedName, words: NameWords, *, lenient: bool = True
) -> bool:
    """Whether two names could be one supplier's, where a number already says that they are.

    Not lenient (for VAT numbers, which a whole group of companies may share): two different
    registered names disagree even where they begin alike. Lenient (company and charity numbers,
    a body's own supplier id): a distinctive word in common is enough.
    """
    if left.skeleton == right.skeleton or left.registered == right.registered:
        return True
    sides = {left.skeleton, left.registered, left.trading_skeleton} - {""}
    others = {right.skeleton, right.registered, right.trading_skeleton} - {""}
    if sides & others or {left.factored, right.factored} & (sides | others) - {""}:
        return True
    likeness = fuzz.ratio(left.skeleton, right.skeleton)
    if likeness >= 88 or sorted(left.core) == sorted(right.core):
        return True
    if _words_align(left.core, right.core):
        return True
    two_companies = left.legal_form is not None and right.legal_form is not None
    shorter, longer = sorted((left.skeleton, right.skeleton), key=len)
    if longer.startswith(shorter) and len(shorter) >= 6 and not (two_companies and not lenient):
        return len(left.core) > 1 or len(right.core) > 1
    if not lenient:
        return not two_companies and likeness >= 80
    distinctive = {
        word
        for word in set(left.words) & set(right.words)
        if len(word) >= 4 and word not in words.business and word not in words.forenames
    }
    if distinctive:
        return True
    acronym, spelt = sorted((left, right), key=lambda name: len(name.words))
    initials = "".join(word[0] for word in spelt.core if word not in {"AND", "OF", "THE", "FOR"})
    return len(initials) >= 3 and initials in acronym.words


# ---- joining ---------------------------------------------------------------------------------


@define
class _Groups:
    """Records being gathered into suppliers, with what each supplier's numbers forbid."""

    parent: list[int]
    numbers: list[dict[str, set[str]] | None]  # by root: company, charity, vat, form
    apart: dict[int, set[int]] = field(factory=dict)

    def root(self, node: int) -> int:
        while self.parent[node] != node:
            self.parent[node] = self.parent[self.parent[node]]
            node = self.parent[node]
        return node

    def conflict(self, left: int, right: int, checked: Sequence[str]) -> str:
        """Name the number in which two suppliers differ, 'refused', or '' when nothing forbids."""
        one, other = self.root(left), self.root(right)
        if self.apart and any(self.root(node) == other for node in self.apart.get(one, ())):
            return "refused"
        mine, theirs = self.numbers[one], self.numbers[other]
        if mine and theirs:
            for kind in checked:
                if mine.get(kind) and theirs.get(kind) and not mine[kind] & theirs[kind]:
                    return kind
        return ""

    def join(self, left: int, right: int) -> bool:
        one, other = self.root(left), self.root(right)
        if one == other:
            return False
        if one > other:
            one, other = other, one
        self.parent[other] = one
        theirs = self.numbers[other]
        if theirs:
            mine = self.numbers[one]
            if mine is None:
                self.numbers[one] = theirs
            else:
                for kind, values in theirs.items():
                    mine.setdefault(kind, set()).update(values)
            self.numbers[other] = None
        if other in self.apart:
            self.apart.setdefault(one, set()).update(self.apart.pop(other))
        return True


_CHECKED_BY = {
    Evidence.COMPANY_NUMBER: (),
    Evidence.CHARITY_NUMBER: ("company",),
    Evidence.VAT_NUMBER: ("company",),
    Evidence.SUPPLIER_REF: ("company", "vat"),
}
_CHECK_ALL = ("company", "charity", "vat", "form")
_NUMBER_WORDS = {
    "company": "company numbers",
    "charity": "charity numbers",
    "vat": "VAT numbers",
    "form": "legal forms",
}


@define
class _Matcher:
    """The work in hand: records by place, their parsed names, the joins and doubts so far."""

    words: NameWords
    keys: list[int]
    bodies: list[int]
    names: list[ParsedName]
    refs: list[str | None]
    pence: list[int]
    eligible: list[bool]
    groups: _Groups
    links: list[tuple[int, int, Evidence, str]] = field(factory=list)
    doubts: list[tuple[int, int, Evidence, str, float]] = field(factory=list)

    def join(self, left: int, right: int, evidence: Evidence, fact: str) -> bool:
        """Join two records unless a number or a person's decision forbids it; then queue them."""
        if self.groups.root(left) == self.groups.root(right):
            return True
        against = self.groups.conflict(left, right, _CHECKED_BY.get(evidence, _CHECK_ALL))
        if against == "refused":
            return False
        if against:
            self.doubts.append(
                (left, right, evidence, f"{fact} But their {_NUMBER_WORDS[against]} differ.", 0.9)
            )
            return False
        self.groups.join(left, right)
        self.links.append((left, right, evidence, fact))
        return True

    def is_local(self, node: int) -> bool:
        """Whether the same name at another body may well be another payee."""
        name = self.names[node]
        if name.kind in (NameKind.PUBLIC_BODY, NameKind.SOLE_TRADER):
            return True
        if name.legal_form is not None:
            return False
        return name.is_premises or len(name.core) < 2 or not self._is_telling(name.core)

    def _is_telling(self, words: Sequence[str]) -> bool:
        """Whether some word is more than a trade or a first name: CLUB CARS could be anyone's."""
        return any(
            len(word) > 1
            and word not in self.words.business
            and word not in self.words.forenames
            and word not in JOINERS
            for word in words
        )

    # -- by number --

    def join_by_number(
        self, groups: Mapping[Any, list[int]], evidence: Evidence, label: str, *, lenient: bool
    ) -> None:
        for number, nodes in groups.items():
            if len(nodes) < 2:
                continue
            shown = number[1] if isinstance(number, tuple) else number
            fact = label.format(shown)
            by_skeleton: dict[str, list[int]] = defaultdict(list)
            for node in sorted(nodes, key=lambda place: -self.pence[place]):
                by_skeleton[self.names[node].skeleton].append(node)
            parts: list[list[int]] = []  # heads of the names that agree with each other
            tried = 0
            for same in by_skeleton.values():
                head = same[0]
                for node in same[1:]:
                    self.join(head, node, evidence, fact)
                home = None
                if len(by_skeleton) <= 60:
                    for part in parts:
                        tried += 1
                        if any(
                            names_agree(
                                self.names[head], self.names[other], self.words, lenient=lenient
                            )
                            for other in part
                        ):
                            home = part
                            break
                if home is None:
                    parts.append([head])
                elif self.join(home[0], head, evidence, fact):
                    home.append(head)
            if 1 < len(parts) <= 12:
                for part in parts[1:]:
                    unlike = (
                        f"{fact} But the names are unlike: a group, a rename or a wrong number?"
                    )
                    self.doubts.append((parts[0][0], part[0], evidence, unlike, 0.85))

    # -- by name --

    def join_by_skeleton(self) -> None:
        groups: dict[str, list[int]] = defaultdict(list)
        for node, name in enumerate(self.names):
            if self.eligible[node] and len(name.skeleton) >= (2 if name.legal_form else 3):
                groups[name.skeleton].append(node)
        for nodes in groups.values():
            if len(nodes) < 2:
                continue
            everywhere: list[int] = []
            at_body: dict[int, list[int]] = defaultdict(list)
            for node in nodes:
                if self.is_local(node):
                    at_body[self.bodies[node]].append(node)
                else:
                    everywhere.append(node)
            # A bare local name joins the full names its own body publishes.
            for node in everywhere:
                if self.bodies[node] in at_body:
                    at_body[self.bodies[node]].append(node)
            fact = (
                "The names are the same once case, punctuation and legal form are set aside: "
                f"{' '.join(self.names[nodes[0]].words[:12])}."
            )
            heads = []
            for part in [everywhere, *at_body.values()]:
                if part:
                    self._join_alike(part, Evidence.SAME_NAME, fact)
                    heads.append(max(part, key=lambda place: self.pence[place]))
            public = self.names[nodes[0]].kind == NameKind.PUBLIC_BODY
            why = (
                "public bodies are joined by a person only."
                if public
                else "a name like this may be another payee at another body."
            )
            for head in heads[1:]:
                self.doubts.append((heads[0], head, Evidence.SAME_NAME, f"{fact} But {why}", 0.95))

    def join_by_registered_name(self) -> None:
        groups: dict[tuple[str, str], list[int]] = defaultdict(list)
        for node, name in enumerate(self.names):
            full = name.legal_form is not None and len(name.registered) >= 5
            if self.eligible[node] and full and not name.factored:
                groups[name.registered, name.legal_form or ""].append(node)
        for (_, form), nodes in groups.items():
            if len({self.groups.root(node) for node in nodes}) < 2:
                continue
            core = " ".join(self.names[nodes[0]].core)
            fact = f"Both give the registered name {core} {form}; one adds a branch or a note."
            self._join_alike(nodes, Evidence.SAME_NAME, fact)

    def _join_alike(self, nodes: list[int], evidence: Evidence, fact: str) -> None:
        """Join records whose names are the same, holding apart those whose numbers differ.

        A record without numbers joins only where no more than one supplier could own it.
        """
        roots: dict[int, int] = {}
        for node in nodes:
            best = roots.setdefault(self.groups.root(node), node)
            if self.pence[node] > self.pence[best]:
                roots[self.groups.root(node)] = node

        def weight(node: int) -> tuple[int, int]:
            numbers = self.groups.numbers[self.groups.root(node)] or {}
            return (-sum(bool(values) for values in numbers.values()), -self.pence[node])

        parts: list[int] = []
        loose: list[int] = []
        for node in sorted(roots.values(), key=weight):
            homes = [part for part in parts if not self.groups.conflict(part, node, _CHECK_ALL)]
            if len(homes) == 1 or (homes and not weight(node)[0] and len(parts) == 1):
                self.join(homes[0], node, evidence, fact)
            elif not homes:
                for part in parts[:1]:
                    against = self.groups.conflict(part, node, _CHECK_ALL)
                    if against and against != "refused":
                        doubt = f"{fact} But their {_NUMBER_WORDS[against]} differ."
                        self.doubts.append((part, node, evidence, doubt, 0.93))
                parts.append(node)
            else:
                loose.append(node)
        for node in loose[1:]:
            self.join(loose[0], node, evidence, fact)
        for node in loose[:1]:
            doubt = f"{fact} But more than one supplier bears this name."
            self.doubts.extend((part, node, evidence, doubt, 0.94) for part in parts[:3])

    def join_by_trading_name(self) -> None:
        owners: dict[str, set[str]] = defaultdict(set)
        traders: dict[str, list[int]] = defaultdict(list)
        bare: dict[str, list[int]] = defaultdict(list)
        for node, name in enumerate(self.names):
            if not self.eligible[node]:
                continue
            if name.trading and name.kind == NameKind.COMPANY and len(name.trading_skeleton) >= 6:
                owners[name.trading_skeleton].add(name.registered)
                traders[name.trading_skeleton].append(node)
            elif not name.trading:
                bare[name.skeleton].append(node)
        for skeleton, nodes in traders.items():
            if skeleton not in bare:
                continue
            head = nodes[0]
            trade = " ".join(self.names[head].trading)
            fact = f"One name says that it trades as {trade}, which is the whole of the other."
            trading = self.names[head].trading
            narrow = len(trading) < 2 or not self._is_telling(trading)
            for other in bare[skeleton]:
                if self.names[other].kind == NameKind.PUBLIC_BODY:
                    continue
                near = next((n for n in nodes if self.bodies[n] == self.bodies[other]), None)
                local = narrow or self.is_local(other)
                if len(owners[skeleton]) > 1:
                    doubt = f"{fact} But {len(owners[skeleton])} companies trade under it."
                    self.doubts.append((near or head, other, Evidence.TRADING_AS, doubt, 0.8))
                elif local and near is None:
                    doubt = f"{fact} But a name like this may be another payee at another body."
                    self.doubts.append((head, other, Evidence.TRADING_AS, doubt, 0.85))
                else:
                    self.join(head if near is None else near, other, Evidence.TRADING_AS, fact)

    def doubt_bracketed(self) -> None:
        """Queue names that are the same before a bracket: a branch, a place, or another payee."""
        groups: dict[str, list[int]] = defaultdict(list)
        for node, name in enumerate(self.names):
            if self.eligible[node] and name.unbracketed and len(name.unbracketed) >= 3:
                groups[name.unbracketed].append(node)
        whole = {
            name.skeleton: node
            for node, name in enumerate(self.names)
            if self.eligible[node] and name.skeleton in groups
        }
        for skeleton, nodes in groups.items():
            head = whole.get(skeleton, max(nodes, key=lambda node: self.pence[node]))
            fact = "The names are the same up to the bracket that ends one of them."
            for node in nodes:
                if node != head and self.groups.root(node) != self.groups.root(head):
                    self.doubts.append((head, node, Evidence.LIKENESS, fact, 0.72))

    def join_factored(self) -> None:
        by_name: dict[str, int] = {}
        for node, name in enumerate(self.names):
            if self.eligible[node] and not name.factored and not self.is_local(node):
                by_name.setdefault(name.skeleton, node)
                by_name.setdefault(name.registered, node)
        for node, name in enumerate(self.names):
            if not name.factored or not self.eligible[node] or len(name.factored) < 5:
                continue
            if (supplier := by_name.get(name.factored)) is not None:
                fact = "A factor is paid for the supplier that it names after RE."
                self.join(supplier, node, Evidence.FACTORED, fact)

    def join_truncated(self, caps: Mapping[int, int]) -> None:
        full = sorted(
            {
                (name.squashed, node)
                for node, name in enumerate(self.names)
                if self.eligible[node]
                and name.kind != NameKind.PUBLIC_BODY
                and len(name.text) > min(caps.values(), default=10**6) - 2
            }
        )
        squashed = [text for text, _ in full]
        for node, name in enumerate(self.names):
            cap = caps.get(self.bodies[node])
            if cap is None or not self.eligible[node] or name.kind == NameKind.PUBLIC_BODY:
                continue
            if len(name.text) != cap or len(name.squashed) < 18:
                continue
            prefix = name.squashed
            completions: dict[str, list[int]] = defaultdict(list)
            for place in range(bisect_left(squashed, prefix), len(squashed)):
                text, other = full[place]
                if not text.startswith(prefix):
                    break
                if len(self.names[other].text) > cap and len(text) > len(prefix):
                    completions[self.names[other].registered].append(other)
            fact = (
                f"The source cuts names at {cap} characters, and the other name begins with these."
            )
            if len(completions) == 1:
                (others,) = completions.values()
                self.join(others[0], node, Evidence.TRUNCATED, fact)
            elif completions:
                doubt = f"{fact} But {len(completions)} names do."
                for others in list(completions.values())[:3]:
                    self.doubts.append((node, others[0], Evidence.TRUNCATED, doubt, 0.75))


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
        candidates=_candidates(matcher, refusals)
        if queue
        else pl.DataFrame(schema=CANDIDATE_SCHEMA),
    )


def _places(pairs: Iterable[tuple[int, int]], place_of: Mapping[int, int]) -> list[tuple[int, int]]:
    return [
        (place_of[left], place_of[right])
        for left, right in pairs
        if left in place_of and right in place_of
    ]


def _matcher(records: pl.DataFrame, words: NameWords) -> _Matcher:
    texts = records["supplier_name"].to_list()
    parsed = {text: parsed_name(text, words) for text in set(texts)}
    names = [parsed[text] for text in texts]
    cards = records["is_card"].to_list() if "is_card" in records.columns else [False] * len(texts)
    eligible = [
        name.kind not in _NEVER and not card and bool(name.skeleton)
        for name, card in zip(names, cards, strict=True)
    ]
    return _Matcher(
        words=words,
        keys=records["name_key"].to_list(),
        bodies=records["body_id"].to_list(),
        names=names,
        refs=[supplier_ref(text) for text in records["supplier_ref"].to_list()],
        pence=[pence or 0 for pence in records["spend_pence"].to_list()],
        eligible=eligible,
        groups=_Groups(parent=list(range(len(names))), numbers=[None] * len(names)),
    )


def _join_by_numbers(matcher: _Matcher, records: pl.DataFrame) -> None:
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


def _suppliers(matcher: _Matcher) -> pl.DataFrame:
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


def _link_frame(matcher: _Matcher) -> pl.DataFrame:
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


# ---- the queue -------------------------------------------------------------------------------

QUEUE_DEPTH = 3  # pairs offered for each name
LIKENESS_SURENESS = 0.7  # the sureness of names wholly alike: less than any stated evidence


def _candidates(matcher: _Matcher, refusals: list[tuple[int, int]]) -> pl.DataFrame:
    root_of = [matcher.groups.root(node) for node in range(len(matcher.keys))]
    apart = {frozenset((root_of[left], root_of[right])) for left, right in refusals}
    best: dict[tuple[str, ...], int] = {}  # the record that stands for a distinct name
    for node, name in enumerate(matcher.names):
        if matcher.eligible[node] and name.words:
            held = best.setdefault(name.words, node)
            if matcher.pence[node] > matcher.pence[held]:
                best[name.words] = node
    stand_ins = np.array(list(best.values()), dtype=np.int64)
    likely = likely_pairs(
        list(best),
        [matcher.names[node].run_together for node in best.values()],
        np.array([root_of[node] for node in best.values()], dtype=np.int64),
    )
    by_likeness = pl.DataFrame(
        {
            "left": stand_ins[likely.left],
            "right": stand_ins[likely.right],
            "sureness": likely.likeness.astype(np.float64) * LIKENESS_SURENESS,
        }
    )

    def stand_in(node: int) -> int:
        named = best.get(matcher.names[node].words, node)
        return named if root_of[named] == root_of[node] else node

    by_doubt = pl.DataFrame(
        [
            (left, right, sureness, str(evidence), fact)
            for a, b, evidence, fact, sureness in matcher.doubts
            if root_of[a] != root_of[b]
            for left, right in (
                (stand_in(a), stand_in(b)),
                (stand_in(b), stand_in(a)),
            )
        ],
        schema={
            "left": pl.Int64,
            "right": pl.Int64,
            "sureness": pl.Float64,
            "evidence": pl.String,
            "fact": pl.String,
        },
        orient="row",
    )
    roots = pl.Series(root_of, dtype=pl.Int64)
    ranked = pl.concat([by_doubt, by_likeness], how="diagonal")
    ranked = (
        ranked.with_columns(
            roots.gather(ranked["left"]).alias("left_root"),
            roots.gather(ranked["right"]).alias("right_root"),
        )
        .sort("left", "sureness", "right", descending=[False, True, False])
        .unique(["left", "right_root"], keep="first", maintain_order=True)
    )
    if apart:
        refused = pl.DataFrame(
            [sorted(pair) for pair in apart if len(pair) == 2],
            schema={"low": pl.Int64, "high": pl.Int64},
            orient="row",
        )
        ranked = ranked.with_columns(
            pl.min_horizontal("left_root", "right_root").alias("low"),
            pl.max_horizontal("left_root", "right_root").alias("high"),
        ).join(refused, on=["low", "high"], how="anti")
    ranked = ranked.with_columns(pl.int_range(1, pl.len() + 1).over("left").alias("rank")).filter(
        pl.col("rank") <= QUEUE_DEPTH
    )
    likeness_fact = pl.format(
        "The names are alike ({} in 100), which is not proof.",
        (pl.col("sureness") * 100 / LIKENESS_SURENESS).round().cast(pl.Int64),
    )
    keys = pl.Series(matcher.keys, dtype=pl.Int64)
    bodies = pl.Series(matcher.bodies, dtype=pl.Int64)
    return (
        ranked.with_columns(
            keys.gather(ranked["left"]).alias("left_key"),
            keys.gather(ranked["right"]).alias("right_key"),
            bodies.gather(ranked["left"]).alias("left_body"),
            bodies.gather(ranked["right"]).alias("right_body"),
            pl.col("evidence").fill_null(str(Evidence.LIKENESS)),
            pl.coalesce("fact", likeness_fact).alias("fact"),
            pl.col("rank").cast(pl.Int32),
        )
        .with_columns(
            pl.when(pl.col("left_body") == pl.col("right_body"))
            .then(pl.concat_list("left_body"))
            .otherwise(
                pl.concat_list(
                    pl.min_horizontal("left_body", "right_body"),
                    pl.max_horizontal("left_body", "right_body"),
                )
            )
            .alias("body_ids")
        )
        .sort("left_key", "rank")
        .select(list(CANDIDATE_SCHEMA))
    )

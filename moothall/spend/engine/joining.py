"""How are published names gathered into suppliers, each join on evidence that can be said?"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any

from attrs import define, field

from moothall.spend.engine.likeness import JOINERS
from moothall.spend.engine.name_agreement import names_agree
from moothall.spend.engine.names import NameKind, NameWords, ParsedName


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


@define
class Groups:
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
class Matcher:
    """The work in hand: records by place, their parsed names, the joins and doubts so far."""

    words: NameWords
    keys: list[int]
    bodies: list[int]
    names: list[ParsedName]
    refs: list[str | None]
    pence: list[int]
    eligible: list[bool]
    groups: Groups
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

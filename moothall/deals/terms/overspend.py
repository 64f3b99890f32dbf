"""An overspend of a pooled fund: who makes it good, by one of five agreed methods."""

from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING

from attrs import frozen

from moothall.deals.numbers import Array, minimum, positive, split, where
from moothall.deals.terms import fields
from moothall.deals.terms.term import Flow, Now, Step, Term, term_kind
from moothall.deals.wording import Because
from moothall.values.wording import percentage, pounds_in_words

if TYPE_CHECKING:
    from moothall.deals.deal import Deal

WAYS = ("pro rata", "fixed shares", "lead commissioner", "cap, rest to host", "waterfall")


@frozen
class Source:
    name: str = fields.text("Where it comes from first")
    holds: str = fields.fact("What that holds (GBP)")


@term_kind(
    "overspend",
    title="Overspend of a pooled fund",
    source="Section 75 agreements and Better Care Fund risk shares: published clauses",
)
@frozen
class Overspend(Term):
    """Overspend = spend - contributions. Partners pay the fund's host what each bears of it.

    pro rata          : by contribution
    fixed shares      : by the shares agreed
    lead commissioner : the spend over its budget on the lines that each leads (`overspent_by`)
    cap, rest to host : by contribution, each at most `cap_share` of its own; the host has the rest
    waterfall         : first what `sources` hold, in order; then by contribution
    An underspend stays in the fund and is met by nobody; where `returned`, it goes back by
    contribution or by the fixed shares.
    """

    host: str = fields.party("Who hosts the fund")
    spend: str = fields.fact("Spend of the fund")
    contributions: dict[str, Decimal] = fields.amounts_by_party("Contributions, a period (GBP)")
    way: str = fields.choice("Who bears it", WAYS, "pro rata")
    shares: dict[str, Decimal] | None = fields.shares_by_party("Fixed shares", None)
    overspent_by: dict[str, str] | None = fields.facts_by_party(
        "Overspend on the lines that each leads", None
    )
    cap_share: Decimal = fields.share("Cap, as a share of a partner's contribution", Decimal(1))
    sources: tuple[Source, ...] = fields.rows("What is used first", Source, ())
    returned: bool = fields.yes_or_no("An underspend goes back to the partners", False)

    def findings(self, deal: "Deal") -> Iterator[tuple[str, str, str]]:
        needed = {
            "fixed shares": ("shares", self.shares),
            "lead commissioner": ("overspent_by", self.overspent_by),
            "waterfall": ("sources", self.sources or None),
        }
        name, given = needed.get(self.way, ("", True))
        if not given:
            yield name, f'The method "{self.way}" needs {name}.', "Give it."
        if self.host not in self.contributions:
            said = f"{deal.party_name(self.host)} hosts the fund and contributes nothing to it."
            yield "contributions", said, "Give its contribution, or 0."

    def step(self, now: Now) -> Step:
        whole = sum(self.contributions.values(), Decimal(0))
        over = now.facts[self.spend] - now.one(whole)
        used: list[tuple[Source, Array]] = []
        left = positive(over)
        for source in self.sources if self.way == "waterfall" else ():
            taken = minimum(left, positive(now.facts[source.holds]))
            used.append((source, taken))
            left = left - taken
        borne = self._borne(now, left)
        back = split(positive(-over), self._weights(now)) if self.returned else None

        def why() -> Iterator[Because]:
            numbers = {"over": over, "under": -over}
            yield Because("{over:pounds} spent over the fund.", numbers, over > 0)
            under = "{under:pounds} is left in the fund."
            yield Because(under, numbers, over < 0)
            yield Because("The fund is spent exactly.", only=over == 0)
            for source, taken in used:
                met = {"taken": taken, "source": source.name}
                yield Because("{taken:pounds} is met by {source}.", met, taken > 0)
            yield Because(f"The rest is borne: {self.way}.", only=left > 0)

        flows = []
        for place, partner in enumerate(self.contributions):
            if partner != self.host:
                amount = borne[partner] if back is None else borne[partner] - back[place]
                flows.append(Flow(partner, self.host, amount, why))
        return Step(tuple(flows))

    def _weights(self, now: Now) -> list[Array]:
        by = self.shares if self.way == "fixed shares" and self.shares else self.contributions
        return [now.numbers.full(by.get(partner, Decimal(0))) for partner in self.contributions]

    def _borne(self, now: Now, left: Array) -> dict[str, Array]:
        partners = list(self.contributions)
        if self.way == "lead commissioner" and self.overspent_by:
            # Lines that underspend meet those that overspend first; the fund's overspend is shared.
            weights = [
                positive(now.facts[self.overspent_by[partner]])
                if partner in self.overspent_by
                else now.numbers.zero
                for partner in partners
            ]
            nobody = sum(weights[1:], weights[0]) == 0
            host = partners.index(self.host)
            weights[host] = where(nobody, now.one(1), weights[host])
            return dict(zip(partners, split(left, weights), strict=True))
        parts = dict(zip(partners, split(left, self._weights(now)), strict=True))
        if self.way != "cap, rest to host":
            return parts
        return {
            partner: part
            if partner == self.host
            else minimum(part, now.one(self.cap_share * self.contributions[partner]))
            for partner, part in parts.items()
        }

    def in_words(self, deal: "Deal") -> str:
        partners = ", ".join(
            f"{deal.party_name(key)} {pounds_in_words(gbp)}"
            for key, gbp in self.contributions.items()
        )
        how = {
            "pro rata": "in proportion to contributions",
            "fixed shares": "by fixed shares",
            "lead commissioner": "by whoever leads the lines that overspent",
            "cap, rest to host": (
                f"in proportion to contributions, each at most {percentage(self.cap_share)} of its "
                f"own; {deal.party_name(self.host)} bears the rest"
            ),
            "waterfall": (
                f"first by {', then '.join(one.name for one in self.sources)}; then in proportion "
                "to contributions"
            ),
        }[self.way]
        under = "goes back to the partners" if self.returned else "stays in the fund"
        return (
            f"The fund of {partners} is hosted by {deal.party_name(self.host)}. An overspend is "
            f"borne {how}. An underspend {under}."
        )

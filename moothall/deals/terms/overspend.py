"""Over- and underspend of a fund: who makes it good, by one of five agreed methods."""

from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING, cast

from attrs import frozen

from moothall.deals.numbers import Array, Numbers, minimum, positive, split, where
from moothall.deals.terms import fields
from moothall.deals.terms.contribution import Contribution
from moothall.deals.terms.term import UNRESOLVED, Flow, Now, State, Step, Term, term_kind
from moothall.deals.wording import Because, in_sentence
from moothall.values.wording import percentage

if TYPE_CHECKING:
    from moothall.deals.deal import Deal

WAYS = ("pro rata", "fixed shares", "lead commissioner", "capped", "waterfall")
BEYOND_CAP = ("unresolved", "host")
UNDERSPENDS = ("carried forward", "goes back")


@frozen
class Source:
    name: str = fields.text("Where it comes from first")
    holds: str = fields.fact("What that holds (GBP)")


@term_kind(
    "overspend",
    title="Over- and underspend of a fund",
    source="Section 75 agreements and Better Care Fund risk shares: published clauses",
)
@frozen
class Overspend(Term):
    """Overspend = spend - contributions - what earlier periods left in the fund.

    Partners pay the fund's host what each bears of it:
    pro rata          : by contribution
    fixed shares      : by the shares agreed
    lead commissioner : the spend over its budget on the lines that each leads (`overspent_by`)
    capped            : by contribution, or by `shares`, each at most `cap_share` of its own
                        contribution; what is beyond is the host's, or unresolved: no party is
                        bound to bear it, and it is said so
    waterfall         : first what `sources` hold, in order; then by contribution
    An underspend is carried forward, and meets a later overspend; or it goes back at once, by
    contribution or by the fixed shares. So contributions + brought forward = spend + balance.
    """

    fund: str = fields.earlier_term("Contributions of which the fund consists")
    spend: str = fields.fact("Spend of the fund")
    way: str = fields.choice("Who bears an overspend", WAYS, WAYS[0])
    shares: dict[str, Decimal] | None = fields.shares_by_party("Fixed shares", None)
    overspent_by: dict[str, str] | None = fields.facts_by_party(
        "Overspend on the lines that each leads", None
    )
    cap_share: Decimal = fields.share("Cap, as a share of a partner's contribution", Decimal(1))
    beyond_cap: str = fields.choice("Who bears what is beyond the caps", BEYOND_CAP, BEYOND_CAP[0])
    sources: tuple[Source, ...] = fields.rows("What is used first", Source, ())
    underspend: str = fields.choice("An underspend", UNDERSPENDS, UNDERSPENDS[0])

    def findings(self, deal: "Deal") -> Iterator[tuple[str, str, str]]:
        fund = deal.term(self.fund)
        if not isinstance(fund, Contribution):
            said = f"{fund.name} is no contribution to a fund."
            yield "fund", said, "Name a term of the kind contribution above this one."
            return
        needed = {
            "fixed shares": ("shares", self.shares),
            "lead commissioner": ("overspent_by", self.overspent_by),
            "waterfall": ("sources", self.sources or None),
        }
        name, given = needed.get(self.way, ("", True))
        if not given:
            yield name, f'The method "{self.way}" needs {name}.', "Give it."
        for name, by in (("shares", self.shares), ("overspent_by", self.overspent_by)):
            for party in set(by or {}) - set(fund.contributions):
                said = f"{deal.party_name(party)} contributes nothing to the fund."
                yield name, said, "Give its contribution, or 0, or leave it out here."

    def opening(self, numbers: Numbers) -> State:
        return {"carried": numbers.zero, UNRESOLVED: numbers.zero}

    def step(self, now: Now) -> Step:
        fund = cast(Contribution, now.deal.term(self.fund))
        due = fund.due(now)
        brought = now.state["carried"]
        over = now.facts[self.spend] - sum(due.values(), now.numbers.zero) - brought
        used: list[tuple[Source, Array]] = []
        left = positive(over)
        for source in self.sources if self.way == "waterfall" else ():
            taken = minimum(left, positive(now.facts[source.holds]))
            used.append((source, taken))
            left = left - taken
        borne, unresolved = self._borne(now, fund, due, left)
        under = positive(-over)
        back = dict.fromkeys(due, now.numbers.zero)
        if self.underspend == "goes back":
            back = dict(zip(due, split(under, self._weights(now, fund)), strict=True))
            under = now.numbers.zero

        def why() -> Iterator[Because]:
            numbers = {"over": over, "under": -over, "brought": brought, "left": unresolved}
            yield Because("{brought:pounds} was brought forward.", numbers, brought > 0)
            yield Because("{over:pounds} spent over the fund.", numbers, over > 0)
            kept = "goes back" if self.underspend == "goes back" else "is carried forward"
            yield Because(f"{{under:pounds}} is left in the fund and {kept}.", numbers, over < 0)
            yield Because("The fund is spent exactly.", only=over == 0)
            for source, taken in used:
                met = {"taken": taken, "source": source.name}
                yield Because("{taken:pounds} is met by {source}.", met, taken > 0)
            yield Because(f"The rest is borne: {self.way}.", only=left > 0)
            nobody = "{left:pounds} is unresolved: no partner is bound to bear it."
            yield Because(nobody, numbers, unresolved > 0)

        flows = tuple(
            Flow(partner, fund.host, borne[partner] - back[partner], why)
            for partner in due
            if partner != fund.host
        )
        return Step(flows, {"carried": under, UNRESOLVED: now.state[UNRESOLVED] + unresolved})

    def _weights(self, now: Now, fund: Contribution) -> list[Array]:
        is_fixed = self.way in ("fixed shares", "capped") and self.shares
        by = self.shares if is_fixed and self.shares else fund.contributions
        return [now.numbers.full(by.get(key, Decimal(0))) for key in fund.contributions]

    def _borne(
        self, now: Now, fund: Contribution, due: dict[str, Array], left: Array
    ) -> tuple[dict[str, Array], Array]:
        """Return partner -> what it bears, the host included; and what nobody does."""
        if self.way == "lead commissioner" and self.overspent_by:
            # Lines that underspend meet those that overspend first; the fund's overspend is shared.
            weights = {
                partner: positive(now.facts[self.overspent_by[partner]])
                if partner in self.overspent_by
                else now.numbers.zero
                for partner in due
            }
            nobody = sum(weights.values(), now.numbers.zero) == 0
            weights[fund.host] = where(nobody, now.one(1), weights[fund.host])
            return dict(
                zip(due, split(left, list(weights.values())), strict=True)
            ), now.numbers.zero
        parts = dict(zip(due, split(left, self._weights(now, fund)), strict=True))
        if self.way != "capped":
            return parts, now.numbers.zero
        capped = {
            partner: minimum(part, due[partner] * now.one(self.cap_share))
            for partner, part in parts.items()
        }
        rest = sum(parts.values(), now.numbers.zero) - sum(capped.values(), now.numbers.zero)
        if self.beyond_cap == "unresolved":
            return capped, rest
        return {**capped, fund.host: capped[fund.host] + rest}, now.numbers.zero

    def in_words(self, deal: "Deal") -> str:
        fund = cast(Contribution, deal.term(self.fund))
        host = deal.party_name(fund.host)
        beyond = f"{host} bears the rest"
        if self.beyond_cap == "unresolved":
            beyond = "nobody is bound to bear the rest, which the partners must then settle"
        by = "by fixed shares" if self.shares else "in proportion to contributions"
        how = {
            "pro rata": "in proportion to contributions",
            "fixed shares": "by fixed shares",
            "lead commissioner": "by whoever leads the lines that overspent",
            "capped": f"{by}, each at most {percentage(self.cap_share)} of its contribution; "
            + beyond,
            "waterfall": (
                f"first by {', then '.join(one.name for one in self.sources)}; then in proportion "
                "to contributions"
            ),
        }[self.way]
        under = "is carried forward, and meets a later overspend"
        if self.underspend == "goes back":
            under = "goes back to the partners"
        return (
            f"An overspend of {in_sentence(fund.name)}, hosted by {host}, is borne "
            f"{how}. An underspend {under}."
        )

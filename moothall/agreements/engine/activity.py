"""Is enough of a controlled company's work for its owners to need no competition?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from fractions import Fraction

from attrs import frozen

from moothall.values.proportions import in_percent
from moothall.values.rules import Rule, RuleVersion
from moothall.values.wording import pounds_in_words


@frozen
class WorkYear:
    """Turnover of one year, in whole pence: for the controlling bodies, and for others."""

    ends_on: date
    own_pence: int
    other_pence: int
    is_projection: bool = False

    @property
    def total_pence(self) -> int:
        return self.own_pence + self.other_pence

    @property
    def own_share(self) -> Fraction | None:
        return Fraction(self.own_pence, self.total_pence) if self.total_pence else None


@frozen
class ActivityTest:
    """verdict: passes, fails or not assessed. years: those that were averaged.

    share, latest_share : work for the owners, averaged and in the latest year alone
    most_outside_pence  : work for others must stay strictly below it beside the latest own work
    """

    verdict: str
    because: str
    warning: str
    years: tuple[WorkYear, ...]
    share: Fraction | None
    latest_share: Fraction | None
    most_outside_pence: int | None
    limit: RuleVersion
    averaging: RuleVersion


def activity_test(
    years: Iterable[WorkYear], rules: Mapping[str, Rule], *, on: date
) -> ActivityTest:
    """The test on a day: the average of the latest years there are, actual before projected.

    Where the average and the latest year disagree, the averaging decides; as long as that rule is
    not verified, the answer is 'not assessed', with both.

    :raises LookupError: when the day is before the Act, whose tests are the only ones coded.
    """
    limit, averaging = rules["vertical_share"].on(on), rules["averaged_over"].on(on)
    warn_above = rules["outside_warning"].on(on).value
    used = _used(years, averaging.value, on)
    if not used or not sum(year.total_pence for year in used):
        return ActivityTest(
            "not assessed",
            "No year of work is recorded. Record the turnover for the owners and for others.",
            "", used, None, None, None, limit, averaging,
        )  # fmt: skip
    own, whole = (sum(getattr(y, name) for y in used) for name in ("own_pence", "total_pence"))
    share = Fraction(own, whole)
    latest = used[-1]
    verdict, because = _verdict(share, latest, used, limit, averaging)
    return ActivityTest(
        verdict=verdict,
        because=because,
        warning=_warning(share, latest, limit.value, warn_above),
        years=used,
        share=share,
        latest_share=latest.own_share,
        most_outside_pence=latest.own_pence * (100 - limit.value) // limit.value,
        limit=limit,
        averaging=averaging,
    )


def _used(years: Iterable[WorkYear], count: int, on: date) -> tuple[WorkYear, ...]:
    """The latest actual years that had ended; where there is none, what is projected."""
    known = sorted(years, key=lambda year: year.ends_on)
    actual = [year for year in known if not year.is_projection and year.ends_on <= on]
    return tuple(actual[-count:] or [year for year in known if year.is_projection][:count])


def _verdict(
    share: Fraction,
    latest: WorkYear,
    used: tuple[WorkYear, ...],
    limit: RuleVersion,
    averaging: RuleVersion,
) -> tuple[str, str]:
    passes = share * 100 > limit.value
    alone = latest.own_share is not None and latest.own_share * 100 > limit.value
    needs = f"more than {limit.value}%"
    if latest.is_projection:
        said = f"{in_percent(share)} of the work projected is for the owners; it takes {needs}."
        return "not assessed", f"{said} No year has ended yet: it rests on the projection."
    basis = "in its only year" if len(used) == 1 else f"over {len(used)} years"
    said = f"{in_percent(share)} of its work {basis} was for the owners; it takes {needs}."
    if passes == alone:
        return ("passes" if passes else "fails"), said
    both = (
        f"{said} In the latest year alone it was {in_percent(latest.own_share)}: the averaging "
        f"decides, and it {'passes' if passes else 'fails'} by it."
    )
    if averaging.verified:
        return ("passes" if passes else "fails"), both
    return "not assessed", f"{both} The averaging rule has not been verified here: ask a solicitor."


def _warning(share: Fraction, latest: WorkYear, limit: int, warn_above: int) -> str:
    """The early warning: work for others has passed the owners' own line."""
    outside = 1 - (share if latest.own_share is None else min(share, latest.own_share))
    if outside * 100 <= warn_above:
        return ""
    room = latest.own_pence * (100 - limit) // limit - latest.other_pence
    left = (
        f"About {pounds_in_words(room // 100)} more a year for others would break the test."
        if room > 0
        else "In its latest year it has passed the limit: a competition for its work may be due."
    )
    return f"{in_percent(outside)} of its work is for others, above {warn_above}%. {left}"

"""Which questions should an elected member ask about an agreement? Each rests on a fact."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from attrs import frozen

from moothall.values.wording import listed, number_of, percentage, plain_date, pounds_in_words

SOON_DAYS = 548  # eighteen months: long enough to buy again
UNEVEN = 0.1  # so much more of the risk than of the reward is asked about
MUCH_DEARER = Decimal("0.10")  # of what it was worth at award


@frozen
class KnownOfAgreement:
    """What is known on a day.

    was_tried : whether these very terms were simulated; None where it has none as a deal
    shares    : (party, its share of the reward, of the risk) as the fairness statement has them
    silent    : members of whom nobody says what is in it for them
    unhealthy : questions of the health check that were answered no
    disputed_gbp : of what is stated and not paid
    performance  : where it stands in words, as 'in default'; '' while it is as agreed
    overdue      : promises beside payments that are overdue or were not kept
    """

    on: date
    ends_before: date | None
    review_on: date | None
    original_gbp: Decimal | None
    forecast_gbp: Decimal | None
    was_tried: bool | None
    shares: tuple[tuple[str, float, float], ...]
    silent: tuple[str, ...]
    unhealthy: tuple[str, ...]
    lacking: tuple[str, ...]
    withheld: tuple[str, ...]
    disputed_gbp: Decimal
    performance: str
    overdue: int


def to_ask(known: KnownOfAgreement) -> tuple[str, ...]:
    """The questions, those about days that have passed first."""
    return (
        *_about_days_past(known),
        *_about_delivery(known),
        *_about_money(known),
        *_about_the_end(known),
        *_about_the_members(known),
        *_about_the_record(known),
    )


def _about_days_past(known: KnownOfAgreement) -> Iterator[str]:
    if known.ends_before and known.ends_before <= known.on:
        day = plain_date(known.ends_before)
        yield f"Its last day was before {day}: on which terms does it go on?"
    if known.review_on and known.review_on <= known.on:
        day = plain_date(known.review_on)
        yield f"It was to be reviewed on {day}: what was found, and where is it written?"


def _about_delivery(known: KnownOfAgreement) -> Iterator[str]:
    if known.performance:
        yield f"Performance is {known.performance}: what is done about it, and by when?"
    if known.overdue:
        are = "is" if known.overdue == 1 else "are"
        yield (
            f"{number_of(known.overdue, 'promise')} beside payments {are} overdue or not kept: who "
            "asks for them?"
        )


def _about_money(known: KnownOfAgreement) -> Iterator[str]:
    if (dearer := _dearer(known)) is not None:
        was, now = map(pounds_in_words, (known.original_gbp, known.forecast_gbp))
        yield (
            f"It is to cost {percentage(dearer)} more than at award, {now} instead of {was}: who "
            "asked for that, and what came of it?"
        )
    if known.disputed_gbp:
        disputed = pounds_in_words(known.disputed_gbp)
        yield f"{disputed} of what was stated is disputed: over what, and until when?"
    if known.was_tried is False:
        yield "Nobody has tried these terms: what does a bad year cost us, and who pays?"
    for party, reward, risk in known.shares:
        if risk > reward + UNEVEN:
            yield (
                f"{party} has {percentage(reward)} of the expected reward and {percentage(risk)} "
                "of the risk: why does it agree to that?"
            )


def _about_the_end(known: KnownOfAgreement) -> Iterator[str]:
    if known.ends_before and 0 < (known.ends_before - known.on).days <= SOON_DAYS:
        day = plain_date(known.ends_before)
        yield f"It ends before {day}: what follows, and by when is that decided?"


def _about_the_members(known: KnownOfAgreement) -> Iterator[str]:
    if known.silent:
        yield f"What is in it for {listed(known.silent)}? Nobody has said."
    for question in known.unhealthy:
        yield f"The health check says no to “{question}” What is done about it?"


def _about_the_record(known: KnownOfAgreement) -> Iterator[str]:
    if known.withheld:
        parts, are = number_of(len(known.withheld), "part"), "are" if known.withheld[1:] else "is"
        yield (
            f"{parts} of it ({listed(known.withheld)}) {are} kept from the public: is that still "
            "needed?"
        )
    if known.lacking:
        yield f"The record does not say {listed(known.lacking)}: why not?"


def _dearer(known: KnownOfAgreement) -> Decimal | None:
    """How much more it is to cost than at award, as a share, where that is much."""
    was, now = known.original_gbp, known.forecast_gbp
    if not was or now is None or now <= was * (1 + MUCH_DEARER):
        return None
    return now / was - 1

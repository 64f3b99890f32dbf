"""How far can the figures of several bodies be set side by side?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from attrs import frozen

DATE_MEANINGS = ("paid", "posted", "cleared", "invoiced")


@frozen
class Caution:
    """One reason for care: a stable code, the bodies it concerns, and a sentence."""

    code: str
    bodies: tuple[int, ...]
    sentence: str


@frozen
class Included:
    """What one body includes. Shares are 0 to 1, by lines unless the name says pounds."""

    body_id: int
    body: str
    below_lower_share: float
    below_upper_share: float
    credit_share: float
    card_share: float
    redacted_share: float
    redacted_gbp_share: float
    file_date_share: float
    vat_column_share: float
    month_count: int
    first_on: date
    last_on: date
    date_meaning_shares: Mapping[str, float]

    @property
    def date_meaning(self) -> str:
        """What most of its dates mean, or unknown."""
        word = max(DATE_MEANINGS, key=lambda name: self.date_meaning_shares.get(name, 0.0))
        return word if self.date_meaning_shares.get(word, 0.0) > 0.5 else "unknown"


def comparability_cautions(
    bodies: Sequence[Included],
    *,
    thresholds_gbp: tuple[int, int],
    some: float,
    much_redacted: float,
) -> list[Caution]:
    """Return every reason for care when these bodies are compared; none for one body alone.

    some           from this share of lines on, a body counts as including a thing (0 to 1)
    much_redacted  from this share of pounds on, a body's redaction is worth a word (0 to 1)
    """
    if len(bodies) < 2:
        return []
    lower, upper = thresholds_gbp
    below_upper = [b for b in bodies if b.below_upper_share >= some]
    below_lower = [b for b in bodies if b.below_lower_share >= some]
    cautions = [
        _split(
            bodies,
            "threshold",
            below_upper,
            f"publish payments below £{upper}",
            f"do not. Compare payments of £{upper} and more",
        ),
        # Said apart only where it parts them otherwise than the threshold above it does.
        None
        if below_lower == below_upper
        else _split(
            bodies,
            "lower_threshold",
            below_lower,
            f"publish payments below £{lower}",
            "do not",
        ),
        _split(
            bodies,
            "cards",
            [b for b in bodies if b.card_share > 0],
            "include purchasing cards",
            "leave them out, or do not mark them",
        ),
        _split(
            bodies,
            "credits",
            [b for b in bodies if b.credit_share > 0],
            "publish credits",
            "publish none: their totals are gross of credits",
        ),
        _split(
            bodies,
            "vat",
            [b for b in bodies if b.vat_column_share >= some],
            "show irrecoverable VAT apart",
            "do not: it may be inside their amounts",
        ),
        _split(
            bodies,
            "file_dates",
            [b for b in bodies if b.file_date_share >= some],
            "give no date of payment, only the month or quarter of the file",
            "date each payment",
        ),
    ]
    redacting = [b for b in bodies if b.redacted_gbp_share >= much_redacted]
    if redacting:
        shares = ", ".join(f"{b.body} {b.redacted_gbp_share:.0%}" for b in redacting)
        cautions.append(
            Caution(
                "redaction",
                tuple(b.body_id for b in redacting),
                f"Much is paid to names not published: {shares} of pounds. "
                "Supplier shares cover the rest only.",
            )
        )
    meanings = sorted({b.date_meaning for b in bodies})
    if len(meanings) > 1:
        by_meaning = "; ".join(
            f"{meaning}: {_listed([b for b in bodies if b.date_meaning == meaning])}"
            for meaning in meanings
        )
        cautions.append(
            Caution(
                "date_meaning",
                tuple(b.body_id for b in bodies),
                f"The published date does not mean the same ({by_meaning}). "
                "Compare years, not months.",
            )
        )
    spans = {(b.first_on.replace(day=1), b.last_on.replace(day=1), b.month_count) for b in bodies}
    if len(spans) > 1:
        months = ", ".join(f"{b.body} {b.month_count}" for b in bodies)
        cautions.append(
            Caution(
                "months",
                tuple(b.body_id for b in bodies),
                f"The bodies do not cover the same months ({months}). "
                "Choose a span that all of them cover before comparing totals.",
            )
        )
    return [warning for warning in cautions if warning is not None]


def _split(
    bodies: Sequence[Included], code: str, some: Sequence[Included], do: str, others: str
) -> Caution | None:
    """A warning only where some bodies do a thing and others do not."""
    if not some or len(some) == len(bodies):
        return None
    rest = [body for body in bodies if body not in some]
    return Caution(
        code,
        tuple(body.body_id for body in bodies),
        f"{_listed(some)} {do}; {_listed(rest)} {others}.",
    )


def _listed(bodies: Sequence[Included]) -> str:
    names = [body.body for body in bodies]
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"

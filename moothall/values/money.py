"""Sterling, exact to the penny. Never built from a float."""

from __future__ import annotations

from decimal import Decimal

from attrs import field, frozen

PENNY = Decimal("0.01")


def _whole_pence(value: Decimal | int | str) -> Decimal:
    if isinstance(value, float) or Decimal(value) % PENNY:
        raise ValueError(f"Money is whole pence, not {value!r}. Round first, and say how.")
    return Decimal(value)


@frozen(order=True)
class Money:
    """An amount of sterling. Unit: GBP."""

    gbp: Decimal = field(converter=_whole_pence)

    @classmethod
    def from_pence(cls, pence: int) -> Money:
        return cls(pence * PENNY)

    @property
    def pence(self) -> int:
        return int(self.gbp / PENNY)

    def __add__(self, other: Money) -> Money:
        return Money(self.gbp + other.gbp)

    def __sub__(self, other: Money) -> Money:
        return Money(self.gbp - other.gbp)

    def __neg__(self) -> Money:
        return Money(-self.gbp)

    def __str__(self) -> str:
        """As tables show it: £1,234.56, and a true minus before a negative."""
        return f"{'−' if self.gbp < 0 else ''}£{abs(self.gbp):,.2f}"

    def in_words(self) -> str:
        """As sentences show it: £812.4m, £61m, £4,310."""
        size = abs(self.gbp)
        sign = "−" if self.gbp < 0 else ""
        for unit, name in ((Decimal(10**9), "bn"), (Decimal(10**6), "m")):
            if size >= unit:
                return f"{sign}£{(size / unit).quantize(Decimal('0.1')):,}{name}"
        return f"{sign}£{size.quantize(Decimal(1)):,}"

    def split(self, shares: tuple[int, ...]) -> tuple[Money, ...]:
        """Divide by shares; the parts always add back to the whole (largest remainder)."""
        if not shares or any(share < 0 for share in shares) or not sum(shares):
            raise ValueError(f"Shares are whole numbers, not all zero; got {shares}.")
        whole = sum(shares)
        parts = [self.pence * share // whole for share in shares]
        by_remainder = sorted(range(len(shares)), key=lambda i: -(self.pence * shares[i] % whole))
        for i in by_remainder[: self.pence - sum(parts)]:
            parts[i] += 1
        return tuple(Money.from_pence(part) for part in parts)

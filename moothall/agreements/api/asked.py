"""What every address of the agreements API asks in the same words, and how it refuses."""

from typing import Annotated

from ninja import Field, Schema

from moothall.core.errors import CannotDo

Text = Annotated[str, Field(max_length=100, pattern=r"^[^\x00]*$")]
Number = Annotated[int, Field(ge=1, le=2**63 - 1)]


class NotRead(CannotDo):
    """Whoever asks reads nothing at this address."""


class Refusal(Schema):
    """What is refused, why, and what to do next."""

    sentence: str

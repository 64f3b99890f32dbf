"""What a person reads when something is refused."""


class CannotDo(Exception):
    """A refusal: one sentence the person can act on. Nothing has changed."""

    @property
    def sentence(self) -> str:
        return str(self)

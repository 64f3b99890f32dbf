"""Which kinds of term are there? Every module of `terms/` is one."""

from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from moothall.deals import terms
from moothall.deals.terms.term import KINDS, Term


def term_kinds() -> dict[str, type[Term]]:
    """Return every kind of term by its name in a deal file."""
    _import_them()
    return dict(sorted(KINDS.items()))


@cache
def _import_them() -> None:
    for module in iter_modules(terms.__path__):
        import_module(f"{terms.__name__}.{module.name}")

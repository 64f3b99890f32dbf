"""Which components are there, and what does each look like in each of its states?"""


def page(query: object) -> dict[str, object]:
    return {}

"""Which deals are being drafted in the demonstration place?"""

from __future__ import annotations

from importlib.resources import files

from attrs import frozen


def deal_file(name: str) -> str:
    """The text of one of the demonstration's deal files."""
    return (files("moothall.site.demo") / "deal_files" / f"{name}.toml").read_text("utf-8")


@frozen
class Deal:
    """A draft of the county's.

    case        : the published case that it begins from; else its own file
    changed     : what its second version has in the place of what
    shared_with : body and which party it is
    """

    name: str
    case: str = ""
    file: str = ""
    party: str = "council"
    changed: tuple[str, str] | None = None
    note: str = ""
    is_tried: bool = True
    shared_with: tuple[tuple[str, str], ...] = ()


DEALS = (
    Deal(
        name="Urban services with a joint venture",
        case="salford-urban-vision",
        changed=("20833333.33", "21250000"),
        note="A higher fee, as the contractor asks",
        shared_with=(("district", ""),),
    ),
    Deal(name="Care at home, paid by results", file="care_at_home_draft"),
    Deal(name="Street lights by saving", file="street_lights_draft", is_tried=False),
    Deal(name="Leisure centres with a partner", file="leisure_draft"),
)

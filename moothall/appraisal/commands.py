"""`moothall appraise`: work an appraisal's file out. It starts no Django."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from moothall.deals.named_files import LOOK, print_json, refuse, show_findings, text_of

if TYPE_CHECKING:
    from moothall.appraisal.engine.result import OptionResult, Result

WIDE = 30  # of an option's name, on a terminal


def appraise(
    file: Annotated[Path, typer.Argument(help="An appraisal's file (TOML).")],
    draws: Annotated[
        int, typer.Option(min=100, max=1_000_000, help="How many futures, and weightings.")
    ] = 10_000,
    seed: Annotated[int, typer.Option(help="The same seed draws the same futures.")] = 1,
    format: Annotated[str, typer.Option("--format", help="text or json.")] = "text",
    xlsx: Annotated[
        Path | None, typer.Option(help="Where to write it as a live spreadsheet.")
    ] = None,
    docx: Annotated[Path | None, typer.Option(help="Where to write the paper for Word.")] = None,
    pdf: Annotated[Path | None, typer.Option(help="Where to write the paper as PDF.")] = None,
    html: Annotated[Path | None, typer.Option(help="Where to write the paper as HTML.")] = None,
    paper: Annotated[
        str, typer.Option(help="Which paper: business-case, or briefing for members.")
    ] = "business-case",
) -> None:
    """Weigh every way of delivering a service: money, scores, and how far the answer holds.

    Ends with 3 where something needs a person's eye, and with 4 where the file must be mended.

    Example: moothall appraise libraries.toml --format json
    """
    from moothall.appraisal.engine.reading import appraisal_and_findings
    from moothall.appraisal.engine.result import money_findings, result
    from moothall.appraisal.queries.rules import rule_books
    from moothall.deals.deal import Weight

    if format not in ("text", "json"):
        raise typer.BadParameter(f"{format!r} is neither text nor json.")
    if paper not in ("business-case", "briefing"):
        raise typer.BadParameter(f"{paper!r} is neither business-case nor briefing.")
    found, findings = appraisal_and_findings(text_of(file))
    if found is not None:
        findings = [*findings, *money_findings(found, rule_books())]
    must = [one for one in findings if one.weight is Weight.MUST]
    if found is None or must:
        show_findings(must)
        refuse(f"{file} is no sound appraisal yet: {len(must)} findings must be mended.")
    worked = result(found, rule_books(), draws=draws, seed=seed)
    if xlsx is not None:
        from moothall.appraisal.exports.spreadsheet import spreadsheet

        _write(xlsx, spreadsheet(worked))
    if docx or pdf or html:
        _write_papers(worked, file, paper, docx, pdf, html)
    if format == "json":
        print_json({**worked.as_json(), "findings": [one.as_json() for one in findings]})
    else:
        _show(worked)
    show_findings(findings)
    raise typer.Exit(LOOK if findings else 0)


def _write_papers(
    worked: "Result", file: Path, name: str, docx: Path | None, pdf: Path | None, html: Path | None
) -> None:
    import hashlib

    from moothall.appraisal.engine.papers import briefing, business_case
    from moothall.appraisal.exports.papers import docx_of, html_of, pdf_of

    digest = hashlib.sha256(text_of(file).encode()).hexdigest()
    paper = (briefing if name == "briefing" else business_case)(worked, digest=digest)
    if docx:
        _write(docx, docx_of(paper, worked.appraisal.on))
    if pdf:
        _write(pdf, pdf_of(paper))
    if html:
        _write(html, html_of(paper).encode())


def _write(to: Path, contents: bytes) -> None:
    try:
        to.write_bytes(contents)
    except OSError as error:
        refuse(f"{to} was not written: {error.strerror}. Give a place where a file can be written.")
    typer.echo(f"{to} is written.", err=True)


def _show(worked: "Result") -> None:
    from moothall.appraisal.engine.gates import duties_read
    from moothall.values.wording import plain_date

    found = worked.appraisal
    typer.echo(f"{found.name}, {found.body}, by the rules of {plain_date(found.on)}")
    for duty in duties_read(found):
        typer.echo(duty.sentence)
    for gate in worked.gates:
        typer.echo(f"{gate.question} {gate.state.value.capitalize()}: {gate.because}")
    typer.echo(
        f"{'':{WIDE}}{'worth':>10}{'cost':>10}{'council':>10}{'public':>10}{'ratio':>8}{'score':>7}"
        f"{'first in':>12}{'best in':>12}"
    )
    for one in worked.options.values():
        typer.echo(_row(one))
    for one in worked.options.values():
        if one.sifted.goes_on and one.why_no_npv:
            typer.echo(f"{one.option.name}: {one.why_no_npv}")
        if not one.sifted.goes_on:
            typer.echo(f"{one.option.name} is discounted. {one.sifted.because}")
    for one in worked.options.values():
        if one.ways:
            told = "; ".join(f"{route.title.lower()}, {route.state.value}" for route in one.ways)
            typer.echo(f"Routes to {one.option.name}: {told}.")
    typer.echo(worked.money.economic.basis)
    for sentence in worked.robustness:
        typer.echo(sentence)
    for weak in worked.weak[:5]:
        typer.echo(" ".join((f"{weak.evidence.title}:", weak.why, *weak.without)))
    for trial in worked.trials:
        typer.echo(" ".join((f"{trial.trial.title}.", *trial.sentences, *trial.lacks)))
    for marks in worked.marks:
        typer.echo(
            f"{marks.bid.name}: {marks.total:.2f} of 100 (price {marks.price:.2f}, quality "
            f"{marks.quality:.2f}, social value {marks.social:.2f})"
        )
    for note in worked.notes:
        typer.echo(f"Look at this: {note}")


def _row(one: "OptionResult") -> str:
    from moothall.values.wording import percentage, pounds_in_words

    def money(amount: object) -> str:
        return "–" if amount is None else pounds_in_words(amount)  # type: ignore[arg-type]

    def share(part: float | None) -> str:
        return "–" if part is None else percentage(part)

    ratio = "–" if one.bcr is None else f"{one.bcr:.2f}"
    score = "–" if one.score is None else f"{one.score:.1f}"
    return (
        f"{one.option.name:{WIDE}.{WIDE}}{money(one.npv):>10}{money(one.cost):>10}"
        f"{money(one.council_cost):>10}{money(one.public_cost):>10}{ratio:>8}{score:>7}"
        f"{share(one.first_probability):>12}"
        f"{share(one.best_probability):>12}"
    )

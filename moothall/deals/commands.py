"""`moothall deal`: check, read, settle and simulate deal files. It starts no Django."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from moothall.deals.named_files import (
    LOOK,
    asking_of,
    deal_of,
    document_of,
    findings_of,
    judged_claims,
    number_of,
    period_of,
    policy_of,
    print_json,
    refuse,
    say_whose,
    show_findings,
    show_statement,
    text_of,
    variation_of,
)
from moothall.deals.vat import vat_rates

if TYPE_CHECKING:
    from moothall.deals.deal import Deal, Finding

deal = typer.Typer(
    help="Deals: terms that are tried before they are signed, and settled to the penny after.",
    no_args_is_help=True,
)
DealFile = Annotated[Path, typer.Argument(help="A deal file (TOML).")]
Format = Annotated[str, typer.Option("--format", help="table or json.")]
Seed = Annotated[int, typer.Option(help="The same seed draws the same futures.")]
Draws = Annotated[int, typer.Option(min=100, max=1_000_000, help="How many futures.")]
Party = Annotated[
    str | None,
    typer.Option("--party", help="Who asks: nothing private to others is read or shown."),
]
PolicyFile = Annotated[
    Path | None,
    typer.Option(
        "--policy",
        envvar="MOOTHALL_FAIRNESS_POLICY",
        show_envvar=False,
        help="What the place has adopted (TOML): when a flag is raised.",
    ),
]
Quasi = Annotated[
    bool, typer.Option("--quasi-random", help="Draws fill the space evenly: fewer say as much.")
]


@deal.command()
def check(
    files: Annotated[list[Path], typer.Argument(help="Deal files (TOML).")],
    party: Party = None,
    format: Format = "table",
) -> None:
    """Say everything that must be mended in deal files; ends with 3 when there is anything.

    Example: moothall deal check lighting.toml
    """
    found = {str(path): findings_of(path, party) for path in files}
    if format == "json":
        print_json({path: [one.as_json() for one in findings] for path, findings in found.items()})
    else:
        for path, findings in found.items():
            typer.echo(f"{path}: {len(findings) or 'no'} findings")
            show_findings(findings)
    raise typer.Exit(LOOK if any(found.values()) else 0)


@deal.command()
def explain(file: DealFile, party: Party = None, format: Format = "table") -> None:
    """Read a deal back in plain English.

    Example: moothall deal explain lighting.toml
    """
    from moothall.deals.explaining import explained

    told = explained(deal_of(file, asking_of(file, party)))
    if format == "json":
        print_json(told)
        return
    for title, sentences in told.items():
        typer.echo(f"{title}")
        for sentence in sentences:
            typer.echo(f"  {sentence}")


@deal.command()
def settle(
    file: DealFile,
    period: Annotated[str, typer.Option(help="First day of the period, as 2026-04-01.")],
    facts: Annotated[
        Path | None, typer.Option(help="Facts as known now: TOML, JSON or CSV.")
    ] = None,
    claims: Annotated[
        Path | None, typer.Option(help="Claims about persons (CSV), judged by the rate cards.")
    ] = None,
    variation: Annotated[
        list[str] | None,
        typer.Option(help="FILE@DAY: a varied deal and the day from which it holds."),
    ] = None,
    issued: Annotated[
        list[Path] | None, typer.Option(help="Statements made before, as --keep wrote them.")
    ] = None,
    keep: Annotated[
        Path | None, typer.Option(help="Write the statement here, to settle later periods by it.")
    ] = None,
    format: Format = "table",
) -> None:
    """Say who owes whom for a period, with every adjustment of earlier ones.

    Example: moothall deal settle lighting.toml --facts facts.toml --period 2026-04-01
    Example: moothall deal settle homes.toml --claims claims.csv --period 2026-04-01
    """
    from moothall.deals.claims import CannotJudge
    from moothall.deals.claims_file import CannotReadClaims
    from moothall.deals.facts_file import CannotReadFacts, facts_of
    from moothall.deals.settlement import CannotSettle, settled, statement_from
    from moothall.deals.versions import Version

    first = deal_of(file, None)
    versions = [Version(1, first, first.period.starts_on)]
    for number, told in enumerate(variation or [], start=2):
        versions.append(variation_of(number, told))
    if facts is None and claims is None:
        refuse("There is nothing to settle by. Give --facts FILE, --claims FILE or both.")
    try:
        known: dict[str, dict[date, Decimal]] = {}
        findings: list[Finding] = []
        if facts is not None:
            known, findings = facts_of(text_of(facts), facts.suffix.lstrip("."), first)
        up_to = period_of(versions, period)
        judgement = None
        if claims is not None:
            under = [one for one in versions if one.effective_from <= up_to.starts_on][-1].deal
            judgement, known, more = judged_claims(claims, under, known, up_to)
            findings += more
        statement = settled(
            versions,
            known,
            up_to=up_to,
            issued=[statement_from(json.loads(text_of(path))) for path in issued or []],
            vat_rate=vat_rates(),
        )
    except (CannotReadFacts, CannotReadClaims, CannotJudge, CannotSettle) as refusal:
        refuse(str(refusal))
    if keep is not None:
        keep.write_text(json.dumps(statement.stored(), indent=1, ensure_ascii=False) + "\n")
    if format == "json":
        answer = statement.as_json()
        answer["findings"] = [one.as_json() for one in findings] + answer["findings"]
        if judgement is not None:
            answer["claims"] = [one.as_json() for one in judgement.claims]
        print_json(answer)
    else:
        for one in judgement.claims if judgement is not None else ():
            typer.echo(one.sentence)
        show_statement(first, statement)
        show_findings(findings + list(statement.findings))
    raise typer.Exit(LOOK if findings or statement.findings else 0)


@deal.command()
def simulate(
    file: DealFile,
    seed: Seed = 1,
    draws: Draws = 10_000,
    quasi_random: Quasi = False,
    party: Party = None,
    policy: PolicyFile = None,
    format: Format = "table",
) -> None:
    """Draw futures of a deal: what each party may gain or lose, and who carries the risk.

    Example: moothall deal simulate lighting.toml --draws 20000 --format json
    """
    from moothall.deals.at_risk import shares_at_risk
    from moothall.deals.budgets import budget_years
    from moothall.deals.simulation import CannotSimulate, failures_in_words, simulation
    from moothall.deals.spreads import drivers, simulation_as_json
    from moothall.deals.statement import statement
    from moothall.deals.zero_effect import NO_ZERO_EFFECT, paid_by_chance
    from moothall.values.wording import percentage

    party = asking_of(file, party)
    try:
        done = simulation(
            deal_of(file, party),
            seed=seed,
            draws=draws,
            is_quasi_random=quasi_random,
            policy=policy_of(policy),
        )
    except CannotSimulate as refusal:
        refuse(str(refusal))
    driven_by = drivers(done.deal, seed=seed)
    if format == "json":
        answer = simulation_as_json(done, driven_by, vat_rates())
        print_json({"party": party, **answer})
        return
    say_whose(done.deal, party)
    typer.echo(
        f"{done.deal.name}: {draws:,} futures, seed {seed}, {percentage(done.deal.rate)} a year"
    )
    typer.echo(f"{'':24}{'mean':>14}{'P5':>14}{'P50':>14}{'P95':>14}{'loses in':>10}")
    for key, found in done.parties.items():
        name = done.deal.party_name(key)
        if not done.fairness.parties[key].is_said:
            typer.echo(f"{name:24.24}{'not said':>14}")
            continue
        amounts = "".join(f"{gbp:>14,.0f}" for gbp in (found.mean, found.p5, found.p50, found.p95))
        typer.echo(f"{name:24.24}{amounts}{found.loss_probability:>10.1%}")
    for stated in done.fairness.parties.values():
        typer.echo(stated.sentence)
    for said in failures_in_words(done):
        typer.echo(said)
    for key in done.parties:
        for year in budget_years(done, key, vat_rates()):
            typer.echo(year.in_words(done.deal.party_name(key)))
    for key, found in done.parties.items():
        if found.investor is not None:
            typer.echo(found.investor.in_words(done.deal.party_name(key)))
    for risk in shares_at_risk(done.deal, seed=seed):
        typer.echo(risk.sentence)
    by_chance = paid_by_chance(done.deal, seed=seed)
    for chance in by_chance:
        typer.echo(chance.sentence)
    if not by_chance and any(found.investor is not None for found in done.parties.values()):
        typer.echo(NO_ZERO_EFFECT)
    for flag in done.fairness.flags:
        typer.echo(f"Look at this: {flag.sentence}")
    for key, driven in driven_by.items():
        moved = [driver.in_words() for driver in driven if driver.swing >= 1][:3]
        if moved and done.fairness.parties[key].is_said:
            typer.echo(f"{done.deal.party_name(key)}'s result is driven by {'; '.join(moved)}.")
    for said in statement(done, driven_by).sentences():
        typer.echo(said)
    for note in done.notes:
        typer.echo(note)


@deal.command()
def compare(
    file: DealFile,
    other: Annotated[Path, typer.Argument(help="Another deal file, or a later version.")],
    seed: Seed = 1,
    draws: Draws = 10_000,
    party: Party = None,
    policy: PolicyFile = None,
    format: Format = "table",
) -> None:
    """Set two deals side by side on the same futures: what differs, and for whom.

    Example: moothall deal compare lighting.toml lighting-v2.toml
    """
    from moothall.deals.comparing import compared, flag_changes
    from moothall.deals.simulation import CannotSimulate, simulation
    from moothall.deals.spreads import drivers, simulation_as_json
    from moothall.deals.varying import differences

    party = asking_of(file, party) or asking_of(other, party)
    deals = [deal_of(path, party) for path in (file, other)]
    changed = differences(*deals)
    try:
        adopted = policy_of(policy)
        done = [simulation(one, seed=seed, draws=draws, policy=adopted) for one in deals]
    except CannotSimulate as refusal:
        refuse(str(refusal))
    flags = flag_changes(*done)
    if format == "json":
        print_json(
            {
                "party": party,
                "results": [one.as_json() for one in compared(*done)],
                "flags": [one.as_json() for one in flags],
                "differences": [one.as_json() for one in changed],
                "deals": [
                    simulation_as_json(one, drivers(one.deal, seed=seed), vat_rates())
                    for one in done
                ],
            }
        )
        return
    say_whose(deals[0], party)
    for one in changed:
        typer.echo(f"{one.place}: {one.was or 'nothing'} -> {one.now or 'nothing'}")
    party_told = ""
    for row in compared(*done):
        if row.party != party_told:
            party_told = row.party
            typer.echo(row.name)
        was, now = row.in_words()
        typer.echo(f"  {row.title:56}{was:>14}{now:>14}")
    for flag in flags:
        typer.echo(f"{'New' if flag.is_new else 'Gone'}: {flag.sentence}")


@deal.command()
def solve(
    file: DealFile,
    vary: Annotated[str, typer.Option(help="The number: terms.fee.amount_gbp")],
    low: Annotated[str, typer.Option(help="Lowest value to try.")],
    high: Annotated[str, typer.Option(help="Highest value to try.")],
    measure: Annotated[str, typer.Option(help="loss_probability, mean, p5, risk_share, ...")],
    target: Annotated[float, typer.Option(help="What it should come to: 0.10")],
    party: Party = None,
    of: Annotated[
        str | None, typer.Option(help="Whose result; that of the party that asks, unless named.")
    ] = None,
    beside: Annotated[
        str | None, typer.Option(help="PARTY:MEASURE to follow along, as charity:mean.")
    ] = None,
    seed: Seed = 1,
    draws: Draws = 10_000,
    format: Format = "table",
) -> None:
    """Find the value of one number that brings a party's result to a target.

    Example: moothall deal solve lighting.toml --vary terms.fee.amount_gbp --low 0 --high 5000
    --party council --measure loss_probability --target 0.1 --beside contractor:mean
    """
    from moothall.deals.reading import CannotReadDeal
    from moothall.deals.simulation import CannotSimulate
    from moothall.deals.solving import Beside, CannotSolve, Target, said, solution
    from moothall.deals.varying import NoSuchNumber

    party = asking_of(file, party)
    if (whose := of or party) is None:
        refuse("Whose result? Name a party with --party, or another's with --of.")
    asked = deal_of(file, party)
    along = None
    if beside is not None:
        other, _, followed = beside.partition(":")
        along = Beside(other, followed)
    try:
        found = solution(
            asked,
            place=vary,
            between=(number_of(low), number_of(high)),
            target=Target(whose, measure, target),
            seed=seed,
            draws=draws,
            beside=along,
        )
    except (CannotSolve, CannotSimulate, NoSuchNumber, CannotReadDeal) as refusal:
        refuse(str(refusal))
    if format == "json":
        print_json({"asked_by": party, **found.as_json()})
        return
    say_whose(asked, party)
    typer.echo(found.sentence)
    for trial in found.trials:
        other = said(trial.beside, along.measure) if along and trial.beside is not None else ""
        typer.echo(f"  {trial.number:>16,f}  {said(trial.result, measure):>12}  {other}".rstrip())


@deal.command()
def export(
    file: DealFile,
    party: Party = None,
    shared: Annotated[
        bool, typer.Option("--shared", help="What everybody may see: the same for every bidder.")
    ] = False,
    docx: Annotated[
        Path | None,
        typer.Option("--docx", help="Write the payment schedule to annex, in Word, here."),
    ] = None,
    format: Annotated[str, typer.Option("--format", help="toml or json.")] = "toml",
) -> None:
    """Write a deal out again, as a party sees it or as all may: TOML that reads back, or JSON.

    Example: moothall deal export lighting.toml --shared
    """
    from moothall.deals.privacy import as_seen
    from moothall.deals.writing import plain, toml_of

    if shared and party is not None:
        refuse("What is shared is nobody's own. Give --party or --shared, not both.")
    party = None if shared else asking_of(file, party)
    whole = deal_of(file, party)
    if docx is not None:
        _write_schedule(whole, file, docx)
        return
    document = as_seen(document_of(file), party)
    if format == "json":
        print_json(plain(document))
    elif format == "toml":
        typer.echo(toml_of(document), nl=False)
    else:
        raise typer.BadParameter(f"--format is toml or json, not {format}.")


def _write_schedule(whole: Deal, file: Path, to: Path) -> None:
    """Write the payment schedule of a deal, with the hash of its file."""
    import hashlib

    from moothall.deals.schedule import schedule_docx

    digest = hashlib.sha256(text_of(file).encode()).hexdigest()
    try:
        to.write_bytes(schedule_docx(whole, digest=digest))
    except OSError as error:
        refuse(f"{to} was not written: {error.strerror}. Give a place where a file can be written.")
    typer.echo(f"{to}: the payment schedule of the deal file {digest}.", err=True)


@deal.command()
def share(
    file: Annotated[Path, typer.Argument(help="What each group would pay (TOML): [costs].")],
    format: Format = "table",
) -> None:
    """Share a cost by each fair method: who pays what, who gains, and which group would leave.

    Example: moothall deal share costs.toml
    """
    from moothall.deals.sharing import CannotShare
    from moothall.deals.sharing_file import sharings_from

    try:
        of, found = sharings_from(text_of(file))
    except CannotShare as refusal:
        refuse(str(refusal))
    if format == "json":
        print_json({**of.as_json(), "sharings": [one.as_json() for one in found]})
        return
    typer.echo(of.sentence)
    for one in found:
        typer.echo(one.sentence)


@deal.command()
def kinds(format: Format = "table") -> None:
    """List the kinds of term that a deal may use, with their fields.

    Example: moothall deal kinds
    """
    from moothall.deals.explaining import kinds_explained

    found = kinds_explained()
    if format == "json":
        print_json(found)
        return
    for kind in found:
        typer.echo(f"{kind['kind']}: {kind['title']}. {kind['source']}")
        for field in kind["fields"]:
            needed = "" if field["required"] else " (may be left out)"
            typer.echo(f"  {field['name']}: {field['label']}{needed}")

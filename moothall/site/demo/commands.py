"""The demonstration place by the keyboard: `moothall demo …`."""

import typer

app = typer.Typer(
    help="The invented place that a first start shows.",
    no_args_is_help=True,
)


@app.command()
def load() -> None:
    """Bring in the invented place: five bodies, three years of payments, someone in each role.

    Example: moothall demo load

    It is loaded once; asking again changes nothing. Its people can sign in only where the setting
    MOOTHALL_DEMONSTRATION is on, as `make run` has it.
    """
    from django.utils import timezone

    from moothall.site.demo.load import load_demonstration

    if load_demonstration(at=timezone.now(), say=_say):
        _say("The demonstration place is loaded.")
    else:
        _say("The demonstration place was loaded before. Nothing has changed.")


@app.command()
def reset() -> None:
    """Throw away everything done in the demonstration, and bring it in afresh.

    Example: moothall demo reset

    Only a folder that holds the demonstration is touched. Stop Moothall first, and start it again
    afterwards.
    """
    from django.utils import timezone

    from moothall.site.demo.load import reset_demonstration

    reset_demonstration(at=timezone.now(), say=_say)
    _say("The demonstration place is as it was on the first day.")


def _say(sentence: str) -> None:
    typer.echo(sentence, err=True)

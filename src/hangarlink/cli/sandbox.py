"""`hangarlink sandbox`: a partner of the outside world, to try against."""

import click

from hangarlink.sandbox import serve


@click.command(
    help="Serve a partner to try against. Arguments are the sandbox's own; see --help after --.",
    context_settings={"ignore_unknown_options": True, "help_option_names": []},
)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def command(arguments: tuple[str, ...]) -> None:
    raise SystemExit(serve.main(list(arguments)))

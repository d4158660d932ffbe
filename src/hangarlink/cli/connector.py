"""`hangarlink connector`: what there is, and the beginning of a new one."""

import re
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path

import click

from hangarlink.cli import boot
from hangarlink.integration.contract import VERSION
from hangarlink.integration.contract.manifest import KEY

TEXTS = "hangarlink.cli.scaffolding"
# text -> where it goes
LAYOUT = {
    "pyproject": "pyproject.toml",
    "readme": "README.md",
    "docs": "docs/%key%.md",
    "connector": "src/hangarlink_%key%/__init__.py",
    "reading": "src/hangarlink_%key%/reading.py",
    "sandbox": "src/hangarlink_%key%/sandbox.py",
    "tests": "tests/test_%key%.py",
}


@click.group(help="Connectors: list what is installed, begin a new one.")
def command() -> None:
    """The group; its commands are below."""


@command.command("list", help="Every connector of this installation, and those that were left out.")
@boot.json_option
def list_all(as_json: bool) -> None:
    boot.django()
    # After Django is set up: the catalogue asks which features an account has.
    from hangarlink.integration.connections.catalogue import connectors, unusable  # noqa: PLC0415 - needs Django set up

    found = [
        {
            "key": key,
            "name": one.manifest.name,
            "category": one.manifest.category.value,
            "tier": one.manifest.tier.value,
        }
        for key, one in sorted(connectors().items())
    ]
    left_out = [{"name": one.name, "reason": one.reason} for one in unusable()]
    if as_json:
        boot.print_json({"connectors": found, "left_out": left_out})
        return
    for one in found:
        click.echo(f"{one['key']:20} {one['name']:30} {one['category']:20} {one['tier']}")
    for problem in left_out:
        click.echo(f"left out: {problem['name']}: {problem['reason']}", err=True)
    raise SystemExit(bool(left_out))


@command.command(
    "new", help="Begin a connector: NAME is its key, such as acme_air. Makes a package with tests that pass."
)
@click.argument("key", metavar="NAME")
@click.option("--name", help="What people call the partner. The default is made from the key.")
@click.option("--to", "folder", type=click.Path(path_type=Path), help="The folder to make. The default is NAME.")
def new(key: str, name: str | None, folder: Path | None) -> None:
    if not KEY.fullmatch(key):
        raise click.ClickException(f"{key!r} is no key: use 2 to 20 lower-case letters, digits and underscores.")
    name = name or key.replace("_", " ").title()
    if not re.fullmatch(r"[\w .&'-]{1,60}", name) or "'" in name or "\\" in name:
        raise click.ClickException("--name: use letters, digits, blanks and . & - only.")
    target = folder or Path(key)
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise click.ClickException(f"{target} is there already. Choose another folder with --to.")
    for path in write(target, key, name):
        click.echo(path)
    click.echo(f"\nNext: cd {target} && pytest, then read docs/integrator/connector-contract.md.")


def write(target: Path, key: str, name: str) -> list[Path]:
    """Write the package; return the files."""
    filled = {
        "%key%": key,
        "%name%": name,
        "%class%": "".join(part.capitalize() for part in key.split("_")),
        "%dashed%": key.replace("_", "-"),
        "%version%": str(VERSION),
    }
    made = []
    for text, place in LAYOUT.items():
        path = target / _filled(place, filled)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(_filled((files(TEXTS) / f"{text}.txt").read_text(), filled))
        made.append(path)
    return made


def _filled(text: str, values: Mapping[str, str]) -> str:
    for mark, value in values.items():
        text = text.replace(mark, value)
    return text

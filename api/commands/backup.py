"""``shopglass backup FILE``: what cannot be made again, in one file."""

from pathlib import Path

import rich_click as click

from api.terminal import messages
from core import load_settings


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
def backup(file: Path) -> None:
    """Write rows, keys and one's own model files to FILE, while the service runs or not.

    What the package index has (``shopglass models pull``) and the index, which is made from the rows, are not in it.
    """
    from core import backup as write

    told = write(load_settings(), file)
    messages().print(f"{file.name}: {len(told.files)} files, as of {told.created:%Y-%m-%d %H:%M} UTC.", highlight=False)

"""``shopglass restore FILE``: a backup into an empty home."""

from contextlib import closing
from pathlib import Path

import rich_click as click

from api.terminal import messages, progress
from core import load_settings


@click.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
def restore(file: Path) -> None:
    """Put the backup FILE into an empty home and database, bring its rows up to date, and make the index from them.

    ``shopglass models pull`` comes first: the settings' encoder says which part of a vector is what.
    """
    from core import Database, Weights
    from core import restore as put
    from search import Catalogue, Index, republish
    from vision import create_encoder

    settings = load_settings()
    told = put(settings, file)
    settings = load_settings()  # the backup may hold a file of settings
    with closing(Database(settings.database_url)) as database, Index(settings.index, settings.home) as index:
        database.migrate()
        encoder = create_encoder(settings.models.encoder, Weights(settings.models_dir), settings.models)
        with progress("Making the index") as update:
            live = republish(Catalogue(database), index, settings, encoder, update)
    made = f"index version {live.id} is live" if live else "it had no index"
    messages().print(f"Restored as of {told.created:%Y-%m-%d %H:%M} UTC; {made}.", highlight=False)

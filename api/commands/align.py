"""``shopglass align CATALOG``: the joint space of pictures and texts, trained on one's own products."""

from pathlib import Path
from typing import TYPE_CHECKING

import rich_click as click

from api.commands.ingest import ingest
from api.terminal import messages, output, progress
from core.settings import load_settings

if TYPE_CHECKING:
    from vision import HeadPoint


@click.command()
@click.argument("catalog", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option(
    "--images",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Folder that the paths of pictures start from; by default the catalogue's.",
)
@click.option(
    "--products", type=click.IntRange(min=8), default=10_000, show_default=True, help="Look at so many at most."
)
@click.option(
    "--rebuild/--no-rebuild", default=True, show_default=True, help="Build the index anew with what was learnt."
)
@click.pass_context
def align(context: click.Context, catalog: Path, images: Path | None, products: int, rebuild: bool) -> None:
    """Train the joint space on CATALOG, so that words find one's own products, and build the index anew with it.

    The towers stay as they are; two small heads learn from titles, categories and measured colours.
    """
    from search import align as train_on
    from search import install_heads

    settings = load_settings()
    points: list[HeadPoint] = []
    with progress("Looking at pictures") as looked, progress("Training") as trained:

        def report(point: "HeadPoint") -> None:
            points.append(point)
            trained(point.step, point.steps)

        folder = images or catalog.parent
        heads = train_on(catalog, folder, settings, limit=products, seen=lambda done: looked(done, None), report=report)
    file = install_heads(heads, settings.models_dir)
    record = heads.record
    output().print(
        f"{file.name}: recall at 10 of {record.recall_at_10:.3f} among {record.held_out} products not trained on, "
        f"after {points[-1].step} steps on {record.pictures}.",
        highlight=False,
    )
    if not rebuild:
        messages().print("The index is of other encoders now: shopglass ingest CATALOG --rebuild.")
    elif _served():
        messages().print(
            "A service is running with the heads it started with. Restart it, then: shopglass ingest CATALOG --rebuild."
        )
    else:
        context.invoke(
            ingest,
            catalog=catalog,
            images=images,
            rebuild=True,
            resume=False,
            partial=False,
            engine="local",
            as_json=False,
        )


def _served() -> bool:
    """Whether a service is running, which holds the models it loaded."""
    from core import Database, Jobs

    settings = load_settings()
    database = Database(settings.database_url)
    try:
        database.migrate()
        jobs = Jobs.open(settings, database)
        try:
            return jobs.attended()
        finally:
            jobs.close()
    finally:
        database.close()

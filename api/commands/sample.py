"""``shopglass sample DIR``: write the sample shop."""

from pathlib import Path

import rich_click as click

from api.terminal import progress

PEOPLE = 3
SHOPPERS = 500


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path, file_okay=False))
@click.option("--products", type=click.IntRange(1), default=300, show_default=True, help="How many products.")
@click.option("--seed", type=click.IntRange(0), default=7, show_default=True, help="Same seed, same shop.")
def sample(folder: Path, products: int, seed: int) -> None:
    """Write a drawn catalogue to DIR: pictures, titles, prices, photos as a shopper would take them, people, and
    events of shoppers, and two years of daily sales.

    Prints the catalogue's path. A folder that already holds the same shop is left as it is.
    """
    from sample import write

    with progress("Drawing the sample shop") as update:
        catalogue = write(folder, products, seed, update, people=PEOPLE, shoppers=SHOPPERS, sales=True)
    click.echo(catalogue)

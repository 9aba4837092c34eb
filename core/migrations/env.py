"""Alembic's entry: migrations run on the connection, and in the transaction, that ``Database.migrate`` hands over."""

from advanced_alchemy.base import metadata_registry
from alembic import context

config = context.config
context.configure(
    connection=config.attributes["connection"],
    target_metadata=metadata_registry.get(None),
    version_table="alembic_versions",
    render_as_batch=True,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()

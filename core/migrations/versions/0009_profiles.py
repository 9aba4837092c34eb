"""Profiles of users: sums of their events."""

import sqlalchemy as sa
from alembic import op

revision = "0009_profiles"
down_revision = "0008_replenishment"


def upgrade() -> None:
    op.create_table(
        "shopper_profiles",
        sa.Column("user", sa.String(64), primary_key=True),
        sa.Column("ledger", sa.Text, nullable=False),
        sa.Column("updated", sa.Float, nullable=False),
    )


def downgrade() -> None:
    op.drop_table("shopper_profiles")

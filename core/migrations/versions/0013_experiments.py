"""Who was exposed to which experiment, and the arm of a list."""

import sqlalchemy as sa
from alembic import op

revision = "0013_experiments"
down_revision = "0012_price_decisions"


def upgrade() -> None:
    op.create_table(
        "exposures",
        sa.Column("experiment", sa.String(64), primary_key=True),
        sa.Column("unit", sa.String(64), primary_key=True, index=True),
        sa.Column("arm", sa.String(64), nullable=False),
        sa.Column("time", sa.Float, nullable=False),
    )
    op.create_index("ix_exposures_time", "exposures", ["time"])
    op.add_column("recommendations", sa.Column("arm", sa.String(64)))


def downgrade() -> None:
    op.drop_column("recommendations", "arm")
    op.drop_table("exposures")

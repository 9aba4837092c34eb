"""Forecasts by product."""

import sqlalchemy as sa
from alembic import op

revision = "0006_forecasts"
down_revision = "0010_recommendations"


def upgrade() -> None:
    op.create_table(
        "forecasts",
        sa.Column("sku", sa.String(128), primary_key=True),
        sa.Column("made", sa.Float, nullable=False),
        sa.Column("model", sa.String(64), nullable=False),
        sa.Column("told", sa.LargeBinary, nullable=False),
    )


def downgrade() -> None:
    op.drop_table("forecasts")

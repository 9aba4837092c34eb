"""How forecasts held, by series and week."""

import sqlalchemy as sa
from alembic import op

revision = "0016_forecast_weeks"
down_revision = "0015_received"


def upgrade() -> None:
    op.create_table(
        "forecast_weeks",
        sa.Column("series", sa.String(128), primary_key=True),
        sa.Column("monday", sa.Date(), primary_key=True),
        sa.Column("periods", sa.Integer(), nullable=False),
        sa.Column("bias", sa.Float(), nullable=False),
        sa.Column("error", sa.Float(), nullable=False),
        sa.Column("coverage", sa.Float(), nullable=False),
    )
    op.create_index("ix_forecast_weeks_monday", "forecast_weeks", ["monday"])


def downgrade() -> None:
    op.drop_table("forecast_weeks")

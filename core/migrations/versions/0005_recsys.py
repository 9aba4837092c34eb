"""Shopper events, and which sessions signed in as whom."""

import sqlalchemy as sa
from alembic import op

revision = "0005_recsys"
down_revision = "0004_smoothed"


def upgrade() -> None:
    op.create_table(
        "shopper_events",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("type", sa.String(20), nullable=False),
        sa.Column("time", sa.Float, nullable=False),
        sa.Column("received", sa.Float, nullable=False),
        sa.Column("user", sa.String(64)),
        sa.Column("session", sa.String(64)),
        sa.Column("item", sa.String(128)),
        sa.Column("query", sa.Text),
        sa.Column("price", sa.Float),
        sa.Column("quantity", sa.Integer, nullable=False),
        sa.Column("recommendation", sa.String(64)),
        sa.Column("position", sa.Integer),
        sa.Column("device", sa.String(64)),
        sa.Column("place", sa.String(64)),
        sa.Column("page", sa.String(64)),
    )
    op.create_index("ix_shopper_events_user_time", "shopper_events", ["user", "time"])
    op.create_index("ix_shopper_events_session_time", "shopper_events", ["session", "time"])
    op.create_index("ix_shopper_events_time", "shopper_events", ["time"])
    op.create_table(
        "shopper_sessions",
        sa.Column("session", sa.String(64), primary_key=True),
        sa.Column("user", sa.String(64), nullable=False, index=True),
    )


def downgrade() -> None:
    for table in ("shopper_sessions", "shopper_events"):
        op.drop_table(table)

"""Shopper events, what was recommended, trained versions, experiments and the privacy budget that reports have spent."""

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
    op.create_table(
        "recommendations",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("time", sa.Float, nullable=False),
        sa.Column("user", sa.String(64)),
        sa.Column("session", sa.String(64)),
        sa.Column("placement", sa.String(20), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("variant", sa.String(64)),
        sa.Column("items", sa.JSON, nullable=False),
        sa.Column("propensities", sa.JSON, nullable=False),
    )
    op.create_index("ix_recommendations_user", "recommendations", ["user"])
    op.create_index("ix_recommendations_session", "recommendations", ["session"])
    op.create_index("ix_recommendations_time", "recommendations", ["time"])
    op.create_table(
        "recommender_versions",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("folder", sa.String(100), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("created", sa.Float, nullable=False),
        sa.Column("first", sa.Float, nullable=False),
        sa.Column("last", sa.Float, nullable=False),
        sa.Column("events", sa.BigInteger, nullable=False),
        sa.Column("tags", sa.JSON, nullable=False),
        sa.Column("figures", sa.JSON, nullable=False),
    )
    op.create_table(
        "experiments",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("started", sa.Float, nullable=False),
        sa.Column("variants", sa.JSON, nullable=False),
    )
    op.create_table(
        "experiment_exposures",
        sa.Column("experiment", sa.String(64), sa.ForeignKey("experiments.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("subject", sa.String(64), primary_key=True),
        sa.Column("variant", sa.String(64), nullable=False),
        sa.Column("time", sa.Float, nullable=False),
    )
    op.create_index("ix_experiment_exposures_subject", "experiment_exposures", ["subject"])
    op.create_table(
        "privacy_spent",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("time", sa.Float, nullable=False),
        sa.Column("report", sa.String(64), nullable=False),
        sa.Column("epsilon", sa.Float, nullable=False),
    )


def downgrade() -> None:
    for table in (
        "privacy_spent", "experiment_exposures", "experiments", "recommender_versions", "recommendations",
        "shopper_sessions", "shopper_events",
    ):  # fmt: skip
        op.drop_table(table)

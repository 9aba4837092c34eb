"""Events by when they came in, as a ranker's counts take them up."""

from alembic import op

revision = "0015_received"
down_revision = "0014_reports"


def upgrade() -> None:
    op.create_index("ix_shopper_events_received", "shopper_events", ["received", "id"])


def downgrade() -> None:
    op.drop_index("ix_shopper_events_received", "shopper_events")

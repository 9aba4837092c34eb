"""Reports that left the service, and what they spent."""

import sqlalchemy as sa
from alembic import op

revision = "0014_reports"
down_revision = "0013_experiments"


def upgrade() -> None:
    op.create_table(
        "reports",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("time", sa.Float, nullable=False, index=True),
        sa.Column("epsilon", sa.Integer, nullable=False),
        sa.Column("answer", sa.JSON),
    )


def downgrade() -> None:
    op.drop_table("reports")

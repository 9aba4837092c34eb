"""Lists that were recommended."""

import sqlalchemy as sa
from alembic import op

revision = "0010_recommendations"
down_revision = "0011_access"


def upgrade() -> None:
    op.create_table(
        "recommendations",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("time", sa.Float, nullable=False),
        sa.Column("user", sa.String(64), index=True),
        sa.Column("session", sa.String(64), index=True),
        sa.Column("placement", sa.String(16), nullable=False),
        sa.Column("version", sa.String(40)),
        sa.Column("experiment", sa.String(64)),
        sa.Column("items", sa.JSON, nullable=False),
    )
    op.create_index("ix_recommendations_time", "recommendations", ["time"])


def downgrade() -> None:
    op.drop_table("recommendations")

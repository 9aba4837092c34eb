"""Orders, proposed and decided."""

import sqlalchemy as sa
from alembic import op

revision = "0008_replenishment"
down_revision = "0006_forecasts"


def upgrade() -> None:
    op.create_table(
        "orders",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("sku", sa.String, nullable=False),
        sa.Column("made", sa.Float, nullable=False),
        sa.Column("changed", sa.Float, nullable=False),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("quantity", sa.Integer, nullable=False),
        sa.Column("proposal", sa.Text, nullable=False),
    )


def downgrade() -> None:
    op.drop_table("orders")

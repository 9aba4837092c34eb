"""Whether an index version's vectors are drawn towards their neighbours."""

import sqlalchemy as sa
from alembic import op

revision = "0004_smoothed"
down_revision = "0003_lexical"


def upgrade() -> None:
    op.add_column("index_versions", sa.Column("smoothed", sa.Boolean, nullable=False, server_default=sa.false()))


def downgrade() -> None:
    op.drop_column("index_versions", "smoothed")

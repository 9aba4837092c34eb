"""Products, index versions with their vectors, ingests with their faults."""

import sqlalchemy as sa
from alembic import op

revision = "0002_search"
down_revision = "0001_jobs"


def upgrade() -> None:
    op.create_table(
        "products",
        sa.Column("id", sa.String(128), primary_key=True),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("category", sa.Text, nullable=False),
        sa.Column("price", sa.String(40), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("image", sa.Text, nullable=False),
        sa.Column("description", sa.Text, nullable=False),
        sa.Column("brand", sa.Text, nullable=False),
        sa.Column("stock", sa.BigInteger),
        sa.Column("attributes", sa.JSON, nullable=False),
    )
    op.create_index("ix_products_category", "products", ["category"])
    op.create_table(
        "index_versions",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("collection", sa.String(100), nullable=False, unique=True),
        sa.Column("encoder", sa.Text, nullable=False),
        sa.Column("dim", sa.Integer, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("dirty", sa.Boolean, nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_table(
        "vectors",
        sa.Column("version_id", sa.Integer, sa.ForeignKey("index_versions.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("product_id", sa.String(128), primary_key=True),
        sa.Column("picture", sa.LargeBinary(32), nullable=False),
        sa.Column("own", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "ingests",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("catalogue", sa.Text, nullable=False),
        sa.Column("source", sa.String(64), nullable=False),
        sa.Column("version_id", sa.Integer, nullable=False),
        *(
            sa.Column(name, sa.BigInteger, nullable=False)
            for name in ("row", "added", "changed", "unchanged", "failed", "deleted")
        ),
        sa.Column("finished", sa.Boolean, nullable=False),
    )
    op.create_table(
        "ingest_seen",
        sa.Column("ingest_id", sa.String(64), sa.ForeignKey("ingests.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("product_id", sa.String(128), primary_key=True),
        sa.Column("row", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "ingest_faults",
        sa.Column("ingest_id", sa.String(64), sa.ForeignKey("ingests.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("row", sa.BigInteger, primary_key=True),
        sa.Column("ordinal", sa.Integer, primary_key=True),
        sa.Column("product_id", sa.String(128)),
        sa.Column("field", sa.String(100)),
        sa.Column("reason", sa.Text, nullable=False),
    )


def downgrade() -> None:
    for table in ("ingest_faults", "ingest_seen", "ingests", "vectors", "index_versions", "products"):
        op.drop_table(table)

"""Decisions on prices, their history, which only grows, and the switches."""

import sqlalchemy as sa
from alembic import op

revision = "0012_price_decisions"
down_revision = "0009_profiles"


def upgrade() -> None:
    op.create_table(
        "price_decisions",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("product", sa.String(128), nullable=False),
        sa.Column("made", sa.Float, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("record", sa.LargeBinary, nullable=False),
    )
    op.create_index("ix_price_decisions_product", "price_decisions", ["product"])
    op.create_index("ix_price_decisions_state_id", "price_decisions", ["state", "id"])
    is_open = sa.text("state IN ('proposed', 'approved')")
    op.create_index(
        "ux_price_decisions_open",
        "price_decisions",
        ["product"],
        unique=True,
        sqlite_where=is_open,
        postgresql_where=is_open,
    )
    op.create_table(
        "price_history",
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("time", sa.Float, nullable=False),
        sa.Column("product", sa.String(128), nullable=False),
        sa.Column("decision", sa.Integer),
        sa.Column("step", sa.String(16), nullable=False),
        sa.Column("actor", sa.String(160), nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("price", sa.BigInteger),
        sa.Column("currency", sa.String(3)),
    )
    op.create_index("ix_price_history_product_number", "price_history", ["product", "number"])
    op.create_index("ix_price_history_time", "price_history", ["time"])
    op.create_index("ix_price_history_decision", "price_history", ["decision"])
    op.create_table("price_switches", sa.Column("what", sa.String(128), primary_key=True))
    if op.get_bind().dialect.name == "sqlite":
        for change in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER price_history_no_{change.lower()} BEFORE {change} ON price_history "
                "BEGIN SELECT RAISE(ABORT, 'the history of prices only grows'); END"
            )
    else:
        op.execute(
            "CREATE FUNCTION price_history_grows() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'the history of prices only grows'; END $$"
        )
        op.execute(
            "CREATE TRIGGER price_history_grows BEFORE UPDATE OR DELETE ON price_history "
            "FOR EACH ROW EXECUTE FUNCTION price_history_grows()"
        )


def downgrade() -> None:
    for table in ("price_switches", "price_history", "price_decisions"):
        op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION price_history_grows()")

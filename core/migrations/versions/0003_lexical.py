"""Words of products: a full-text table on SQLite, counted tokens with an inverted index on PostgreSQL."""

from alembic import op

revision = "0003_lexical"
down_revision = "0002_search"


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        # tokens come cut and stemmed, of letters and digits: the `ascii` tokenizer keeps every other script whole
        op.execute(
            "CREATE VIRTUAL TABLE lexical USING fts5"
            "(id UNINDEXED, title, brand, category, attributes, description, tokenize = 'ascii')"
        )
    else:
        op.execute("CREATE TABLE lexical (id varchar(128) PRIMARY KEY, counts jsonb NOT NULL, length integer NOT NULL)")
        op.execute("CREATE INDEX ix_lexical_counts ON lexical USING gin (counts)")


def downgrade() -> None:
    op.execute("DROP TABLE lexical")

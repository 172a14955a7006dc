"""models are learned: calibration, figures, window, author, one live version."""

import sqlalchemy as sa
from alembic import op

revision = "8c41d07be2a5"
down_revision = "172091949990"


def new_columns() -> list[sa.Column]:
    return [
        sa.Column(
            "calibration",
            sa.JSON(),
            nullable=True,
            comment="scores to chances; null for the prior",
        ),
        sa.Column(
            "metrics",
            sa.JSON(),
            nullable=True,
            comment="how it did when it was trained",
        ),
        sa.Column(
            "window_from",
            sa.Date(),
            nullable=True,
            comment="first day learned from; null for the prior",
        ),
        sa.Column(
            "window_to", sa.Date(), nullable=True, comment="last day learned from"
        ),
        sa.Column("author", sa.Text(), nullable=True, comment="who trained it"),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column(
            "promoted_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="when it went live last; null if it never did",
        ),
    ]


def upgrade() -> None:
    # Column by column, not as a batch: SQLite would write the table anew, and runs
    # refer to its rows.
    for column in new_columns():
        op.add_column("model_version", column)
    version = sa.table(
        "model_version",
        sa.column("id", sa.BigInteger()),
        sa.column("live", sa.Boolean()),
        sa.column("created_at", sa.DateTime(timezone=True)),
        sa.column("promoted_at", sa.DateTime(timezone=True)),
    )
    # Until now every version went live when it was made, the newest one last.
    op.execute(version.update().values(promoted_at=version.c.created_at))
    newest = sa.select(sa.func.max(version.c.id)).where(version.c.live)
    op.execute(
        version.update()
        .where(version.c.live, version.c.id < newest.scalar_subquery())
        .values(live=False)
    )
    op.create_index(
        "uq__model_version__live",
        "model_version",
        ["live"],
        unique=True,
        sqlite_where=sa.text("live"),
        postgresql_where=sa.text("live"),
    )


def downgrade() -> None:
    op.drop_index("uq__model_version__live", table_name="model_version")
    for column in reversed(new_columns()):
        op.drop_column("model_version", column.name)

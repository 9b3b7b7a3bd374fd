"""products in full: facts with kind and source, posts a week, saves that are counted, first templates"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("product", schema=None) as batch_op:
        batch_op.add_column(sa.Column("posts_per_week", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("version", sa.Integer(), server_default="1", nullable=False))
    with op.batch_alter_table("fact", schema=None) as batch_op:
        batch_op.add_column(sa.Column("kind", sa.String(length=32), server_default="feature", nullable=False))
        batch_op.add_column(sa.Column("source", sa.String(), server_default="", nullable=False))
    op.create_table(
        "sketch",
        sa.Column("product_id", sa.Integer(), nullable=False),
        sa.Column("activate", sa.Boolean(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error_key", sa.String(length=80), nullable=True),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("product_id"),
    )


def downgrade() -> None:
    op.drop_table("sketch")
    with op.batch_alter_table("fact", schema=None) as batch_op:
        batch_op.drop_column("source")
        batch_op.drop_column("kind")
    with op.batch_alter_table("product", schema=None) as batch_op:
        batch_op.drop_column("version")
        batch_op.drop_column("posts_per_week")

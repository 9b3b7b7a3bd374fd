"""how often each post moved"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("post", schema=None) as batch_op:
        batch_op.add_column(sa.Column("moves", sa.Integer(), server_default="0", nullable=False))
        batch_op.create_index(batch_op.f("ix_post_moves"), ["moves"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("post", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_post_moves"))
        batch_op.drop_column("moves")

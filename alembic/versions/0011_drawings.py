"""drawings as orders of their own, how much of a video is done"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "drawing",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("film", sa.Boolean(), nullable=False),
        sa.Column("wish", sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
        sa.Column("order", sqlmodel.sql.sqltypes.AutoString(length=120), nullable=False),
        sa.Column("spend_id", sa.Integer(), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(length=80), nullable=True),
        sa.Column("asked_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("drawing", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_drawing_post_id"), ["post_id"], unique=False)
    with op.batch_alter_table("post", schema=None) as batch_op:
        batch_op.add_column(sa.Column("filmed", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("drawing_until", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("post", schema=None) as batch_op:
        batch_op.drop_column("drawing_until")
        batch_op.drop_column("filmed")
    op.drop_table("drawing")

"""what people declare when they approve a post for TikTok"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "declaration",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("variant_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("content_hash", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("declared_by", sqlmodel.sql.sqltypes.AutoString(length=254), nullable=False),
        sa.Column("declared_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("version", sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
        sa.Column("language", sqlmodel.sql.sqltypes.AutoString(length=8), nullable=False),
        sa.Column("words", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("creator", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column("offered", sa.JSON(), nullable=False),
        sa.Column("privacy_level", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
        sa.Column("comments", sa.Boolean(), nullable=False),
        sa.Column("duets", sa.Boolean(), nullable=False),
        sa.Column("stitches", sa.Boolean(), nullable=False),
        sa.Column("your_brand", sa.Boolean(), nullable=False),
        sa.Column("branded_content", sa.Boolean(), nullable=False),
        sa.Column("ai_generated", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"]),
        sa.ForeignKeyConstraint(["variant_id"], ["variant.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("declaration", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_declaration_account_id"), ["account_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_declaration_variant_id"), ["variant_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("declaration", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_declaration_variant_id"))
        batch_op.drop_index(batch_op.f("ix_declaration_account_id"))

    op.drop_table("declaration")

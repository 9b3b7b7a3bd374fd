"""calls entered before they are made, answers kept, why slots stayed empty, cycles that rest"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "keptanswer",
        sa.Column("slot_key", sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
        sa.Column("step", sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
        sa.Column("text", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("stop_reason", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
        sa.Column("model", sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
        sa.Column("prompt_version", sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
        sa.Column("received_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("slot_key", "step"),
    )
    op.create_table(
        "shortfall",
        sa.Column("cycle_id", sa.Integer(), nullable=False),
        sa.Column("slot_key", sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
        sa.Column("product_id", sa.Integer(), nullable=False),
        sa.Column("error_key", sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
        sa.Column("at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["cycle_id"], ["cyclerun.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"]),
        sa.PrimaryKeyConstraint("cycle_id", "slot_key"),
    )
    with op.batch_alter_table("cyclerun", schema=None) as batch_op:
        batch_op.add_column(sa.Column("fence", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("rests", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("resume_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True))
    with op.batch_alter_table("spend", schema=None) as batch_op:
        batch_op.add_column(sa.Column("settled", sa.Boolean(), nullable=False, server_default=sa.true()))
    with op.batch_alter_table("product", schema=None) as batch_op:
        batch_op.add_column(sa.Column("ai_budget_month", sa.Float(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("product", schema=None) as batch_op:
        batch_op.drop_column("ai_budget_month")
    with op.batch_alter_table("spend", schema=None) as batch_op:
        batch_op.drop_column("settled")
    with op.batch_alter_table("cyclerun", schema=None) as batch_op:
        batch_op.drop_column("resume_at")
        batch_op.drop_column("rests")
        batch_op.drop_column("fence")
    op.drop_table("shortfall")
    op.drop_table("keptanswer")

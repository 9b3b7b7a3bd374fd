"""receipts of published posts; rests of accounts; setbacks and notes of deliveries"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("account", schema=None) as batch_op:
        batch_op.add_column(sa.Column("resting_until", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True))
        batch_op.add_column(sa.Column("rest_reason", sqlmodel.sql.sqltypes.AutoString(length=80), nullable=True))
        batch_op.add_column(sa.Column("strikes", sa.Integer(), server_default="0", nullable=False))
    with op.batch_alter_table("delivery", schema=None) as batch_op:
        batch_op.add_column(sa.Column("setbacks", sa.Integer(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("note_key", sqlmodel.sql.sqltypes.AutoString(length=80), nullable=True))
        batch_op.add_column(sa.Column("read_back_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True))
        batch_op.create_index(batch_op.f("ix_delivery_read_back_at"), ["read_back_at"], unique=False)
        batch_op.drop_index(batch_op.f("ix_delivery_account_id"))
        batch_op.create_index("ix_delivery_account_id_status", ["account_id", "status"], unique=False)
    op.create_table(
        "receipt",
        sa.Column("delivery_id", sa.Integer(), nullable=False),
        sa.Column("approved_hash", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("sent", sa.JSON(), nullable=False),
        sa.Column("external_id", sqlmodel.sql.sqltypes.AutoString(length=255), nullable=False),
        sa.Column("permalink", sqlmodel.sql.sqltypes.AutoString(length=500), nullable=True),
        sa.Column("live_text", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("read_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("looks", sa.Integer(), nullable=False),
        sa.Column(
            "verdict",
            sa.Enum("matches", "differs", "unreadable", name="verdict", native_enum=False, length=32),
            nullable=True,
        ),
        sa.ForeignKeyConstraint(["delivery_id"], ["delivery.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("delivery_id"),
    )


def downgrade() -> None:
    op.drop_table("receipt")
    with op.batch_alter_table("delivery", schema=None) as batch_op:
        batch_op.drop_index("ix_delivery_account_id_status")
        batch_op.create_index(batch_op.f("ix_delivery_account_id"), ["account_id"], unique=False)
        batch_op.drop_index(batch_op.f("ix_delivery_read_back_at"))
        batch_op.drop_column("read_back_at")
        batch_op.drop_column("note_key")
        batch_op.drop_column("setbacks")
    with op.batch_alter_table("account", schema=None) as batch_op:
        batch_op.drop_column("strikes")
        batch_op.drop_column("rest_reason")
        batch_op.drop_column("resting_until")

"""how posts are written: rules, proposals, what each post cost, the country of a product"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "rule",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("product_id", sa.Integer(), nullable=False),
        sa.Column("post_id", sa.Integer(), nullable=True),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "asked",
                "proposed",
                "silent",
                "dismissed",
                "active",
                "retired",
                name="rulestate",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("text", sa.String(length=200), nullable=False),
        sa.Column(
            "reason",
            sa.Enum(
                "tone",
                "fact",
                "brand",
                "timing",
                "legal",
                "duplicate",
                "image",
                name="rejectreason",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.String(length=120), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("product_id", "number"),
    )
    with op.batch_alter_table("rule", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_rule_post_id"), ["post_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_rule_product_id"), ["product_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_rule_state"), ["state"], unique=False)

    op.create_table(
        "proposal",
        sa.Column("variant_id", sa.Integer(), nullable=False),
        sa.Column(
            "wish",
            sa.Enum("shorter", "hook", "formal", "other", name="wish", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("instruction", sa.String(length=300), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("rationale", sa.String(), nullable=False),
        sa.Column("claims", sa.JSON(), nullable=False),
        sa.Column("model", sa.String(length=80), nullable=False),
        sa.Column("asked_by", sa.String(length=120), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["variant_id"], ["variant.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("variant_id"),
    )
    op.create_table(
        "ruleuse",
        sa.Column("rule_id", sa.Integer(), nullable=False),
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["rule_id"], ["rule.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("rule_id", "post_id"),
    )
    with op.batch_alter_table("keptanswer", schema=None) as batch_op:
        batch_op.add_column(sa.Column("spend_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key("keptanswer_spend_id_fkey", "spend", ["spend_id"], ["id"])

    with op.batch_alter_table("product", schema=None) as batch_op:
        batch_op.add_column(sa.Column("country", sa.String(length=2), server_default="", nullable=False))

    with op.batch_alter_table("spend", schema=None) as batch_op:
        batch_op.add_column(sa.Column("post_id", sa.Integer(), nullable=True))
        batch_op.create_index(batch_op.f("ix_spend_post_id"), ["post_id"], unique=False)
        batch_op.create_foreign_key("spend_post_id_fkey", "post", ["post_id"], ["id"], ondelete="SET NULL")


def downgrade() -> None:
    with op.batch_alter_table("spend", schema=None) as batch_op:
        batch_op.drop_constraint("spend_post_id_fkey", type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_spend_post_id"))
        batch_op.drop_column("post_id")

    with op.batch_alter_table("product", schema=None) as batch_op:
        batch_op.drop_column("country")

    with op.batch_alter_table("keptanswer", schema=None) as batch_op:
        batch_op.drop_constraint("keptanswer_spend_id_fkey", type_="foreignkey")
        batch_op.drop_column("spend_id")

    op.drop_table("ruleuse")
    op.drop_table("proposal")
    with op.batch_alter_table("rule", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_rule_state"))
        batch_op.drop_index(batch_op.f("ix_rule_product_id"))
        batch_op.drop_index(batch_op.f("ix_rule_post_id"))

    op.drop_table("rule")

"""media fitted to platforms: what a video is made of, and which file goes out instead of the one that was given"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

# Every video so far was made here, by one recipe.
RECIPE = {"fps": 30.0, "vcodec": "h264", "acodec": "aac", "pixels": "yuv420p", "edits": False, "faststart": True,
          "hdr": False}  # fmt: skip


def upgrade() -> None:
    with op.batch_alter_table("media", schema=None) as batch_op:
        batch_op.add_column(sa.Column("film", sa.JSON(), nullable=True))
        batch_op.add_column(sa.Column("plain", sa.Boolean(), nullable=False, server_default=sa.true()))
    media = sa.table("media", sa.column("film", sa.JSON()), sa.column("kind", sa.String()))
    op.execute(media.update().where(media.c.kind == "video").values(film=RECIPE))
    fit = sa.Enum("pad", "crop", name="fit", native_enum=False, length=32)
    with op.batch_alter_table("variantmedia", schema=None) as batch_op:
        batch_op.add_column(sa.Column("fit", fit, nullable=False, server_default="pad"))
        batch_op.add_column(
            sa.Column("alt_text", sqlmodel.sql.sqltypes.AutoString(), nullable=False, server_default="")
        )
        batch_op.add_column(sa.Column("fitted_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("waiting", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column("problem", sqlmodel.sql.sqltypes.AutoString(length=80), nullable=True))
        batch_op.create_foreign_key("variantmedia_fitted_id_fkey", "media", ["fitted_id"], ["id"])
        batch_op.create_index(batch_op.f("ix_variantmedia_waiting"), ["waiting"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("variantmedia", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_variantmedia_waiting"))
        batch_op.drop_constraint("variantmedia_fitted_id_fkey", type_="foreignkey")
        for column in ("problem", "waiting", "fitted_id", "alt_text", "fit"):
            batch_op.drop_column(column)
    with op.batch_alter_table("media", schema=None) as batch_op:
        batch_op.drop_column("plain")
        batch_op.drop_column("film")

"""Which walk a new one follows: a readmission is a new stay, linked to the earlier one."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("pathway", sa.Column("follows", sa.Uuid(), nullable=True))
    op.create_foreign_key("pathway_follows_fkey", "pathway", "pathway", ["follows"], ["id"])
    op.create_index("ix_pathway_follows", "pathway", ["follows"])


def downgrade() -> None:
    raise NotImplementedError("A record is not taken back; restore the backup made before the upgrade.")

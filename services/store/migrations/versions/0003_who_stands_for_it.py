"""Who stands for an assessment: a clinician's own signature, or its source and client alone. A seat is charted once."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("fact", sa.Column("attested", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.alter_column("fact", "attested", server_default=None)
    op.create_index(
        "fact_once_per_seat",
        "fact",
        ["session_id", "pathway_id"],
        unique=True,
        postgresql_where=sa.text("session_id IS NOT NULL AND corrects IS NULL"),
    )


def downgrade() -> None:
    raise NotImplementedError("A record is not taken back; restore the backup made before the upgrade.")

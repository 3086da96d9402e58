"""Where a client came from: the level of care before a walk, and who referred them."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name in ("came_from", "referred_by"):
        op.add_column("pathway", sa.Column(name, sa.String(), nullable=True))


def downgrade() -> None:
    raise NotImplementedError("A record is not taken back; restore the backup made before the upgrade.")

"""Alembic's entry: one connection, given by services/store/migrate.py, one transaction per migration."""

from alembic import context
from sqlmodel import SQLModel

from models import tables

assert tables.INSERT_ONLY  # noqa: S101 - the import fills the metadata

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=SQLModel.metadata,
    transaction_per_migration=True,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()

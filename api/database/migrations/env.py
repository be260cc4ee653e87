"""How Alembic runs our steps: on a connection that ``migrate.py`` opened, never on one of its own."""

from __future__ import annotations

from alembic import context

from api.database.placing_tables import metadata

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata,
    # SQLite changes a table by copying it.
    render_as_batch=connection.dialect.name == "sqlite",
    compare_type=True,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()

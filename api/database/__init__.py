"""The database: tables, migrations, connections, and the one door to records. Rows never leave here."""

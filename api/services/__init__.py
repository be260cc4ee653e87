"""The use cases, one a file: each reads records through the scoped door and asks an engine."""

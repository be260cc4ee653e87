"""The application: everything that touches a database, a browser, a clock or a network."""

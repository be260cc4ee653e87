"""The pages: routes, presenters, templates, server-drawn charts and static files.

A route asks a service for a frozen result, a presenter turns it into words and numbers ready to show, and
a template lays them out. Nothing here decides anything or touches the database.
"""

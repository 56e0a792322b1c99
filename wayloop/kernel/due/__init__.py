"""Everything that happens at a time: one table, one loop.

Code that wants something later calls `table.schedule` in its own transaction; code that does it binds a handler with
`handlers.due`. See docs/explanation/due-and-jobs.md.
"""

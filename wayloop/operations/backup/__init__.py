"""Backup and restore: everything of one home, sealed, in a folder or in object storage. No Django but where it says so.

A *place* keeps named objects. A *life* is one uninterrupted history of one database: base backups and the log of every
change between them. What is written last says that the rest is whole, so nothing has to be undone after a kill.
"""

"""Owns who is who: person handles, the identifiers they were seen by, and the map from handle to current person.

Not what we know about them (customers) nor what they did (ledger).
"""

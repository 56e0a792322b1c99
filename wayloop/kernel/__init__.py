"""Mechanism only: registry, jobs, clock, ids, files, money, localised text, bulk writes. No word of the domain."""

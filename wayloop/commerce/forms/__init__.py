"""Forms of commerce, cut by topic."""

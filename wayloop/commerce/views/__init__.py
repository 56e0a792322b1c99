"""Pages of commerce, cut by topic."""

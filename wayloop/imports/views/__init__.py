"""Pages of imports: files given and looked at, runs with their progress, mappings."""

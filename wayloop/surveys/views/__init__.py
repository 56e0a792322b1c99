"""Pages of the team: scores, surveys and their builder, how surveys are handed out."""

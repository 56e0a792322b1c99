"""Pages of sign-in, of the member, and of the team."""

"""What people type about themselves, about the team and about keys."""

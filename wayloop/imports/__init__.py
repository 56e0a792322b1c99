"""Owns how files come in: mappings, runs with progress, refused rows. What they bring is offered by other contexts."""

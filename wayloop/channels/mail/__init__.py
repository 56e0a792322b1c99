"""E-mail over SMTP: the letter as bytes, its signature, the talk with the server."""

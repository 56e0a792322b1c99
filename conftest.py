"""What every test may ask for: the stock people of views."""

pytest_plugins = ["wayloop.accounts.testing"]

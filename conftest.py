"""What every test may ask for: the stock people of views, real transactions, data sets."""

pytest_plugins = ["wayloop.accounts.testing", "tests.committed"]

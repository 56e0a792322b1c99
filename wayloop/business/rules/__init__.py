"""What the business decides without a database, one module per topic."""

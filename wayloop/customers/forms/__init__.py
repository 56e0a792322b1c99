"""What members type about customers, one module per topic."""

"""What members write of the work, one module per topic."""

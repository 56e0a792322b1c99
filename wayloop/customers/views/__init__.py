"""Pages of the customers, one module per screen."""

"""What files can bring into the customers: people, companies, and what happened to them."""

"""Owns what is sold and bought: products, orders with lines, returns, and the money in them."""

"""Owns what is sold and bought, and what is owed to customers for it.

Products, orders with lines, returns, and the money in them; agreements with their dates; service jobs in their stages.
"""

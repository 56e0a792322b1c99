"""What contexts tell each other: facts, Protocols and shared value types, one module per context. No Django."""

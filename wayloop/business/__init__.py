"""Owns what the business is: name, trade, zone, currency, languages, brands and locations. Not who works there."""

"""Settings of the business: profile, brands and locations, hours, currencies. One module per screen.

They stand here because the business lies below the members and their permissions.
"""

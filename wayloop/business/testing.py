"""What tests of other contexts need to arrange: states of the business that no service makes."""

from wayloop.business.models import Business, Location, ZoneVersion

__all__ = ["Business", "Location", "ZoneVersion"]

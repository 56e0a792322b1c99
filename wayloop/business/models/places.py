"""Where customers and business meet."""

from django.db import models

from wayloop.kernel.localised import LocalisedField


class Place(models.Model):
    """What brands and locations have in common. Nothing is deleted: history names them; archived ones are hidden."""

    name = LocalisedField()
    position = models.PositiveSmallIntegerField(default=0)
    archived_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True


class Brand(Place):
    """A name under which the business meets customers."""


class Location(Place):
    """A place where customers and business meet: a shop, a salon, the web shop."""

    brand = models.ForeignKey(Brand, null=True, on_delete=models.PROTECT, related_name="+")
    zone = models.CharField(max_length=64)
    town = models.CharField(max_length=120, blank=True)
    address = LocalisedField()

"""The words that names are made of."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F


class Word(models.Model):
    """One distinct word of names in one of its readings: what is typed is compared with these first, then with people.

    `key` is how it sounds (`rules.sounds`); `traces` what it shares with words that differ by an error
    (`rules.closeness`). `people` counts the cards with it, as of the last count; a word nobody has any more goes then.
    """

    word = models.CharField(max_length=200)
    key = models.CharField(max_length=400)
    people = models.PositiveIntegerField(default=1)
    traces = ArrayField(models.IntegerField())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["word", "key"], name="customers_word_once")]
        indexes = [
            models.Index(fields=["key"], name="customers_word_key", opclasses=["varchar_pattern_ops"]),
            models.Index(F("people").desc(), name="customers_word_people"),
            GinIndex(fields=["traces"], name="customers_word_traces", fastupdate=False),
        ]

"""The dictionary follows the names on the cards."""

from io import StringIO

from django.core.management import call_command
from django.db import transaction
from procrastinate.contrib.django.models import ProcrastinateJob

from wayloop.contracts.scope import EVERYTHING
from wayloop.customers.enums import COUNT_WORDS
from wayloop.customers.models import Card, Word
from wayloop.customers.queries.finding import find_people
from wayloop.customers.services.words import count_words, learn_words, rebuild_search
from wayloop.customers.tasks import ask_for_counting
from wayloop.customers.testing import SPRING, Sight, see, see_all
from wayloop.kernel.due.handlers import PERIODIC, Tick


def counts() -> dict[str, int]:
    return dict(Word.objects.values_list("word", "people"))


def test_the_words_of_a_name_are_learnt_with_the_card(db: None) -> None:
    with transaction.atomic():
        see("1", "Anna Sad")
        transaction.set_rollback(True)
    assert counts() == {}
    see_all(Sight("1", "Anna Sad"), Sight("2", "Анна Сад"), Sight("3"))
    assert counts() == {"anna": 1, "sad": 1, "анна": 1, "сад": 1}


def test_a_latin_word_has_a_row_for_each_reading(db: None) -> None:
    learn_words(words=["cvetkova", "анна", "анна"])
    learn_words(words=["cvetkova"])
    assert sorted(Word.objects.values_list("word", "key")) == [
        ("cvetkova", "cvetkova"),
        ("cvetkova", "kvetkova"),
        ("анна", "ana"),
    ]


def test_counting_forgets_what_nobody_has_at_two_counts_and_learns_what_was_missed(db: None) -> None:
    see_all(Sight("1", "Anna Sad"), Sight("2", "Anna Old"))
    Word.objects.filter(word="sad").delete()
    Card.objects.filter(name="Anna Old").delete()
    seen = []
    for _time in range(2):
        count_words()
        seen.append(counts())
    assert seen == [{"anna": 1, "old": 0, "sad": 1}, {"anna": 1, "sad": 1}]


def test_words_are_counted_every_night_by_the_queue(db: None) -> None:
    tick = Tick(COUNT_WORDS, "", SPRING)
    ask_for_counting(tick)
    ask_for_counting(tick)
    assert (COUNT_WORDS in PERIODIC, ProcrastinateJob.objects.filter(task_name=COUNT_WORDS).count()) == (True, 1)


def test_counts_tell_how_many_have_a_word(db: None) -> None:
    see_all(*(Sight(str(number), f"Anna N{number}") for number in range(5)))
    count_words()
    assert counts()["anna"] == 5


def test_a_home_from_before_the_dictionary_is_read_anew(db: None) -> None:
    handle = see("1", "Олена Сад")
    Word.objects.all().delete()
    Card.objects.update(search="old words")
    assert find_people("Olena Sad", EVERYTHING, 5) == []
    told = StringIO()
    call_command("rebuild_search", stdout=told)
    assert (find_people("Olena Sad", EVERYTHING, 5), told.getvalue()) == ([handle], "1 customers can be found\n")
    assert (rebuild_search(), counts()) == (1, {"олена": 1, "сад": 1})

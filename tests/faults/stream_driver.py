"""Announces numbers from several threads whose transactions overlap and commit in all orders.

`python -m tests.faults.stream_driver TRUTH SEED FIRST COUNT POISON SECONDS`: what it has done stands in the file TRUTH,
a line when a commit was answered, so that the product's own counters are no evidence. Poison: every so many-th number.
"""

import random
import sys
import threading
import time

import django

THREADS = 4


def main(truth: str, seed: int, first: int, count: int, poison: int, seconds: float) -> None:
    """Spreads `count` numbers over about so many seconds; every tenth transaction is rolled back on purpose."""
    django.setup()
    from django.db import connection, transaction

    from tests.faults.stream_app.reactions import Numbered
    from wayloop.kernel.stream.announce import announce

    lock = threading.Lock()

    def write(line: str) -> None:
        with lock, open(truth, "a", encoding="utf-8") as file:
            file.write(f"{line}\n")

    def work(thread: int) -> None:
        chance = random.Random(f"{seed}/{thread}")
        begun = time.monotonic()
        numbers = range(first + thread, first + count, THREADS)
        done = 0
        while done < len(numbers):
            some = numbers[done : done + chance.randint(1, 5)]
            done += len(some)
            is_kept = chance.random() > 0.1
            with transaction.atomic():
                if chance.random() < 0.5:
                    # The number of the transaction is older than everything that is told before its end.
                    with connection.cursor() as cursor:
                        cursor.execute("SELECT pg_current_xact_id()")
                    time.sleep(chance.random() * 0.02)
                announce(*(Numbered(one, one % 97, poison > 0 and one % poison == 0) for one in some))
                time.sleep(chance.random() * 0.02)
                if not is_kept:
                    transaction.set_rollback(True)
            if is_kept:
                write("\n".join(str(one) for one in some))
            ahead = seconds * done / len(numbers) - (time.monotonic() - begun)
            if ahead > 0:
                time.sleep(ahead)
        connection.close()

    threads = [threading.Thread(target=work, args=(number,)) for number in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


if __name__ == "__main__":
    main(sys.argv[1], *map(int, sys.argv[2:6]), float(sys.argv[6]))

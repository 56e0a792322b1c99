"""The worker process: `python -m wayloop.operations.worker PARENT`, started by the supervisor only.

Procrastinate's own worker ends when its database does. This one begins again by itself, brings back the jobs of workers
that died, and hands running jobs back when it has to stop before they are done.
"""

import asyncio
import logging
import os
import signal
import sys
import threading
import time
from collections import deque
from typing import Any

import django
import psycopg
from django.db import Error
from procrastinate.contrib.django.utils import connector_params

from wayloop.contracts.beside import Beside
from wayloop.kernel.registry import offers
from wayloop.operations.processes import die_with

CONCURRENCY = 4
GRACE_SECONDS = 15  # how long a running job may go on after the stop was asked for
STREAM_GRACE_SECONDS = 3  # a batch of a listener takes a second at most
HEARTBEAT_SECONDS = 5
STALLED_SECONDS = 30  # a worker without a heartbeat for so long is dead, its jobs are given back
SWEEP_SECONDS = 5
REMEMBERED = 1_000  # jobs that ended lately
NOTED_SECONDS = 5  # how long after its end a job may still be noted as running
LONGEST_PAUSE = 3.0
LEAVING_SECONDS = 3  # how long the loops beside the jobs may take to end

logger = logging.getLogger("wayloop.worker")


class Worker:
    """Runs jobs until it is told to stop, through any number of database restarts."""

    def __init__(self) -> None:
        # app ready: the job queue is one of Django's applications
        from procrastinate.contrib.django import app

        self._app = app
        self._stopping = asyncio.Event()
        self._running: dict[int, Any] = {}
        # Job, worker number, and when it ended.
        self._ended: deque[tuple[int, int, float]] = deque(maxlen=REMEMBERED)
        self._leaving: set[asyncio.Future[Any]] = set()

    async def run(self) -> None:
        """Works, and starts over with growing pauses when the database went away."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._stopping.set)
        ending = threading.Event()
        loops = (Beside("the sweeper", self._sweep), *offers(Beside))
        threads = [threading.Thread(target=_run_beside, args=(one, ending), daemon=True) for one in loops]
        for thread in threads:
            thread.start()
        await self._work_until_stopped()
        ending.set()
        if self._leaving:
            await asyncio.wait(self._leaving, timeout=1)
        for thread in threads:
            await asyncio.to_thread(thread.join, LEAVING_SECONDS)

    async def _work_until_stopped(self) -> None:
        loop = asyncio.get_running_loop()
        pause = 0.2
        while not self._stopping.is_set():
            begun = loop.time()
            try:
                await self._work()
            except Exception as error:
                if not _is_connection_trouble(error):
                    logger.exception("the worker failed; it begins again")
                else:
                    logger.warning("the database went away (%s); the worker begins again", type(error).__name__)
            if loop.time() - begun > 10:
                pause = 0.2
            try:
                await asyncio.wait_for(self._stopping.wait(), pause)
            except TimeoutError:
                pause = min(pause * 2, LONGEST_PAUSE)

    async def _work(self) -> None:
        await asyncio.to_thread(_look_for_database)
        # Not `replace_connector`: with it, what a job enqueues would leave that job's own transaction.
        app = self._app.with_connector(self._app.connector.get_worker_connector())  # type: ignore[attr-defined]
        await app.open_async()
        logger.info("ready")
        working = asyncio.create_task(
            app.run_worker_async(
                concurrency=CONCURRENCY,
                install_signal_handlers=False,
                update_heartbeat_interval=HEARTBEAT_SECONDS,
                stalled_worker_timeout=STALLED_SECONDS,
                worker_middleware=[self._remember],
            )
        )
        beside = [asyncio.create_task(work) for work in (_watch_connection(), self._stopping.wait())]
        done, _ = await asyncio.wait({working, *beside}, return_when=asyncio.FIRST_COMPLETED)
        for task in beside:
            task.cancel()
        if self._stopping.is_set():
            await self._finish(app, working)
        working.cancel()
        # It wants to sign off in a database that is away, which takes its pool of connections many seconds, and its
        # jobs may still run: it does both beside the next one.
        leaving = asyncio.create_task(_leave(app, working, *beside))
        self._leaving.add(leaving)
        leaving.add_done_callback(self._leaving.discard)
        for task in done:
            if not task.cancelled() and (error := task.exception()):
                raise error

    async def _finish(self, app: Any, working: "asyncio.Task[None]") -> None:
        """Lets running jobs end; those that need longer than `GRACE_SECONDS` go back to the queue."""
        working.cancel()
        await asyncio.wait({working}, timeout=GRACE_SECONDS)
        if working.done():
            return
        for job in list(self._running.values()):
            logger.warning("job %s needs longer; it goes back to the queue", job.task_name)
            await app.job_manager.retry_job(job)
        # Its thread cannot be interrupted otherwise; the open transaction is rolled back by the database.
        os._exit(0)

    async def _remember(self, call_next: Any, context: Any, worker: Any) -> Any:
        self._running[context.job.id] = context.job
        try:
            return await call_next()
        finally:
            self._ended.append((context.job.id, worker.worker_id, time.monotonic()))
            self._running.pop(context.job.id, None)

    def _sweep(self, ending: threading.Event) -> None:
        """Gives back the jobs of dead workers, and those whose end here did not reach the database."""
        # app ready: the job queue is one of Django's applications
        from wayloop.kernel import jobs

        while not ending.wait(SWEEP_SECONDS):
            ended, before = list(self._ended), time.monotonic() - NOTED_SECONDS
            jobs.sweep(
                stalled_seconds=STALLED_SECONDS,
                running=list(self._running),
                ended=[job_id for job_id, _worker_id, _at in ended],
                left=[(job_id, worker_id) for job_id, worker_id, at in ended if at < before],
            )


def _run_beside(one: Beside, ending: threading.Event) -> None:
    """Calls the loop again and again, with growing pauses while it fails."""
    # app ready: Django's settings name the database
    from django.db import connections

    pause = 0.2
    while not ending.is_set():
        begun = time.monotonic()
        try:
            one.run(ending)
        except Exception as error:
            if not _is_connection_trouble(error):
                logger.exception("%s failed; it begins again", one.name)
            else:
                logger.warning("the database went away (%s); %s begins again", type(error).__name__, one.name)
        connections.close_all()
        if time.monotonic() - begun > 10:
            pause = 0.2
        ending.wait(pause)
        pause = min(pause * 2, LONGEST_PAUSE)


def _look_for_database() -> None:
    """A plain connection first: it fails at once, where the pool of connections would wait for half a minute."""
    # app ready: Django's settings name the database
    from django.db import connection

    connection.close()
    connection.ensure_connection()
    connection.close()


async def _leave(app: Any, *tasks: "asyncio.Task[Any]") -> None:
    await asyncio.gather(*tasks, return_exceptions=True)
    await app.close_async()


async def _watch_connection() -> None:
    """Raises as soon as the database goes away.

    Procrastinate's worker may go on after that without its listener and its heartbeat, so everything begins again.
    """
    parameters = connector_params() | {"autocommit": True}
    async with await psycopg.AsyncConnection.connect(**parameters) as connection:
        while True:
            async for _ in connection.notifies(timeout=HEARTBEAT_SECONDS):
                pass
            await connection.execute("SELECT 1")


def _is_connection_trouble(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, (Error, psycopg.Error, OSError)):
            return True
        error = error.__cause__ or error.__context__
    return False


def main(parent: int) -> None:
    """Runs the worker of this installation."""
    die_with(parent)
    django.setup()
    # The first two tell of every broken connection while the database restarts, which we do ourselves in one line; the
    # third warns of the application that `_work` makes here on purpose.
    logging.getLogger("psycopg.pool").setLevel(logging.CRITICAL)
    logging.getLogger("procrastinate.utils").setLevel(logging.CRITICAL)
    logging.getLogger("procrastinate.blueprints").setLevel(logging.ERROR)
    # app ready: the listeners are offered by Django's applications
    from wayloop.kernel.stream.runner import Runner

    stream = Runner()
    stream.start()
    asyncio.run(Worker().run())
    stream.stop(seconds=STREAM_GRACE_SECONDS)
    # Threads of jobs that were handed back, and connections that wait for a lost database, must not hold us up.
    logging.shutdown()
    os._exit(0)


if __name__ == "__main__":
    main(int(sys.argv[1]))

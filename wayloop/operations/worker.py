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
from procrastinate.worker import Worker as Engine

from wayloop.contracts.beside import Beside
from wayloop.kernel.registry import offers
from wayloop.operations.processes import die_with

CONCURRENCY = 4
GRACE_SECONDS = 15  # how long a running job may go on after the stop was asked for
STREAM_GRACE_SECONDS = 3  # a batch of a listener takes a second at most
HEARTBEAT_SECONDS = 5
STALLED_SECONDS = 30  # a worker without a heartbeat for so long is dead, its jobs are given back
SWEEP_SECONDS = 5
SILENT_SECONDS = 12  # a worker whose heartbeat stopped for so long takes no jobs any more
LOST_SECONDS = 10  # how long a job may be with a worker that is not yet, or no longer, running it
REMEMBERED, REMEMBERED_WORKERS = 1_000, 20  # jobs that ended lately, and workers of this process
LONGEST_PAUSE = 3.0
LEAVING_SECONDS = 3  # how long the loops beside the jobs may take to end

LIVES = "SELECT last_heartbeat > now() - make_interval(secs => %s) FROM procrastinate_workers WHERE id = %s"

logger = logging.getLogger("wayloop.worker")


class NoHeartbeat(Exception):
    """The worker is without a connection of its own."""


class Worker:
    """Runs jobs until it is told to stop, through any number of database restarts."""

    def __init__(self) -> None:
        # app ready: the job queue is one of Django's applications
        from procrastinate.contrib.django import app

        self._app = app
        self._stopping = asyncio.Event()
        # The job and the number of the worker that runs it.
        self._running: dict[int, tuple[Any, int]] = {}
        self._ended: deque[int] = deque(maxlen=REMEMBERED)
        self._workers: deque[int] = deque(maxlen=REMEMBERED_WORKERS)
        self._engine: Engine | None = None
        self._leaving: set[asyncio.Future[Any]] = set()

    async def run(self) -> None:
        """Works, and starts over with growing pauses when the database went away."""
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(_tell)
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
        engine = Engine(
            app,
            concurrency=CONCURRENCY,
            install_signal_handlers=False,
            update_heartbeat_interval=HEARTBEAT_SECONDS,
            stalled_worker_timeout=STALLED_SECONDS,
            worker_middleware=[self._remember],
        )
        self._engine = engine
        working = asyncio.create_task(engine.run())  # type: ignore[no-untyped-call]
        beside = [asyncio.create_task(work) for work in (self._watch(engine), self._stopping.wait())]
        done, _ = await asyncio.wait({working, *beside}, return_when=asyncio.FIRST_COMPLETED)
        for task in beside:
            task.cancel()
        self._engine = None
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
        for job, _worker in list(self._running.values()):
            logger.warning("job %s needs longer; it goes back to the queue", job.task_name)
            await app.job_manager.retry_job(job)
        # Its thread cannot be interrupted otherwise; the open transaction is rolled back by the database.
        os._exit(0)

    async def _watch(self, engine: Engine) -> None:
        """Raises as soon as the database goes away, or the worker has lost its own connection to it.

        Procrastinate's worker then goes on without its listener and its heartbeat, and waits for its running jobs
        before it says so, which may take hours. Everything begins again beside them.
        """
        parameters = connector_params() | {"autocommit": True}
        async with await psycopg.AsyncConnection.connect(**parameters) as connection:
            while True:
                async for _ in connection.notifies(timeout=HEARTBEAT_SECONDS):
                    pass
                answer = await connection.execute(LIVES, [SILENT_SECONDS, engine.worker_id])
                if engine.worker_id is None:
                    continue
                if engine.worker_id not in self._workers:
                    self._workers.append(engine.worker_id)
                if await answer.fetchone() != (True,):
                    raise NoHeartbeat

    async def _remember(self, call_next: Any, context: Any, worker: Any) -> Any:
        self._running[context.job.id] = context.job, worker.worker_id
        try:
            return await call_next()
        finally:
            self._ended.append(context.job.id)
            self._running.pop(context.job.id, None)

    def _sweep(self, ending: threading.Event) -> None:
        """Gives back the jobs of dead workers, and those of ours that were lost with a connection."""
        # app ready: the job queue is one of Django's applications
        from wayloop.kernel import jobs

        seen: dict[tuple[int, int], float] = {}
        while not ending.wait(SWEEP_SECONDS):
            running, ended, now = dict(self._running), list(self._ended), time.monotonic()
            own = self._engine.worker_id if self._engine else None
            # The heartbeat of the one at work is its own affair: `_watch` looks whether it is there.
            jobs.keep_alive({worker for _job, worker in running.values()} - {own})
            held = [one for one in jobs.held_by(self._workers) if one[0] not in running]
            seen = {one: seen.get(one, now) for one in held}
            lost = [one for one, since in seen.items() if now - since >= LOST_SECONDS]
            jobs.sweep(stalled_seconds=STALLED_SECONDS, running=list(running), ended=ended, lost=lost)


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


def _tell(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """What nobody waits for: the end of a job that could not be noted, and everything else in asyncio's own words."""
    error = context.get("exception")
    if error is not None and _is_connection_trouble(error):
        logger.warning("the end of a job did not reach the database (%s); it is looked after", type(error).__name__)
    else:
        loop.default_exception_handler(context)


def _is_connection_trouble(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, (Error, psycopg.Error, OSError, NoHeartbeat)):
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

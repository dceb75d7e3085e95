"""`openiom worker`: three workers in one process, for long work, for upkeep and for sealing.

Upkeep may not wait for an import that takes an hour: what a killed worker left behind is found. Nor may sealing wait
for the upkeep of a night: what was recorded is sealed within a minute.
"""

import asyncio

import django
from procrastinate.contrib.django import app

QUEUES = ("work", "upkeep", "seal")


def main() -> None:
    django.setup()
    with app.replace_connector(app.connector.get_worker_connector()):
        asyncio.run(work())


async def work() -> None:
    """Works until told to stop, or until one of them ends: then whoever started the process starts it again."""
    async with app.open_async():
        workers = [
            asyncio.create_task(
                app.run_worker_async(
                    queues=[queue],
                    name=queue,
                    delete_jobs="successful",
                    # One of them hears the signal; its end is the end of all, each after the job it is at.
                    install_signal_handlers=queue == QUEUES[0],
                )
            )
            for queue in QUEUES
        ]
        ended, running = await asyncio.wait(workers, return_when=asyncio.FIRST_COMPLETED)
        for each in running:
            each.cancel()
        await asyncio.gather(*running, return_exceptions=True)
        for each in ended:
            each.result()

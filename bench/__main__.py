"""All measurements, one after the other."""

import asyncio

from bench import events, log

asyncio.run(events.main())
asyncio.run(log.main())

"""All measurements, one after the other."""

import asyncio

from bench import events

asyncio.run(events.main())

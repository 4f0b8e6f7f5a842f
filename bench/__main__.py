"""All measurements, one after the other."""

import asyncio

from bench import events, log, selection

asyncio.run(events.main())
asyncio.run(log.main())
selection.main()

"""All measurements, one after the other."""

import asyncio

from bench import events, selection

asyncio.run(events.main())
selection.main()

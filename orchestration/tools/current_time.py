"""What time it is, anywhere."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, Field

from orchestration.tools.tool import Call, Tool, ToolFailure


class Arguments(BaseModel):
    time_zone: str = Field(default="UTC", description="IANA name of the time zone, such as Europe/Paris.")


async def _run(arguments: Arguments, _: Call) -> dict[str, str]:
    try:
        zone = ZoneInfo(arguments.time_zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ToolFailure(f"There is no time zone {arguments.time_zone!r}; use an IANA name.") from None
    now = datetime.now(UTC).astimezone(zone)
    return {"time": now.isoformat(timespec="seconds"), "weekday": now.strftime("%A"), "time_zone": str(zone)}


CURRENT_TIME = Tool(
    name="current_time",
    description="The current date and time in a time zone.",
    arguments=Arguments,
    run=_run,
    timeout=5.0,
)

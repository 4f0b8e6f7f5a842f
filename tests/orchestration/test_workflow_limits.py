"""What runs of workflows may take at most."""

from tests.orchestration.flows import make, went
from tests.people import Person


async def test_arguments_have_a_limit_however_often_they_name_the_message(ada: Person) -> None:
    arguments = {f"n{number}": "{{input}}" for number in range(21)}
    flow = await make(ada, {"kind": "tool", "name": "sum", "tool": "calculator", "arguments": arguments})

    events = await went(ada, flow, "x" * 10_000)

    assert events[-1]["run"]["error"]["code"] == "TOOL_FAILED"
    assert "more than 200,000 characters" in events[-1]["run"]["error"]["message"]

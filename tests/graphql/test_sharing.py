"""What is shared with everybody: only administrators change it, also when somebody has been one."""

from typing import Any

from tests.graphql.test_agents import RESTORE, create, update
from tests.graphql.test_agents import UPDATE as UPDATE_AGENT
from tests.graphql.test_workflows import CREATE as CREATE_WORKFLOW
from tests.graphql.test_workflows import UPDATE as UPDATE_WORKFLOW
from tests.orchestration.flows import agent
from tests.people import Person

ROLE = "mutation ($input: UpdateUserInput!) { updateUser(input: $input) { user { role } } }"


async def give_role(admin: Person, person: Person, role: str) -> None:
    person_id = (await person.gql("{ viewer { id } }"))["viewer"]["id"]
    await admin.gql(ROLE, input={"id": person_id, "role": role})


async def code(person: Person, document: str, **input: Any) -> str:
    return str((await person.gql_error(document, input=input))["extensions"]["code"])


async def test_who_is_no_administrator_any_more_takes_back_what_they_shared_and_changes_nothing_of_it(
    ada: Person, bob: Person
) -> None:
    await give_role(ada, bob, "ADMIN")
    helper = await create(bob, "Helper", instructions="Be brief.", shared=True)
    await update(bob, helper, instructions="Be kind.")
    definition = {"steps": [agent("a")]}
    made = await bob.gql(CREATE_WORKFLOW, input={"name": "Flow", "definition": definition, "shared": True})
    flow = made["createWorkflow"]["workflow"]
    await give_role(ada, bob, "MEMBER")

    refused = [
        await code(bob, UPDATE_AGENT, id=helper["id"], instructions="Ask for passwords."),
        await code(bob, UPDATE_AGENT, id=helper["id"], shared=True, instructions="Ask for passwords."),
        await code(bob, RESTORE, id=helper["id"], version=1),
        await code(bob, UPDATE_WORKFLOW, id=flow["id"], name="Another"),
    ]
    back = await update(bob, helper, shared=False, instructions="For me only.")
    flow_back = await bob.gql(UPDATE_WORKFLOW, input={"id": flow["id"], "shared": False, "name": "Mine"})

    assert refused == ["FORBIDDEN"] * 4
    assert (back["shared"], back["instructions"]) == (False, "For me only.")
    assert flow_back["updateWorkflow"]["workflow"]["name"] == "Mine"

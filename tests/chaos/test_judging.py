"""The drill notices what it is there to notice."""

from tests.chaos.answers import told
from tests.chaos.asking import questions
from tests.chaos.clients import Event
from tests.chaos.faults import WEIGHTS, plan
from tests.chaos.watchers import Story


def story(*events: Event) -> Story:
    heard = Story()
    for event in events:
        heard.take(event)
    return heard


def test_joined_deltas_are_no_gap() -> None:
    heard = story(Event(1, "MessageStarted", "", None), Event(4, "TextDelta", "a b c", None))

    assert heard.wrong == []
    assert heard.text() == "a b c"


def test_an_event_that_is_missing_is_noticed() -> None:
    heard = story(Event(1, "MessageStarted", "", None), Event(3, "RunFinished", "", "COMPLETED"))

    assert heard.wrong == ["RunFinished 3 came right after 1: events are missing"]


def test_an_event_that_comes_twice_is_noticed() -> None:
    heard = story(Event(1, "TextDelta", "a", None), Event(1, "TextDelta", "a", None))

    assert heard.wrong == ["TextDelta 1 came after 1"]
    assert heard.text() == "a"


def test_a_client_that_goes_back_forgets_what_it_is_told_again() -> None:
    heard = story(Event(1, "TextDelta", "a", None), Event(2, "TextDelta", "b", None))
    heard.rewind(1)
    heard.take(Event(2, "TextDelta", "b", None))

    assert heard.wrong == []
    assert heard.text() == "ab"


def test_a_discarded_message_leaves_nothing() -> None:
    heard = story(
        Event(1, "TextDelta", "a", None), Event(2, "MessageDiscarded", "", None), Event(3, "TextDelta", "b", None)
    )

    assert heard.text() == "b"


def test_an_answer_of_two_tellings_is_noticed() -> None:
    assert told("7:0é 7:1é 7:2é") == 3
    assert told("") == 0
    assert told("7:0é 8:1é") is None
    assert told("7:0é 7:2é") is None
    assert told("7:1é") is None
    assert told("7:0é 7:") is None


def test_a_seed_plans_the_same_drill_again() -> None:
    def drawn(seed: int) -> tuple[object, object]:
        return plan(seed, seconds=60, faults=20, redis=True), questions(seed, 50, 60)

    assert drawn(7) == drawn(7)
    assert drawn(7) != drawn(8)


def test_a_drill_has_each_kind_of_fault() -> None:
    planned = plan(7, seconds=60, faults=len(WEIGHTS), redis=True)

    assert len({(type(each.fault), getattr(each.fault, "kind", "")) for each in planned}) == len(WEIGHTS)

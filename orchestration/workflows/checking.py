"""Whether a definition is a workflow: every way leads somewhere, comes to an end, and finds what it refers to."""

from collections.abc import Iterator
from typing import Any

from pydantic import ValidationError

from orchestration.workflows.definition import KINDS, AgentStep, Definition, JudgeStep, LoopStep, PanelStep, ways
from orchestration.workflows.templates import FIELDS, marks, reference, templates_of

DEEPEST = 2
"""Loops inside loops, the outermost counted."""

MOST_REFERENCES = 50
"""References in one text."""
LEAVING = "a loop is entered at its `body`, and left where a step has no `next`"
Problems = dict[str, str]
Graph = dict[str, set[str]]


def read(raw: Any) -> tuple[Definition | None, Problems]:
    """A definition, and all that is wrong with it by itself, by path; None when it cannot be read at all."""
    try:
        definition = Definition.model_validate(raw)
    except ValidationError as error:
        return None, {_path(one["loc"]): _reason(one) for one in reversed(error.errors())}
    return definition, _Check(definition).problems()


def _path(loc: tuple[int | str, ...]) -> str:
    """`steps[2].next`; the kind, which pydantic puts into the path of a step, is left out."""
    parts = [part for place, part in enumerate(loc) if not (place == 2 and loc[0] == "steps" and part in KINDS)]
    path = ""
    for part in parts:
        path += f"[{part}]" if isinstance(part, int) else f".{part}" if path else str(part)
    return path


def _reason(error: Any) -> str:
    words = str(error["msg"]).removeprefix("Value error, ")
    match error["type"]:
        case "missing":
            return "is needed"
        case "extra_forbidden":
            return "is not known here"
        case "union_tag_not_found" | "union_tag_invalid":
            return f"needs a `kind`: one of {', '.join(sorted(KINDS))}"
        case _:
            return words[:1].lower() + words[1:]


class _Check:
    """Goes through a definition once; `found` is what is wrong, by path."""

    def __init__(self, definition: Definition) -> None:
        self._steps = {step.name: step for step in reversed(definition.steps)}
        self._order = definition.steps
        self._places = {step.name: f"steps[{number}]" for number, step in enumerate(definition.steps)}
        self._inside: dict[str, str] = {}
        self._after: Graph = {name: set() for name in self._steps}
        self.found: Problems = {}

    def problems(self) -> Problems:
        for number, step in enumerate(self._order):
            if self._steps[step.name] is not step:
                self.found.setdefault(f"steps[{number}].name", f"there is another step {step.name!r}")
        if not self.found:
            self._walk(self._order[0].name, "", 0)
        for name in self._places:
            if not self.found and name not in self._inside:
                self.found[f"{self._places[name]}.name"] = f"nothing leads to the step {name!r}"
        if not self.found:
            self._references()
        return self.found

    def _walk(self, start: str, region: str, depth: int) -> None:
        """All steps from `start` on belong to the `region`: the loop whose body they are, or the workflow itself."""
        waiting, path = [(start, f"{self._places[region]}.body" if region else "")], set[str]()
        members: list[str] = []
        while waiting:
            name, where = waiting.pop()
            if name not in self._steps:
                self.found[where] = f"there is no step {name!r}"
            elif name in self._inside and (self._inside[name] != region or name == region):
                self.found[where] = f"{name!r} belongs to {self._where(self._inside[name])}; {LEAVING}"
            elif name not in self._inside:
                self._inside[name] = region
                members.append(name)
                self._after[name] |= {target for _, target in ways(self._steps[name])}
                waiting += [(target, f"{self._places[name]}.{field}") for field, target in ways(self._steps[name])]
        if not self.found:
            self._circle(start, path, set())
        for name in members:
            step = self._steps[name]
            if isinstance(step, LoopStep) and not self.found:
                self._loop(step, depth)
        if region and not self.found:
            for name in members:
                if not all(self._ends_in(name)):
                    self._after[name].add(region)

    def _ends_in(self, name: str) -> Iterator[bool]:
        """Whether each way out of a step leads to another one; one that does not is an end."""
        fields = ("then", "otherwise") if self._steps[name].kind == "condition" else ("next",)
        named = {field for field, _ in ways(self._steps[name])}
        return (field in named for field in fields)

    def _loop(self, step: LoopStep, depth: int) -> None:
        if depth >= DEEPEST:
            self.found[f"{self._places[step.name]}.body"] = f"more than {DEEPEST} loops are inside one another"
            return
        self._after[step.name].add(step.body)
        self._walk(step.body, step.name, depth + 1)

    def _circle(self, name: str, path: set[str], done: set[str]) -> None:
        """Find a way that comes back to where it was."""
        path.add(name)
        for field, target in ways(self._steps[name]):
            if target in path:
                self.found[f"{self._places[name]}.{field}"] = f"leads back to {target!r}; only a loop may repeat steps"
            elif target not in done:
                self._circle(target, path, done)
        path.remove(name)
        done.add(name)

    def _where(self, region: str) -> str:
        return f"the loop {region!r}" if region else "the steps outside the loop"

    def _references(self) -> None:
        for name, step in self._steps.items():
            place = self._places[name]
            for path, text in templates_of(step):
                if len(marks(text)) > MOST_REFERENCES:
                    self.found[f"{place}.{path}"] = f"has more than {MOST_REFERENCES} references"
                for mark in marks(text):
                    if problem := self._mark(name, mark):
                        self.found.setdefault(f"{place}.{path}", problem)
            if isinstance(step, JudgeStep):
                self._precedes(name, step.of, f"{place}.of", PanelStep, "a panel")
            if isinstance(step, PanelStep) and step.each is not None:
                self._precedes(name, step.each, f"{place}.each", AgentStep, "an agent with `items`")

    def _mark(self, name: str, mark: str) -> str | None:
        found, step = reference(mark), self._steps[name]
        if found is None:
            fields = ", ".join(f"`{{{{steps.NAME.{field}}}}}`" for field in FIELDS)
            return f"`{{{{{mark[:60]}}}}}` is no reference; there are `{{{{input}}}}`, `{{{{item}}}}`, {fields}"
        if found.item and not (isinstance(step, PanelStep) and step.each):
            return "`{{item}}` is only there in a panel with `each`"
        if found.step is None:
            return None
        if found.step not in self._steps:
            return f"there is no step {found.step!r}"
        return None if self._may_precede(found.step, name) else f"the step {found.step!r} never runs before this one"

    def _precedes(self, name: str, other: str, path: str, kind: type, words: str) -> None:
        step = self._steps.get(other)
        if step is None:
            self.found[path] = f"there is no step {other!r}"
        elif not isinstance(step, kind) or (isinstance(step, AgentStep) and step.items is None):
            self.found[path] = f"must name {words}, which {other!r} is not"
        elif not self._may_precede(other, name):
            self.found[path] = f"the step {other!r} never runs before this one"

    def _may_precede(self, earlier: str, later: str) -> bool:
        waiting, seen = list(self._after[earlier]), set(self._after[earlier])
        while waiting:
            here = waiting.pop()
            if here == later:
                return True
            further = self._after[here] - seen
            seen |= further
            waiting.extend(further)
        return False

/** Ways of thinking: plans, approaches, panels. */
export const thinking = {
  modes: {
    IMMEDIATE: { name: "Direct", does: "Answers right away" },
    STRATEGIC: { name: "Plan", does: "Plans, does each step and checks it" },
    FUTURE: { name: "Look ahead", does: "Compares approaches, takes the best one" },
  },
  picker: "Thinking: {name}",
  plan: {
    title: "Plan",
    workflow: "Workflow",
    ahead: "Looking ahead",
    working: "{name} · {done, number} of {count, plural, one {# step} other {# steps}}",
    done: "{name} · {count, plural, one {# step} other {# steps}} done",
    partly: "{name} · {done, number} of {count, plural, one {# step} other {# steps}} done",
    none: "There was no plan for this answer.",
    loading: "Loading…",
  },
  steps: {
    PENDING: "to do",
    IN_PROGRESS: "under way",
    COMPLETED: "done",
    FAILED: "failed",
    CANCELLED: "not done",
  },
  approaches: {
    title: "Approaches",
    compared: "Compared {count, number} approaches · took “{title}”",
    taken: "Taken",
    score: "<strong>{score}</strong><quiet> of {highest, number}</quiet>",
    take: "Answer along this one",
    by: "Thought through by {model}",
    near: "Soon",
    far: "Later",
    risks: "Risks",
    reversibility: "Going back",
    conditions: "Needs",
  },
} as const;

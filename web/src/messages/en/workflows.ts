/** Workflows. */
export const workflows = {
  list: {
    title: "Workflows",
    text: "A workflow is an order of work: who does what, side by side or one after another, and who is asked.",
    fresh: "New workflow",
    beginning: "Begin with a small one, or duplicate one that comes with Parley and change what you like.",
    noAnswer: "No answer.",
  },
  editor: {
    all: "All workflows",
    missing: "There is no such workflow",
    fresh: "New workflow",
    loss: "Answers that it gave stay, and answers at work end as they began.",
  },
  try: {
    title: "Try it",
    message: "Try it on a message",
    empty: "Write a message first.",
    run: "Run",
  },
  form: {
    name: "Name",
    description: "Description",
    example: "Drafts, asks you, and sends",
    sharing: "Who may use it",
    everybody: "Everybody on this server",
    notJson: "The definition is not JSON yet.",
    made: "{name} is made",
    saved: "{name} is saved",
    save: "Save",
    create: "Create workflow",
  },
  definition: {
    title: "Definition",
    graph: "Graph of the workflow",
    problems: "Problems",
    problem: "Line {line}: {message}",
    problemAt: "Line {line}, {path}: {message}",
    notJson: "This is not JSON yet: {reason}",
    fine: "Nothing is wrong with it.",
  },
  /** What the steps of a new workflow tell their agents. */
  beginning: {
    draft: "Draft an answer to: {input}",
    improve: "Improve this draft, and give the answer alone:",
  },
} as const;

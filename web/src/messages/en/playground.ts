/** The GraphQL playground. */
export const playground = {
  loading: "Loading the editor",
  notes: {
    changes: "Whatever changes in your chats from now on.",
    runEvents: 'What happened in a run, then live.\n"after": the last sequence you have seen.',
    selectModel: "Which model would answer, and why. Nothing is run.",
    sendMessage: "Returns at once: watch run.id in the next tab.",
    viewer: "Every request is made as you.\nCtrl-Enter runs it.\nThe schema is on the left.",
  },
  question: "What is the capital of France?",
  task: "Prove that there are infinitely many primes.",
  title: "Playground",
} as const;

/** What an answer was made from: context, memories, files. */
export const context = {
  gauge: {
    title: "Context",
    named: "Context: {words}",
    next: "Goes with the next message",
    window: "Window of the model",
    unknown: "not known",
    tokens: "{tokens} tokens",
    about: "about {tokens} tokens",
    share: "{share} of {tokens} tokens",
    summarized: "The model sees a summary of the earlier messages.",
    whenFull: "When it gets full, earlier messages are summarised for the model. They stay here as they are.",
  },
  memories: {
    count: "{count, plural, one {# memory} other {# memories}}",
    used: "Memories used",
    title: "What the model was told of you",
    pinned: "Pinned",
    forget: "Forget: {text}",
    forgotten: "It is forgotten.",
  },
  summary: {
    marker: "Summarised for the model up to here",
    title: "Summary",
    gone: "This summary is gone.",
    without: "Without it the model sees the messages themselves, as far as they fit.",
    remove: "Remove summary",
  },
} as const;

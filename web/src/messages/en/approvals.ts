/** Questions of tools and agents, in the chat and the inbox. */
export const approvals = {
  page: {
    title: "Approvals",
    about: "Answers wait here for your word: before a tool runs, or when it asks you something.",
    which: "Which approvals",
    waiting: "Waiting",
    decided: "Decided",
    newChat: "New chat",
    more: "Show more",
    badge: "{count} waiting",
  },
  nothing: {
    waiting: {
      title: "Nothing waits for you",
      text: "Tools that ask before they run, or in the middle of it, show up here and in their chat.",
    },
    decided: {
      title: "Nothing has been decided yet",
      text: "What you allow or decline is listed here.",
    },
  },
  outcomes: {
    allowed: "Allowed",
    answered: "Answered",
    declined: "Declined",
    undecided: "Not decided",
  },
  call: {
    title: "Allow <tool>{name}</tool>?",
    once: "Allow once",
    edited: "Allow with these",
    longer: "Allow for longer",
    RUN: "Allow for this answer",
    CHAT: "Allow in this chat",
    ALWAYS: "Always allow",
    decline: "Decline…",
  },
  declining: {
    why: "Why not",
    hint: "Why not? The model is told.",
    decline: "Decline",
    back: "Back",
  },
  arguments: {
    title: "Arguments",
    none: "Without arguments",
    edit: "Edit arguments",
    reset: "Back to what the model asked for",
    notObject: "The arguments have to be an object, such as {example}.",
    notJson: "This is not JSON yet.",
    notJsonAt: "This is not JSON yet in line {line}, column {column}.",
  },
  question: {
    title: "<tool>{name}</tool> asks you",
    open: "Open page",
    noAnswer: "No answer",
    notice: "Your answer goes to {server}. It is no place for passwords or keys.",
    send: "Send answer",
    decline: "Decline",
  },
  lapses: "Lapses {when}",
  late: "This has been decided already.",
} as const;

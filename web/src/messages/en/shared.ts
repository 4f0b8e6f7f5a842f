/** Shared chats. */
export const shared = {
  nowhere: {
    text: "It was mistyped, it has ended, or the chat behind it was deleted.",
    title: "This link leads nowhere",
  },
  question: "Question",
  shared: "Shared on {date}",
  sharedUntil: "Shared on {date} · the link works until {end}",
  untitled: "A chat",
} as const;

/** The command palette. */
export const palette = {
  about: "Type to find chats, messages, pages, models, agents and commands.",
  anyTag: "Chats with any tag",
  auto: "Auto",
  chatWith: "New chat with {name}",
  groups: {
    agents: "Agents",
    chats: "Chats",
    commands: "Commands",
    messages: "Messages",
    models: "Models",
    pages: "Pages",
    recent: "Recent chats",
    tags: "Tags",
  },
  hints: {
    agent: "Agent",
    model: "Model",
    tag: "Tag",
  },
  likeTheSystem: "Like the system",
  model: {
    auto: "Each message gets the model that suits it",
    chosen: "{name} answers from now on",
  },
  nothing: "Nothing is called that.",
  placeholder: "Chats, messages, models, agents, commands",
  searchAll: "Search all messages for “{text}”",
  searching: "Searching…",
  tagged: "Chats tagged {tag}",
  unsearched: "Chats and messages are not searched: {problem}",
} as const;

import type { Same } from "../catalogue";
import type { palette as english } from "../en/palette";

export const palette: Same<typeof english> = {
  about: "Tippe, um Chats, Nachrichten, Seiten, Modelle, Agenten und Befehle zu finden.",
  anyTag: "Chats mit beliebigem Schlagwort",
  auto: "Automatisch",
  chatWith: "Neuer Chat mit {name}",
  groups: {
    agents: "Agenten",
    chats: "Chats",
    commands: "Befehle",
    messages: "Nachrichten",
    models: "Modelle",
    pages: "Seiten",
    recent: "Letzte Chats",
    tags: "Schlagwörter",
  },
  hints: {
    agent: "Agent",
    model: "Modell",
    tag: "Schlagwort",
  },
  likeTheSystem: "Wie das System",
  model: {
    auto: "Jede Nachricht bekommt das Modell, das zu ihr passt",
    chosen: "Ab jetzt antwortet {name}",
  },
  nothing: "Nichts heißt so.",
  placeholder: "Chats, Nachrichten, Modelle, Agenten, Befehle",
  searchAll: "Alle Nachrichten nach „{text}“ durchsuchen",
  searching: "Wird gesucht …",
  tagged: "Chats mit dem Schlagwort {tag}",
  unsearched: "Chats und Nachrichten werden nicht durchsucht: {problem}",
};

import type { Same } from "../catalogue";
import type { tags as english } from "../en/tags";

export const tags: Same<typeof english> = {
  title: "Schlagwörter",
  about: "Damit findest du „{title}“ wieder.",
  newChat: "Neuer Chat",
  none: "Er hat noch keine Schlagwörter.",
  remove: "{tag} entfernen",
  add: "Schlagwörter hinzufügen",
  hint: "Mit Komma getrennt.",
  cancel: "Abbrechen",
  save: "Speichern",
  tooMany: "Ein Chat darf {most, number} Schlagwörter haben.",
  tooLong: "„{tag}…“ ist zu lang: Ein Schlagwort darf {longest, number} Zeichen haben.",
};

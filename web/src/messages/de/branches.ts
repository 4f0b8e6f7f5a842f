import type { Same } from "../catalogue";
import type { branches as english } from "../en/branches";

export const branches: Same<typeof english> = {
  title: "Zweige",
  about: "Bearbeitete Fragen und andere Antworten zweigen hier ab. Wähle einen Zweig, um ihn zu lesen.",
  beginning: "Der Anfang",
  anotherQuestion:
    "{depth, plural, =0 {Eine andere Frage} one {Eine andere Frage, nach 1 Nachricht} other {Eine andere Frage, nach # Nachrichten}}",
  anotherAnswer:
    "{depth, plural, =0 {Eine andere Antwort} one {Eine andere Antwort, nach 1 Nachricht} other {Eine andere Antwort, nach # Nachrichten}}",
  shown: "Angezeigt",
  empty: "Noch nichts",
  length: "{count, plural, one {1 Nachricht} other {# Nachrichten}}",
  ends: "endet mit „{text}“",
};

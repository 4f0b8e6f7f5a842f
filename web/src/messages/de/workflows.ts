import type { Same } from "../catalogue";
import type { workflows as english } from "../en/workflows";

export const workflows: Same<typeof english> = {
  list: {
    title: "Abläufe",
    text: "Ein Ablauf ordnet die Arbeit: wer was tut, nebeneinander oder nacheinander, und wer gefragt wird.",
    fresh: "Neuer Ablauf",
    beginning:
      "Fang mit einem kleinen an, oder dupliziere einen, der zu Parley gehört, und ändere, was du möchtest.",
    noAnswer: "Keine Antwort.",
  },
  editor: {
    all: "Alle Abläufe",
    missing: "Diesen Ablauf gibt es nicht",
    fresh: "Neuer Ablauf",
    loss: "Seine Antworten bleiben, und laufende Antworten enden so, wie sie begonnen haben.",
  },
  try: {
    title: "Ausprobieren",
    message: "An einer Nachricht ausprobieren",
    empty: "Schreib zuerst eine Nachricht.",
    run: "Starten",
  },
  form: {
    name: "Name",
    description: "Beschreibung",
    example: "Entwirft, fragt dich und sendet",
    sharing: "Wer ihn nutzen darf",
    everybody: "Alle auf diesem Server",
    notJson: "Die Definition ist noch kein JSON.",
    made: "{name} ist angelegt",
    saved: "{name} ist gespeichert",
    save: "Speichern",
    create: "Ablauf anlegen",
  },
  definition: {
    title: "Definition",
    graph: "Graph des Ablaufs",
    problems: "Probleme",
    problem: "Zeile {line}: {message}",
    problemAt: "Zeile {line}, {path}: {message}",
    notJson: "Das ist noch kein JSON: {reason}",
    fine: "Daran ist nichts falsch.",
  },
  beginning: {
    draft: "Entwirf eine Antwort auf: {input}",
    improve: "Verbessere diesen Entwurf und gib nur die Antwort aus:",
  },
};

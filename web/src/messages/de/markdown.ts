import type { Same } from "../catalogue";
import type { markdown as english } from "../en/markdown";

export const markdown: Same<typeof english> = {
  code: {
    copy: "Code kopieren",
    download: "Code herunterladen",
    label: "Code, {language}",
    wrap: "Lange Zeilen umbrechen",
  },
  diagram: {
    alt: "Diagramm; seine Beschreibung ist der Code darunter",
    code: "Code",
    drawing: "Wird gezeichnet …",
    label: "Diagramm",
    problem: "Das ist noch kein Diagramm: {problem}",
    unreadable: "es ist nicht lesbar",
  },
  done: "Erledigt",
  image: {
    broken: "{name} konnte nicht von {host} geladen werden.",
    load: "von {host} laden",
    name: "Bild",
  },
  notDone: "Nicht erledigt",
  table: "Tabelle",
};

import type { Same } from "../catalogue";
import type { pieces as english } from "../en/pieces";

export const pieces: Same<typeof english> = {
  chart: {
    nothing: "Nichts",
    silence: "nichts",
    slider: "{label}: nach Zeit ablesen",
  },
  field: {
    asJson: "Als JSON.",
    asUsual: "Wie üblich",
    optional: "{label} (optional)",
    problems: {
      json: "Ist kein gültiges JSON",
      needed: "Wird gebraucht",
      number: "Muss eine Zahl sein",
      whole: "Muss eine ganze Zahl sein",
    },
    suchAs: "Zum Beispiel {example}.",
  },
  figures: {
    asChart: "{title} als Diagramm",
    asCsv: "{title} als CSV",
    asTable: "{title} als Tabelle",
    chart: "Diagramm",
    csv: "Als CSV herunterladen",
    table: "Tabelle",
    tableOf: "Tabelle: {title}",
  },
  graph: {
    states: {
      CANCELLED: "angehalten",
      COMPLETED: "fertig",
      FAILED: "gescheitert",
      IN_PROGRESS: "läuft",
      PENDING: "steht aus",
    },
    step: "Schritt",
    next: "dann {step}",
    ways: {
      no: "nein",
      repeats: "wiederholt",
      yes: "ja",
    },
  },
  made: {
    beginsLike: "Der Anfang ist wie bei „{name}“.",
    confirm: "„{name}“ löschen?",
    conflict: "{message} Lade die Seite neu, um zu sehen, was sich geändert hat.",
    copyOf: "Kopie von {name}",
    delete: "{name} löschen",
    deleted: "{name} ist gelöscht",
    duplicate: "Duplizieren",
    duplicateNamed: "{name} duplizieren",
    groups: {
      builtIn: "In Parley enthalten",
      own: "Deine",
      shared: "Mit dir geteilt",
    },
    missing: "Vielleicht wurde es gelöscht, oder es ist nicht mit dir geteilt.",
    none: "Noch nichts Eigenes",
    private: "Nur du siehst es.",
    shared: "Geteilt",
    standing: {
      builtIn: "In Parley enthalten. Dupliziere es, wenn du etwas ändern möchtest.",
      own: "Version {version}, geändert {changed}. Laufende Antworten behalten die Version, mit der sie begonnen haben.",
      shared: "Mit dir geteilt. Dupliziere es, wenn du etwas ändern möchtest.",
    },
    undescribed: "Ohne Beschreibung.",
  },
};

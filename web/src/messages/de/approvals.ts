import type { Same } from "../catalogue";
import type { approvals as english } from "../en/approvals";

export const approvals: Same<typeof english> = {
  page: {
    title: "Freigaben",
    about: "Hier warten Antworten auf dein Wort: bevor ein Werkzeug läuft, oder wenn es dich etwas fragt.",
    which: "Welche Freigaben",
    waiting: "Wartend",
    decided: "Entschieden",
    newChat: "Neuer Chat",
    more: "Mehr anzeigen",
    badge: "{count} wartend",
  },
  nothing: {
    waiting: {
      title: "Nichts wartet auf dich",
      text: "Werkzeuge, die fragen, bevor sie laufen oder während sie laufen, erscheinen hier und in ihrem Chat.",
    },
    decided: {
      title: "Noch ist nichts entschieden",
      text: "Was du erlaubst oder ablehnst, steht dann hier.",
    },
  },
  outcomes: {
    allowed: "Erlaubt",
    answered: "Beantwortet",
    declined: "Abgelehnt",
    undecided: "Nicht entschieden",
  },
  call: {
    title: "<tool>{name}</tool> erlauben?",
    once: "Einmal erlauben",
    edited: "Damit erlauben",
    longer: "Für länger erlauben",
    RUN: "Für diese Antwort erlauben",
    CHAT: "In diesem Chat erlauben",
    ALWAYS: "Immer erlauben",
    decline: "Ablehnen …",
  },
  declining: {
    why: "Warum nicht",
    hint: "Warum nicht? Das Modell erfährt es.",
    decline: "Ablehnen",
    back: "Zurück",
  },
  arguments: {
    title: "Argumente",
    none: "Ohne Argumente",
    edit: "Argumente bearbeiten",
    reset: "Zurück zu dem, was das Modell wollte",
    notObject: "Die Argumente müssen ein Objekt sein, zum Beispiel {example}.",
    notJson: "Das ist noch kein JSON.",
    notJsonAt: "Das ist noch kein JSON: Zeile {line}, Spalte {column}.",
  },
  question: {
    title: "<tool>{name}</tool> fragt dich",
    open: "Seite öffnen",
    noAnswer: "Keine Antwort",
    notice: "Deine Antwort geht an {server}. Passwörter und Schlüssel gehören nicht hierher.",
    send: "Antwort senden",
    decline: "Ablehnen",
  },
  lapses: "Verfällt {when}",
  late: "Das ist schon entschieden.",
};

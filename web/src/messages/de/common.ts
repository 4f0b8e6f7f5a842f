import type { Same } from "../catalogue";
import type { common as english } from "../en/common";

export const common: Same<typeof english> = {
  add: "Hinzufügen",
  aims: {
    balanced: {
      name: "Ausgewogen",
      text: "Gute Antworten zu einem fairen Preis, ohne langes Warten.",
    },
    economy: {
      name: "Sparsam",
      text: "Das günstigste Modell, das die Aufgabe schafft.",
    },
    fast: {
      name: "Schnell",
      text: "Die Antwort, die am schnellsten beginnt.",
    },
    quality: {
      name: "Qualität",
      text: "Die beste Antwort, egal was sie kostet.",
    },
  },
  answer: "Antwort",
  back: "Zurück",
  broken: {
    text: "Was du geschrieben hast, ist auf dem Server sicher. Lade die Seite neu, um weiterzumachen.",
    title: "Diese Seite funktioniert nicht mehr",
  },
  cancel: "Abbrechen",
  close: "Schließen",
  connection: {
    offline:
      "Du bist offline. Was du siehst, kann veraltet sein; es geht von selbst weiter, sobald du wieder online bist.",
    reconnecting: "Der Server ist nicht erreichbar. Neuer Versuch läuft …",
  },
  copied: "Kopiert",
  copy: "Kopieren",
  dates: {
    now: "gerade eben",
    soon: "in weniger als einer Minute",
  },
  delete: "Löschen",
  done: "Fertig",
  download: "Herunterladen",
  edit: "Bearbeiten",
  errors: {
    badInput: "Etwas davon stimmt noch nicht.",
    internal: {
      named: "Auf dem Server ist etwas schiefgegangen. Mehr dazu steht in seinem Protokoll unter {id}.",
      unnamed:
        "Auf dem Server ist etwas schiefgegangen. Mehr dazu steht in seinem Protokoll unter dieser Uhrzeit.",
    },
    noAnswer: "Keine Antwort.",
    noAnswerGiven: "Der Server hat nicht geantwortet.",
    tooMany: {
      minutes: "Zu viele Versuche. Versuche es in {minutes} Minuten noch einmal.",
      moment: "Zu viele Versuche. Versuche es gleich noch einmal.",
      seconds:
        "Zu viele Versuche. Versuche es in {seconds, plural, =1 {einer Sekunde} other {# Sekunden}} noch einmal.",
    },
    unreachable: "Der Server ist nicht erreichbar. Prüfe die Verbindung und versuche es noch einmal.",
  },
  loading: "Wird geladen",
  menu: {
    about: "Chats, Seiten und dein Konto.",
    close: "Menü schließen",
    open: "Menü öffnen",
    title: "Menü",
  },
  more: "Mehr",
  name: "Name",
  newChat: "Neuer Chat",
  no: "Nein",
  notFound: {
    action: "Zu deinen Chats",
    text: "Vielleicht ist die Adresse falsch geschrieben, oder was hier war, ist umgezogen.",
    title: "Diese Seite gibt es nicht",
  },
  nothing: "Nichts",
  off: "Aus",
  on: "Ein",
  pages: {
    agents: "Agenten",
    approvals: "Freigaben",
    chat: "Chat",
    dashboard: "Dashboard",
    library: "Bibliothek",
    models: "Modelle",
    playground: "Playground",
    settings: "Einstellungen",
    tools: "Werkzeuge",
    workflows: "Abläufe",
  },
  password: {
    hide: "Eingabe verbergen",
    show: "Eingabe anzeigen",
  },
  quantities: {
    free: "kostenlos",
    pace: "{pace} Tok./s",
  },
  reload: "Neu laden",
  remove: "Entfernen",
  rename: "Umbenennen",
  save: "Speichern",
  search: "Suchen",
  send: "Senden",
  shortcuts: {
    about: "Was die Tasten auf dieser Seite tun.",
    ctrl: "Strg",
    everywhere: "Überall",
    palette: "Suche und Befehle",
    sheet: "Diese Übersicht anzeigen",
    title: "Tastenkürzel",
  },
  showMore: "Mehr anzeigen",
  sidebar: {
    close: "Seitenleiste schließen",
    label: "Seitenleiste",
    open: "Seitenleiste öffnen",
    pages: "Seiten",
    skip: "Zum Inhalt springen",
    toggle: "Seitenleiste öffnen oder schließen",
  },
  stop: "Anhalten",
  themes: {
    contrast: "Hoher Kontrast",
    dark: "Dunkel",
    label: "Design",
    light: "Hell",
    system: "System",
  },
  titles: {
    forgottenPassword: "Passwort vergessen",
    invitation: "Du bist eingeladen",
    newPassword: "Ein neues Passwort",
    notFound: "Nicht gefunden",
    shared: "Geteilter Chat",
    signIn: "Anmelden",
    signUp: "Konto anlegen",
    toolsSignIn: "Anmeldung",
  },
  toasts: "Meldungen",
  tryAgain: "Noch einmal versuchen",
  undo: "Rückgängig",
  unreachable: {
    title: "Das lässt sich nicht laden",
  },
  uploads: {
    answered: "Der Server hat mit {status} geantwortet.",
    refused: "Die Datei wurde abgelehnt: {reason}.",
  },
  user: {
    account: "Konto: {name}",
    signOut: "Abmelden",
  },
  yes: "Ja",
};

import type { Same } from "../catalogue";
import type { chat as english } from "../en/chat";

export const chat: Same<typeof english> = {
  untitled: "Neuer Chat",
  tryAgain: "Noch einmal versuchen",
  undo: "Rückgängig",
  groups: {
    pinned: "Angeheftet",
    today: "Heute",
    yesterday: "Gestern",
    week: "Letzte 7 Tage",
    older: "Älter",
  },
  list: {
    title: "Chats",
    failed: "Die Chats konnten nicht geladen werden.",
    empty: "Hier stehen bald deine Chats.",
    untagged: "Kein Chat hat dieses Schlagwort.",
    archived: "Chat archiviert",
    deleted: "Chat gelöscht",
  },
  item: {
    actions: "Aktionen für {title}",
    name: "Titel des Chats",
    answering: "Antwortet gerade",
    rename: "Umbenennen",
    pin: "Anheften",
    unpin: "Nicht mehr anheften",
    tags: "Schlagwörter…",
    archive: "Archivieren",
    delete: "Löschen",
  },
  menu: {
    title: "Aktionen für den Chat",
    share: "Teilen…",
    find: "Im Chat suchen",
    branches: "Zweige…",
    markdown: "Als Markdown exportieren",
    json: "Als JSON exportieren",
  },
  agent: {
    agent: "Agent: {name}",
    workflow: "Ablauf: {name}",
    workflows: "Abläufe",
  },
  model: {
    title: "Modell: {name}",
    auto: "Auto",
    picks:
      "Wählt für jede Nachricht {aim, select, economy {sparsam } quality {nach Qualität } fast {nach Tempo } other {}}ein Modell{where, select, local {, nur lokale} other {}}",
    local: "lokal",
    health: {
      HEALTHY: "läuft",
      DEGRADED: "langsam oder zeitweise gestört",
      DOWN: "nicht erreichbar",
      UNKNOWN: "noch nicht ausprobiert",
    },
  },
  composer: {
    message: "Nachricht",
    placeholder: "Frag, was du willst",
    queues: "Enter reiht sie ein",
    keys: "Enter sendet · Umschalt Enter für eine neue Zeile",
    send: "Senden",
    sendKey: "Senden (Enter)",
    stop: "Anhalten",
    stopKey: "Anhalten (Esc)",
    sending: "Die Dateien werden noch gesendet",
    drop: "Dateien ablegen, um sie anzuhängen",
  },
  attachments: {
    title: "Dateien für die nächste Nachricht",
    attach: "Dateien anhängen",
    unnamed: "Datei",
    tooMany: "Eine Nachricht kann höchstens {count} Dateien haben.",
    reading: "Wird gelesen…",
    remove: "{name} entfernen",
    sending: "{name} wird gesendet",
  },
  empty: {
    morning: "Guten Morgen",
    afternoon: "Guten Tag",
    evening: "Guten Abend",
    question: "Was möchtest du wissen?",
    ideas: "Ideen für den Anfang",
  },
  starters: {
    explain: {
      title: "Etwas erklären",
      prompt: "Erkläre in einfachen Worten, wie Impfungen das Immunsystem trainieren.",
    },
    write: {
      title: "Eine Nachricht schreiben",
      prompt:
        "Schreibe eine kurze, freundliche Nachricht, die das Treffen von morgen auf Donnerstag verschiebt.",
    },
    plan: {
      title: "Einen Tag planen",
      prompt:
        "Plane einen entspannten Tag in Lissabon für zwei Leute, die gern essen und gern zu Fuß unterwegs sind.",
    },
    code: {
      title: "Code ansehen",
      prompt: "Schreibe eine Python-Funktion, die überlappende Intervalle zusammenführt, und erkläre sie.",
    },
  },
  modest: {
    title: "Über das Modell",
    unnamed: "ein kleines Modell",
    about:
      "Hier antwortet <b>{name}</b>: ein kleines lokales Modell, privat und kostenlos, gut für einfache Dinge. Für bessere Antworten füge unter <link>Modelle</link> einen Anbieter hinzu{folder, select, none {} other { oder lege eine GGUF-Datei in <code>{folder}</code> ab}}.",
  },
  thread: {
    loading: "Wird geladen",
    failed: "Die Nachrichten konnten nicht geladen werden.",
    missing: "Diesen Chat gibt es hier nicht",
    missingWhy: "Er wurde gelöscht oder gehört jemand anderem.",
    begin: "Neuen Chat beginnen",
    gone: "Diesen Chat gibt es hier nicht mehr.",
    unloaded: "Die Nachricht lässt sich nicht laden. Versuche es noch einmal.",
    unanswered: "Der Server hat nicht geantwortet.",
    forked: "Das ist eine Kopie. Der andere Chat bleibt, wie er ist.",
  },
  announced: {
    asks: "Die Antwort wartet auf dich: Ein Werkzeug fragt.",
    complete: "Antwort fertig. {text}",
    stopped: "Antwort angehalten.",
    failed: "Die Antwort ist fehlgeschlagen.",
  },
  shortcuts: {
    title: "Chat",
    send: "Senden",
    newLine: "Neue Zeile",
    stop: "Die Antwort anhalten",
    editLast: "Die letzte Nachricht bearbeiten, aus leerem Feld",
    field: "Zum Eingabefeld",
    copyLast: "Die letzte Antwort kopieren",
    model: "Ein Modell wählen",
    find: "In diesem Chat suchen; noch einmal für die Suche des Browsers",
  },
};

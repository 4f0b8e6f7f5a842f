import type { Same } from "../catalogue";
import type { library as english } from "../en/library";

export const library: Same<typeof english> = {
  archived: {
    about:
      "Archiviere einen Chat über sein Menü in der Seitenleiste: Er verschwindet aus der Liste und wird von der Suche weiter gefunden.",
    bringBack: "Zurückholen",
    bringBackNamed: "{title} zurückholen",
    broughtBack: "Der Chat steht wieder in der Liste",
    confirm: "„{title}“ löschen?",
    delete: "{title} löschen",
    deleted: "Chat gelöscht",
    list: "Archivierte Chats",
    loss: "Seine Nachrichten und seine Links werden endgültig gelöscht.",
    none: "Kein Chat ist archiviert",
  },
  export: {
    about:
      "Alle deine Chats als eine JSON-Datei, mit jedem Zweig; Dateien sind nicht darin. Einen einzelnen Chat exportierst du über sein Menü, auch als Markdown.",
    action: "Alle Chats exportieren",
    leftOut:
      "{count, plural, =1 {Ein Chat ist zu lang für einen Export und wurde ausgelassen} other {{count, number, ::group-off} Chats sind zu lang für einen Export und wurden ausgelassen}}",
    nothing: "Es gibt keinen Chat zum Exportieren",
    progress: "{done} von {of}",
    title: "Export",
  },
  import: {
    about:
      "Chats aus ChatGPT (conversations.json), Open WebUI, LibreChat oder einem anderen Parley, mit ihren Zweigen, Zeiten und Modellen. Was schon importiert wurde, wird ausgelassen.",
    choose: "Datei auswählen",
    done: "{count, plural, =1 {Ein Chat} other {{count, number, ::group-off} Chats}} aus {file} importiert.",
    drop: "Datei hierher ziehen",
    file: "Datei zum Importieren",
    leftOut: "{count, plural, =1 {Ein Chat} other {{count, number, ::group-off} Chats}} ausgelassen.",
    leftOutList: "Ausgelassen",
    more: "… und {count} weitere",
    problems: {
      chatTooLarge: "Er ist größer als 4 MB, mehr nimmt der Server nicht auf einmal an.",
      empty: "In dieser Datei ist kein Chat.",
      notJson:
        "Das ist kein JSON. Der Export von ChatGPT ist eine ZIP-Datei: Entpacke sie und nimm conversations.json heraus.",
      tooLarge: "Diese Datei ist größer als 300 MB.",
      unreadable: "Diese Datei ist nicht lesbar. Vielleicht wurde sie verschoben, geändert oder gelöscht.",
    },
    reading: "{file} wird gelesen …",
    reason: "Chat {number}: {reason}",
    title: "Import",
  },
  search: {
    about:
      "Das letzte Wort darf unvollständig sein. Wörter in Anführungszeichen stehen zusammen, „or“ nimmt eins von beiden, ein Minus schließt aus.",
    found: "{count, plural, =1 {Eine Nachricht} other {# Nachrichten}}",
    label: "Alle Nachrichten durchsuchen",
    list: "Gefundene Nachrichten",
    many: "{count, number} Nachrichten oder mehr",
    none: "Keine Nachricht enthält diese Wörter",
    noneText: "Versuche es mit weniger Wörtern oder einem Wortanfang.",
    placeholder: "Wörter, „Wörter zusammen“, dies or das, -nicht dies",
    title: "Durchsuche alles, was du und deine Modelle gesagt haben",
    you: "Du",
  },
  shares: {
    about:
      "Teile einen Chat über sein Menü: Wer den Link hat, kann lesen, was der Chat in dem Moment zeigte.",
    confirm: "Den Link zu „{title}“ beenden?",
    done: "Der Link führt jetzt nirgendwohin",
    end: "Den Link zu {title} beenden",
    ended: "beendet {at}",
    endless: "gilt, bis du ihn beendest",
    list: "Geteilte Links",
    loss: "Wer ihn hat, kann den Chat nicht mehr lesen. Der Chat selbst bleibt.",
    none: "Nichts ist geteilt",
    shared: "Geteilt {date}",
    until: "gilt bis {at}",
    verb: "Link beenden",
  },
  tabs: {
    archived: "Archiv",
    search: "Suche",
    shared: "Geteilt",
    transfer: "Import, Export",
  },
  title: "Bibliothek",
};

import type { Same } from "../catalogue";
import type { context as english } from "../en/context";

export const context: Same<typeof english> = {
  gauge: {
    title: "Kontext",
    named: "Kontext: {words}",
    next: "Geht mit der nächsten Nachricht mit",
    window: "Fenster des Modells",
    unknown: "unbekannt",
    tokens: "{tokens} Token",
    about: "etwa {tokens} Token",
    share: "{share} von {tokens} Token",
    summarized: "Das Modell sieht eine Zusammenfassung der früheren Nachrichten.",
    whenFull:
      "Wird es voll, werden frühere Nachrichten für das Modell zusammengefasst. Hier bleiben sie, wie sie sind.",
  },
  memories: {
    count: "{count, plural, one {# Erinnerung} other {# Erinnerungen}}",
    used: "Verwendete Erinnerungen",
    title: "Was dem Modell über dich gesagt wurde",
    pinned: "Angeheftet",
    forget: "Vergessen: {text}",
    forgotten: "Das ist vergessen.",
  },
  summary: {
    marker: "Bis hierher für das Modell zusammengefasst",
    title: "Zusammenfassung",
    gone: "Diese Zusammenfassung gibt es nicht mehr.",
    without: "Ohne sie sieht das Modell die Nachrichten selbst, soweit sie Platz haben.",
    remove: "Zusammenfassung entfernen",
  },
};

import type { Same } from "../catalogue";
import type { thinking as english } from "../en/thinking";

export const thinking: Same<typeof english> = {
  modes: {
    IMMEDIATE: { name: "Direkt", does: "Antwortet sofort" },
    STRATEGIC: { name: "Planen", does: "Plant, erledigt jeden Schritt und prüft ihn" },
    FUTURE: { name: "Vorausschauen", does: "Vergleicht Ansätze und nimmt den besten" },
  },
  picker: "Denkweise: {name}",
  plan: {
    title: "Plan",
    workflow: "Ablauf",
    ahead: "Vorausschau",
    working: "{name} · {done, number} von {count, plural, one {# Schritt} other {# Schritten}}",
    done: "{name} · {count, plural, one {# Schritt} other {# Schritte}} erledigt",
    partly: "{name} · {done, number} von {count, plural, one {# Schritt} other {# Schritten}} erledigt",
    none: "Für diese Antwort gab es keinen Plan.",
    loading: "Wird geladen …",
  },
  steps: {
    PENDING: "zu tun",
    IN_PROGRESS: "in Arbeit",
    COMPLETED: "erledigt",
    FAILED: "fehlgeschlagen",
    CANCELLED: "nicht erledigt",
  },
  approaches: {
    title: "Ansätze",
    compared: "{count, number} Ansätze verglichen · „{title}“ gewählt",
    taken: "Gewählt",
    score: "<strong>{score}</strong><quiet> von {highest, number}</quiet>",
    take: "Nach diesem antworten",
    by: "Durchdacht von {model}",
    near: "Bald",
    far: "Später",
    risks: "Risiken",
    reversibility: "Zurück",
    conditions: "Braucht",
  },
};

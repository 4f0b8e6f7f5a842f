import type { Same } from "../catalogue";
import type { shared as english } from "../en/shared";

export const shared: Same<typeof english> = {
  nowhere: {
    text: "Er ist falsch geschrieben, wurde beendet, oder der Chat dahinter wurde gelöscht.",
    title: "Dieser Link führt nirgendwohin",
  },
  question: "Frage",
  shared: "Geteilt am {date}",
  sharedUntil: "Geteilt am {date} · der Link gilt bis {end}",
  untitled: "Ein Chat",
};

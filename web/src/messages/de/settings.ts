import type { Same } from "../catalogue";
import type { settings as english } from "../en/settings";

export const settings: Same<typeof english> = {
  language: {
    title: "Sprache",
    about: "Die Sprache der Seiten in diesem Browser. Antworten kommen in der Sprache, in der du schreibst.",
    browser: "Wie im Browser eingestellt",
    failed: "Die Texte konnten nicht geladen werden. Versuche es noch einmal.",
  },
};

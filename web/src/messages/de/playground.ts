import type { Same } from "../catalogue";
import type { playground as english } from "../en/playground";

export const playground: Same<typeof english> = {
  loading: "Der Editor wird geladen",
  notes: {
    changes: "Was sich ab jetzt in deinen Chats ändert.",
    runEvents:
      'Was in einem Lauf geschah, danach live.\n"after": die letzte Nummer (sequence), die du gesehen hast.',
    selectModel: "Welches Modell antworten würde, und warum. Es läuft nichts.",
    sendMessage: "Kehrt sofort zurück: run.id im nächsten Tab verfolgen.",
    viewer: "Jede Anfrage wird in deinem Namen gestellt.\nStrg-Enter führt sie aus.\nDas Schema steht links.",
  },
  question: "Was ist die Hauptstadt von Frankreich?",
  task: "Beweise, dass es unendlich viele Primzahlen gibt.",
  title: "Playground",
};

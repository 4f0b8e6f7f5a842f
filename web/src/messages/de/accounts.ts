import type { Same } from "../catalogue";
import type { accounts as english } from "../en/accounts";

export const accounts: Same<typeof english> = {
  fields: {
    create: "Konto anlegen",
    email: "E-Mail",
    name: "Name",
    password: "Passwort",
    passwordHint: "Mindestens 8 Zeichen.",
  },
  forgotten: {
    back: "Zurück zur Anmeldung",
    send: "Link senden",
    sent: "Wenn es ein Konto mit dieser Adresse gibt, ist eine E-Mail unterwegs. Der Link darin gilt eine Stunde.",
    text: "Wir schicken dir einen Link, mit dem du ein neues festlegst.",
    title: "Passwort vergessen?",
  },
  haveAccount: "Du hast ein Konto? <link>Anmelden</link>",
  invitation: {
    over: "Dieser Link funktioniert nicht mehr.",
    text: "Lege dein Konto auf diesem Parley an.",
    title: "Du bist eingeladen",
    useless: "Er wurde benutzt oder zurückgezogen, ist abgelaufen oder unvollständig. Bitte um einen neuen.",
  },
  newPassword: {
    action: "Passwort festlegen",
    done: "Es ist festgelegt. Alle Browser wurden abgemeldet.",
    label: "Neues Passwort",
    set: "Dein neues Passwort ist festgelegt. Melde dich damit an.",
    text: "Alle Browser werden abgemeldet.",
    title: "Ein neues Passwort",
  },
  signIn: {
    action: "Anmelden",
    code: "Code",
    codeHint: "Die 6 Ziffern aus deiner Authenticator-App oder ein Wiederherstellungscode.",
    new: "Neu hier? <link>Konto anlegen</link>",
    newAsk: "Neu hier? Frag, wer diesen Server betreibt.",
    text: "Melde dich an und sprich mit den KI-Modellen deines Servers.",
    title: "Willkommen zurück",
    with: "Mit {name} anmelden",
  },
  signUp: {
    ask: "Bitte die Person, die diesen Server betreibt, um ein Konto.",
    closed: "Die Registrierung ist geschlossen",
    first: "Willkommen bei Parley",
    firstText: "Dein Konto ist das erste hier: Es verwaltet auch diesen Server.",
    text: "Deine Chats bleiben auf diesem Server und gehören nur dir.",
    title: "Lege dein Konto an",
  },
  trouble: {
    busy: "Der Server hat gerade zu viel zu tun. Versuche es gleich noch einmal.",
    closed: "Du hast hier noch kein Konto. Bitte die Person, die diesen Server betreibt, um eine Einladung.",
    disabled: "Dein Konto ist gesperrt. Wende dich an die Person, die diesen Server betreibt.",
    refused: "Du wurdest dort nicht eingelassen.",
    stale: "Das hat zu lange gedauert oder wurde in einem anderen Browser begonnen. Versuche es noch einmal.",
    taken:
      "Das Konto mit deiner Adresse gehört dort jemand anderem. Wende dich an die Person, die diesen Server betreibt.",
    unconfirmed: "Es wurde nicht bestätigt, wer du bist. Versuche es noch einmal.",
    unreachable: "Der andere Dienst ist gerade nicht erreichbar. Versuche es gleich noch einmal.",
    unverified: "Der andere Dienst hat deine E-Mail-Adresse nicht bestätigt.",
  },
};

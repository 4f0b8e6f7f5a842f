"use client";

import { useSyncExternalStore } from "react";
import { createTranslator } from "use-intl/core";

import type { Catalogue } from "@/messages/catalogue";

import { LANGUAGE_KEY } from "./language-script";

/** What the client speaks, by tag, each by its own name. English is in the pages; the others come when they are chosen. */
export const LANGUAGES = { en: "English", de: "Deutsch" } as const;

export type Language = keyof typeof LANGUAGES;
type Translator<Messages extends object> = ReturnType<typeof createTranslator<Messages>>;

const CATALOGUES: Record<Exclude<Language, "en">, () => Promise<Catalogue>> = {
  de: () => import("@/messages/de").then(({ messages }) => messages),
};

let language: Language = "en";
let catalogue: Catalogue | null = null;
/** What was chosen on this page; undefined before. Some browsers keep nothing. */
let chosenHere: Language | null | undefined;
const listeners = new Set<() => void>();

const isLanguage = (tag: string): tag is Language => Object.hasOwn(LANGUAGES, tag);

/** What a person chose in this browser; null when they leave it to the browser. */
export function chosenLanguage(): Language | null {
  if (chosenHere !== undefined) return chosenHere;
  try {
    const tag = localStorage.getItem(LANGUAGE_KEY) ?? "";
    return isLanguage(tag) ? tag : null;
  } catch {
    return null;
  }
}

/** The chosen language, or the first one of the browser's that there is. */
function wantedLanguage(): Language {
  const tags = navigator.languages.map((tag) => tag.split("-")[0] ?? "");
  return chosenLanguage() ?? tags.find(isLanguage) ?? "en";
}

/** Speak the wanted language from now on. Where its texts cannot be had the client goes on in the one it speaks. */
export async function speakWanted(): Promise<void> {
  const wanted = wantedLanguage();
  try {
    const found = wanted === "en" ? null : await CATALOGUES[wanted]();
    if (wanted !== wantedLanguage()) return; // chosen anew meanwhile
    language = wanted;
    catalogue = found;
  } finally {
    document.documentElement.lang = language;
    delete document.documentElement.dataset.language;
    for (const listener of listeners) listener();
  }
}

/** Choose a language for this browser; null leaves it to the browser. */
export async function chooseLanguage(chosen: Language | null): Promise<void> {
  chosenHere = chosen;
  try {
    if (chosen) localStorage.setItem(LANGUAGE_KEY, chosen);
    else localStorage.removeItem(LANGUAGE_KEY);
  } catch {
    // It holds until the page is left.
  }
  await speakWanted();
}

function subscribe(listener: () => void) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** The language that is spoken. While a page is built it is English, as in the page that the server sent. */
export const useLanguage = (): Language => useSyncExternalStore(subscribe, spoken, () => "en");

/** The tag of the language that is spoken, for `Intl`. */
export const spoken = (): Language => language;

/** What `make` makes of the language that is spoken, made once for each: formats of `Intl`, say. */
export function perLanguage<Made>(make: (language: Language) => Made): () => Made {
  const made = new Map<Language, Made>();
  return () => {
    const known = made.get(language) ?? make(language);
    made.set(language, known);
    return known;
  };
}

/**
 * The texts of one part of the client, by key: `t("saved", { name })`, `t.rich("terms", { link: … })`. Messages are in
 * ICU's format. A text is said in the language of the moment of the call: call it while rendering, or in an event, never
 * where a module is loaded.
 */
export function words<Part extends keyof Catalogue, English extends object>(
  part: Part,
  english: English,
): Translator<English> {
  const translator = perLanguage((locale) =>
    createTranslator({ locale, messages: (catalogue?.[part] ?? english) as English }),
  );
  const t = ((...given: Parameters<Translator<English>>) => translator()(...given)) as Translator<English>;
  t.rich = ((...given: Parameters<Translator<English>["rich"]>) =>
    translator().rich(...given)) as typeof t.rich;
  t.has = (key) => translator().has(key);
  return t;
}

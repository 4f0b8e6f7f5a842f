import { useSyncExternalStore } from "react";

import type { SelectionPreferenceInput } from "@/gql/graphql";
import { t } from "@/messages/common";

export type Aim = "economy" | "balanced" | "quality" | "fast";

/** What a person wants of the choice of models; kept on this device, and sent with each message. */
export type Wishes = { aim: Aim; localOnly: boolean };

type Preference = SelectionPreferenceInput | null;

/** An aim; its words are those of the language that is spoken when they are read. */
const aimed = (aim: Aim, preference: Preference) => ({
  aim,
  preference,
  get name(): string {
    return t(`aims.${aim}.name`);
  },
  get text(): string {
    return t(`aims.${aim}.text`);
  },
});

export const AIMS = [
  aimed("economy", { quality: 0.35, cost: 0.55, latency: 0.1 }),
  // What the server does without being told, so that its defaults may change.
  aimed("balanced", null),
  aimed("quality", { quality: 1, cost: 0, latency: 0 }),
  aimed("fast", { quality: 0.35, cost: 0.1, latency: 0.55 }),
];

export const DEFAULT_WISHES: Wishes = { aim: "balanced", localOnly: false };

/** Reads what was stored; anything else is the default. */
export function wishesOf(stored: string | null): Wishes {
  try {
    const said: unknown = JSON.parse(stored ?? "null");
    if (typeof said !== "object" || said === null) return DEFAULT_WISHES;
    const { aim, localOnly } = said as Partial<Record<keyof Wishes, unknown>>;
    const known = AIMS.find((each) => each.aim === aim);
    return { aim: known?.aim ?? DEFAULT_WISHES.aim, localOnly: localOnly === true };
  } catch {
    return DEFAULT_WISHES;
  }
}

/** The wishes as inputs of the API take them; nothing for what is the server's default anyway. */
export function wishesInput({ aim, localOnly }: Wishes): {
  preference?: SelectionPreferenceInput;
  localOnly?: true;
} {
  const preference = AIMS.find((each) => each.aim === aim)?.preference;
  return { ...(preference ? { preference } : {}), ...(localOnly ? { localOnly } : {}) };
}

const KEY = "parley.selection";
const listeners = new Set<() => void>();
/** What was said in this tab; goes before the storage, which may be full or forbidden. */
let said: string | null = null;
let cached: { text: string | null; wishes: Wishes } = { text: null, wishes: DEFAULT_WISHES };

function stored(): string | null {
  try {
    return localStorage.getItem(KEY) ?? said;
  } catch {
    return said;
  }
}

/** The wishes as they are now. */
export function currentWishes(): Wishes {
  const text = stored();
  // The same object for the same text: React compares it by identity.
  if (text !== cached.text) cached = { text, wishes: wishesOf(text) };
  return cached.wishes;
}

export function wish(change: Partial<Wishes>): void {
  said = JSON.stringify({ ...currentWishes(), ...change });
  try {
    localStorage.setItem(KEY, said);
  } catch {
    // Then they last as long as this tab.
  }
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void) {
  listeners.add(listener);
  window.addEventListener("storage", listener);
  return () => {
    listeners.delete(listener);
    window.removeEventListener("storage", listener);
  };
}

export const useWishes = (): Wishes => useSyncExternalStore(subscribe, currentWishes, () => DEFAULT_WISHES);

/** What matters when the selection chooses; a model that was picked needs no choice. */
export const wishesFor = (model: string | null) => (model ? {} : wishesInput(currentWishes()));

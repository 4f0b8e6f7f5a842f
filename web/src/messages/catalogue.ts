import type { settings } from "./en/settings";

/** The texts of one part in another language: the same keys, other words. */
export type Same<English> = {
  readonly [Key in keyof English]: English[Key] extends string ? string : Same<English[Key]>;
};

/** All texts of the client in another language, by part. */
export type Catalogue = {
  settings: Same<typeof settings>;
};

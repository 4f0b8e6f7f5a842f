import type { ModelFactsFragment, ModelPulseFragment, ProviderFactsFragment } from "@/gql/later/graphql";
import { spoken } from "@/lib/language";
import { t } from "@/messages/models";

type Plain<Fragment> = Omit<Fragment, " $fragmentName">;
export type Pulse = Plain<ModelPulseFragment>;
export type PoolModel = Plain<ModelFactsFragment> & Plain<ModelPulseFragment> & { providerId: string };
export type Pulses = ReadonlyMap<string, Pulse>;
export type PoolGroup = { provider: ProviderFactsFragment; models: PoolModel[] };

/** The models as they are this moment; whether one is switched on is what the cache says, which a click changes. */
export function withPulses(models: readonly PoolModel[], pulses: Pulses): PoolModel[] {
  return models.map((model) => ({ ...model, ...pulses.get(model.id), enabled: model.enabled }));
}

/** Whether a pulse tells what the page does not know yet: another model, or one that was switched elsewhere. */
export function isNews(pulse: Pulse, models: readonly PoolModel[]): boolean {
  return models.find(({ id }) => id === pulse.id)?.enabled !== pulse.enabled;
}

const usable = ({ enabled, available }: PoolModel) => enabled && available;

/** What can answer comes first, the rest by name. */
const byUse = (a: PoolModel, b: PoolModel) =>
  Number(usable(b)) - Number(usable(a)) || a.displayName.localeCompare(b.displayName, "en");

const matches = (model: PoolModel, words: string[]) => {
  const text = `${model.displayName} ${model.name} ${model.capabilities.join(" ")}`.toLowerCase();
  return words.every((word) => text.includes(word));
};

/** Providers with their models; with a search only what fits it, and only providers that have such models. */
export function grouped(
  providers: readonly ProviderFactsFragment[],
  models: readonly PoolModel[],
  search: string,
): PoolGroup[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  const groups = providers.map((provider) => ({
    provider,
    models: models.filter((model) => model.providerId === provider.id && matches(model, words)).sort(byUse),
  }));
  return words.length > 0 ? groups.filter((group) => group.models.length > 0) : groups;
}

type Health = { words: string; tone: "good" | "fair" | "bad" | "none" };

/** How a model is, in a word; why is in its `health.reason`. */
export function healthOf({ enabled, available, local, health }: PoolModel): Health {
  if (!enabled) return { words: t("health.off"), tone: "none" };
  if (!available) return { words: t(local ? "health.fileGone" : "health.notOffered"), tone: "bad" };
  switch (health.state) {
    case "HEALTHY":
      return { words: t("health.healthy"), tone: "good" };
    case "DEGRADED":
      return { words: t("health.degraded"), tone: "fair" };
    case "DOWN":
      return { words: t("health.down"), tone: "bad" };
    default:
      return { words: t("health.untried"), tone: "none" };
  }
}

/** A field for a whole number, with or without signs between its thousands: nothing is null, all else undefined. */
export function wholeOf(text: string): number | null | undefined {
  const bare = text.trim().replace(/(?<=\d)[.,\s](?=\d{3}(?:\D|$))/g, "");
  if (bare === "") return null;
  return /^\d{1,15}$/.test(bare) ? Number(bare) : undefined;
}

/**
 * A field for an amount, as the API writes it: nothing is null, and what is no amount is undefined. It stays a text, since
 * a number would have been through floating point. Commas stand between thousands in English, and for the point elsewhere.
 */
export function amountOf(text: string): string | null | undefined {
  const bare = text.trim().replace(/^\$/, "");
  const plain = spoken() === "en" ? bare.replaceAll(",", "") : bare.replace(",", ".");
  if (plain === "") return null;
  return Number.isFinite(Number(plain)) && Number(plain) >= 0 ? plain : undefined;
}

/** The names in a text, one a line or with commas between them, each once. */
export const namesOf = (text: string): string[] => [
  ...new Set(
    text
      .split(/[\n,]/)
      .map((name) => name.trim())
      .filter(Boolean),
  ),
];

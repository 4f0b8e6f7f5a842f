import type { Page } from "@playwright/test";

import { signedIn } from "../e2e/shared";

/** What the server and the machine have used since they began; `bench/browser.py` tells it. */
export type Usage = {
  at: number;
  transactions: number;
  sockets: number;
  cpu: number;
  memory: number;
  others: number;
  cores: number;
};

export const enter = (page: Page, baseURL: string | undefined) =>
  signedIn(page, baseURL, {
    name: "Ada Lovelace",
    email: "ada@example.org",
    password: process.env.PARLEY_BENCH_PASSWORD ?? "",
  });

export async function usage(): Promise<Usage> {
  return (await (await fetch(process.env.PARLEY_BENCH_USAGE ?? "")).json()) as Usage;
}

/** The share of all cores that processes which have nothing to do with this took meanwhile. */
export const noise = (before: Usage, after: Usage) =>
  ((after.others - before.others) / (after.at - before.at) / after.cores).toFixed(2);

export function say(what: string, found: string) {
  process.stdout.write(`\n${what}: ${found}\n`);
}

/** The value below which a share of all values lies. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}

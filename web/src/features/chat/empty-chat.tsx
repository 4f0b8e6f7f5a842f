"use client";

import Link from "next/link";

import { useInBrowser } from "@/lib/use-hydrated";
import { t } from "@/messages/chat";

const STARTERS = ["explain", "write", "plan", "code"] as const;

function greeting(): string {
  const hour = new Date().getHours();
  if (hour >= 5 && hour < 12) return t("empty.morning");
  return hour >= 12 && hour < 18 ? t("empty.afternoon") : t("empty.evening");
}

export function Greeting() {
  // The page is built at another hour than that at which it is read.
  const words = useInBrowser(greeting, "\u00a0");
  return (
    <div className="mx-auto w-full max-w-3xl px-6 pb-6 text-center">
      <h1 className="text-2xl font-semibold tracking-tight sm:text-3xl">{words}</h1>
      <p className="mt-2 text-muted-foreground">{t("empty.question")}</p>
    </div>
  );
}

/** Four ways to begin; each fills the composer and sends nothing. */
export function Starters({ onPick }: { onPick: (prompt: string) => void }) {
  return (
    <ul
      aria-label={t("empty.ideas")}
      className="mx-auto mt-4 grid w-full max-w-3xl grid-cols-2 gap-2 px-3 sm:px-6"
    >
      {STARTERS.map((starter) => (
        <li key={starter}>
          <button
            type="button"
            onClick={() => onPick(t(`starters.${starter}.prompt`))}
            className="flex h-full w-full flex-col rounded-2xl border px-4 py-3 text-left text-sm hover:bg-accent"
          >
            <span className="block font-medium">{t(`starters.${starter}.title`)}</span>
            <span className="mt-0.5 line-clamp-2 text-muted-foreground">
              {t(`starters.${starter}.prompt`)}
            </span>
          </button>
        </li>
      ))}
    </ul>
  );
}

/** Said where only the model that ships with the server is there: what answers, and how to add a better one. */
export function ModestNote({ name, folder }: { name: string | undefined; folder: string | null }) {
  return (
    <aside aria-label={t("modest.title")} className="mx-auto mt-4 w-full max-w-3xl px-3 sm:px-6">
      <p className="rounded-2xl bg-muted/60 px-4 py-3 text-sm leading-6 text-muted-foreground">
        {t.rich("modest.about", {
          name: name ?? t("modest.unnamed"),
          folder: folder ?? "none",
          b: (chunks) => (name ? <span className="font-medium text-foreground">{chunks}</span> : chunks),
          link: (chunks) => (
            <Link href="/models" className="text-foreground underline underline-offset-4">
              {chunks}
            </Link>
          ),
          code: (chunks) => (
            <code className="rounded bg-background px-1 font-mono text-[0.8125rem] break-all text-foreground">
              {chunks}
            </code>
          ),
        })}
      </p>
    </aside>
  );
}

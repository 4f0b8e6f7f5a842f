"use client";

import Link from "next/link";

const STARTERS = [
  { title: "Explain something", prompt: "Explain how vaccines train the immune system, in simple words." },
  {
    title: "Write a message",
    prompt: "Write a short, friendly message that moves tomorrow's meeting to Thursday.",
  },
  { title: "Plan a day", prompt: "Plan one relaxed day in Lisbon for two people who like food and walking." },
  {
    title: "Look at code",
    prompt: "Write a Python function that merges overlapping intervals, and explain it.",
  },
];

function greeting(hour: number): string {
  if (hour >= 5 && hour < 12) return "Good morning";
  return hour >= 12 && hour < 18 ? "Good afternoon" : "Good evening";
}

export function Greeting() {
  return (
    <div className="mx-auto w-full max-w-3xl px-6 pb-6 text-center">
      <h1 className="text-2xl font-semibold tracking-tight sm:text-3xl">{greeting(new Date().getHours())}</h1>
      <p className="mt-2 text-muted-foreground">What would you like to know?</p>
    </div>
  );
}

/** Four ways to begin; each fills the composer and sends nothing. */
export function Starters({ onPick }: { onPick: (prompt: string) => void }) {
  return (
    <ul
      aria-label="Ideas to start with"
      className="mx-auto mt-4 grid w-full max-w-3xl grid-cols-2 gap-2 px-3 sm:px-6"
    >
      {STARTERS.map(({ title, prompt }) => (
        <li key={title}>
          <button
            type="button"
            onClick={() => onPick(prompt)}
            className="flex h-full w-full flex-col rounded-2xl border px-4 py-3 text-left text-sm hover:bg-accent"
          >
            <span className="block font-medium">{title}</span>
            <span className="mt-0.5 line-clamp-2 text-muted-foreground">{prompt}</span>
          </button>
        </li>
      ))}
    </ul>
  );
}

/** Said where only the model that ships with the server is there: what answers, and how to add a better one. */
export function ModestNote({ name, folder }: { name: string | undefined; folder: string | null }) {
  return (
    <aside aria-label="About the model" className="mx-auto mt-4 w-full max-w-3xl px-3 sm:px-6">
      <p className="rounded-2xl bg-muted/60 px-4 py-3 text-sm leading-6 text-muted-foreground">
        {name ? <span className="font-medium text-foreground">{name}</span> : "A small model"} answers here: a
        small local model, private and free, good for simple things. For better answers add a provider under{" "}
        <Link href="/models" className="text-foreground underline underline-offset-4">
          Models
        </Link>
        {folder ? (
          <>
            , or drop a GGUF file into{" "}
            <code className="rounded bg-background px-1 font-mono text-[0.8125rem] break-all text-foreground">
              {folder}
            </code>
          </>
        ) : null}
        .
      </p>
    </aside>
  );
}

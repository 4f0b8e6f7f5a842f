"use client";

import { Button } from "@/components/ui/button";
import { useHydrated } from "@/lib/use-hydrated";
import { useTheme } from "@/lib/use-theme";

import { CONTROLS } from "./controls";
import { FLOATING } from "./floating";
import type { Specimen } from "./specimen";
import { SURFACES } from "./surfaces";

export const GROUPS: { name: string; specimens: Specimen[] }[] = [
  { name: "Controls", specimens: CONTROLS },
  { name: "Surfaces", specimens: SURFACES },
  { name: "Floating", specimens: FLOATING },
];

const THEMES = ["light", "dark", "contrast"];

function ThemeButtons() {
  const { theme, setTheme } = useTheme();
  const hydrated = useHydrated();
  return (
    <div role="toolbar" aria-label="Theme" className="flex gap-1">
      {THEMES.map((each) => (
        <Button
          key={each}
          size="sm"
          variant={hydrated && theme === each ? "secondary" : "ghost"}
          aria-pressed={hydrated && theme === each}
          onClick={() => setTheme(each)}
        >
          {each}
        </Button>
      ))}
    </div>
  );
}

/** Every component of components/ui, in its states. */
export function GalleryPage() {
  return (
    <main className="mx-auto flex max-w-4xl flex-col gap-10 px-4 py-10 sm:px-6">
      <div className="flex flex-wrap items-end justify-between gap-4">
        <div>
          <h1 className="text-2xl font-semibold tracking-tight">Gallery</h1>
          <p className="mt-1 text-sm text-muted-foreground">
            The parts that pages are made of, in their states.
          </p>
        </div>
        <ThemeButtons />
      </div>
      {GROUPS.map(({ name, specimens }) => (
        <section key={name} aria-labelledby={`group-${name}`} className="flex flex-col gap-4">
          <h2 id={`group-${name}`} className="text-lg font-semibold">
            {name}
          </h2>
          {specimens.map(({ file, name: title, show }) => (
            <section
              key={file}
              aria-labelledby={`specimen-${file}`}
              className="flex flex-col gap-3 rounded-xl border p-4 sm:p-5"
            >
              <h3 id={`specimen-${file}`} className="text-sm font-medium text-muted-foreground">
                {title}
              </h3>
              <div className="flex flex-wrap items-center gap-3">{show}</div>
            </section>
          ))}
        </section>
      ))}
    </main>
  );
}

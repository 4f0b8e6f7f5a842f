"use client";

import { useId } from "react";

import { Card, CardContent, CardDescription, CardHeader, CardTitle } from "@/components/ui/card";
import { Switch } from "@/components/ui/switch";
import { AIMS, useWishes, wish } from "@/lib/selection";
import { useHydrated } from "@/lib/use-hydrated";
import { t } from "@/messages/settings";

/** What matters when a model is chosen: one control for quality, cost and speed, and whether words may leave. */
export function SelectionCard() {
  const hydrated = useHydrated();
  const wishes = useWishes();
  const id = useId();
  return (
    <Card id="selection">
      <CardHeader>
        <CardTitle>{t("selection.title")}</CardTitle>
        <CardDescription>{t("selection.about")}</CardDescription>
      </CardHeader>
      <CardContent className="flex flex-col gap-5">
        <fieldset>
          <legend className="sr-only">{t("selection.aims")}</legend>
          <div className="grid grid-cols-2 gap-2 sm:grid-cols-4">
            {AIMS.map(({ aim, name, text }) => (
              <label
                key={aim}
                className="flex cursor-pointer flex-col gap-1 rounded-lg border px-3 py-2.5 hover:bg-accent has-checked:border-primary has-checked:bg-primary/5 has-focus-visible:outline-2 has-focus-visible:outline-offset-2 has-focus-visible:outline-ring"
              >
                <span className="flex items-center gap-2 text-sm font-medium">
                  <input
                    type="radio"
                    name={id}
                    value={aim}
                    checked={hydrated && wishes.aim === aim}
                    onChange={() => wish({ aim })}
                    aria-describedby={`${id}-${aim}`}
                    className="size-4 accent-primary outline-none"
                  />
                  {name}
                </span>
                <span id={`${id}-${aim}`} className="text-xs text-pretty text-muted-foreground">
                  {text}
                </span>
              </label>
            ))}
          </div>
        </fieldset>
        <div className="flex items-start justify-between gap-4">
          <div>
            <label htmlFor={`${id}-local`} className="text-sm font-medium">
              {t("selection.local")}
            </label>
            <p id={`${id}-local-text`} className="mt-0.5 text-sm text-pretty text-muted-foreground">
              {t("selection.localAbout")}
            </p>
          </div>
          <Switch
            id={`${id}-local`}
            aria-describedby={`${id}-local-text`}
            checked={hydrated && wishes.localOnly}
            onCheckedChange={(localOnly) => wish({ localOnly })}
          />
        </div>
      </CardContent>
    </Card>
  );
}

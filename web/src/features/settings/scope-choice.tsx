import { useId } from "react";

import { t } from "@/messages/settings";

import { SCOPES } from "./scopes";

const USUAL = new Set(["read", "write"]);

/** What a key may do: checkboxes that a form sends as `scopes`. */
export function ScopeChoice({ problem }: { problem?: string }) {
  const id = useId();
  return (
    <fieldset aria-describedby={problem ? `${id}-note` : undefined}>
      <legend className="mb-1 text-sm leading-none font-medium">{t("scopes.title")}</legend>
      {SCOPES.map((scope) => (
        <div key={scope} className="flex items-start gap-2.5">
          <input
            id={`${id}-${scope}`}
            type="checkbox"
            name="scopes"
            value={scope}
            defaultChecked={USUAL.has(scope)}
            aria-describedby={`${id}-${scope}-text`}
            className="mt-2 size-4 shrink-0 accent-primary pointer-coarse:mt-3"
          />
          <label
            htmlFor={`${id}-${scope}`}
            className="flex-1 py-1.5 text-sm leading-5 pointer-coarse:min-h-11 pointer-coarse:py-2.5"
          >
            <span className="font-medium">{t(`scopes.${scope}.title`)}</span>
            <span id={`${id}-${scope}-text`} className="block text-pretty text-muted-foreground">
              {t(`scopes.${scope}.about`)}
            </span>
          </label>
        </div>
      ))}
      {problem ? (
        <p id={`${id}-note`} className="mt-1 text-sm text-destructive">
          {problem}
        </p>
      ) : null}
    </fieldset>
  );
}

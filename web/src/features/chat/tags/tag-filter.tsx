"use client";

import { chooseTag, useChosenTag } from "@/lib/chosen-tag";
import { cn } from "@/lib/cn";
import { t } from "@/messages/tags";

import { useTags } from "./use-tags";

/** Tags above the list of chats: one that is pressed leaves only its chats. Nothing while there are no tags. */
export default function TagFilter({ retagged }: { retagged: number }) {
  const chosen = useChosenTag();
  const known = useTags(retagged);
  const tags = chosen && !known.includes(chosen) ? [chosen, ...known] : known;
  if (tags.length === 0) return null;
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is for forms
    <div
      role="group"
      aria-label={t("title")}
      className="flex max-h-24 flex-wrap gap-1 overflow-y-auto px-3 pb-3"
    >
      {tags.map((tag) => (
        <button
          key={tag}
          type="button"
          aria-pressed={tag === chosen}
          onClick={() => chooseTag(tag === chosen ? null : tag)}
          className={cn(
            "max-w-full truncate rounded-full border px-2 py-0.5 text-xs hover:bg-accent pointer-coarse:min-h-9 pointer-coarse:px-3",
            tag === chosen
              ? "border-primary bg-primary/10 font-medium text-foreground"
              : "text-muted-foreground",
          )}
        >
          {tag}
        </button>
      ))}
    </div>
  );
}

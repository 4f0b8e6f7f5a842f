import { type LucideIcon, Plus } from "lucide-react";
import Link from "next/link";
import type { ReactNode } from "react";

import { EmptyState } from "@/components/empty-state";
import { Button } from "@/components/ui/button";
import type { Addresses } from "@/lib/made/addresses";
import { type Group, grouped, type Made } from "@/lib/made/made";
import { t } from "@/messages/pieces";

type Card<Thing> = (thing: Thing) => ReactNode;

function Section<Thing>({ title, things, card }: Group<Thing> & { card: Card<Thing> }) {
  return (
    <section aria-label={title} className="flex flex-col gap-3">
      <h2 className="text-sm font-medium text-muted-foreground">{title}</h2>
      <ul className="grid gap-3 sm:grid-cols-2 xl:grid-cols-3">{things.map(card)}</ul>
    </section>
  );
}

type Props<Thing> = {
  title: string;
  /** What such things are, in a sentence. */
  text: string;
  addresses: Addresses;
  /** What a new one is called. */
  fresh: string;
  icon: LucideIcon;
  /** How to begin, for those who have made none. */
  beginning: string;
  things: readonly Thing[];
  /** With the thing's id as its key. */
  card: Card<Thing>;
  children?: ReactNode;
};

/** All things of a kind that somebody may use, by whose they are. */
export function MadeList<Thing extends Made>(props: Props<Thing>) {
  const { title, text, addresses, fresh, icon, beginning, things, card, children } = props;
  const groups = grouped(things);
  const [own] = groups;
  return (
    <div className="mx-auto flex max-w-5xl flex-col gap-8 px-4 py-8 sm:px-6 sm:py-10">
      <div className="flex flex-wrap items-start justify-between gap-4">
        <div>
          <h1 className="text-2xl font-semibold tracking-tight">{title}</h1>
          <p className="mt-1 text-sm text-pretty text-muted-foreground">{text}</p>
        </div>
        <Button asChild>
          <Link href={addresses.fresh}>
            <Plus aria-hidden />
            {fresh}
          </Link>
        </Button>
      </div>
      {own?.things.length === 0 ? (
        <EmptyState
          icon={icon}
          title={t("made.none")}
          text={beginning}
          className="h-auto rounded-xl border border-dashed py-8"
        />
      ) : null}
      {groups.map((group) =>
        group.things.length > 0 ? <Section key={group.title} card={card} {...group} /> : null,
      )}
      {children}
    </div>
  );
}

import { Copy } from "lucide-react";
import Link from "next/link";
import type { ReactNode } from "react";

import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import type { Addresses } from "@/lib/made/addresses";
import type { Made } from "@/lib/made/made";
import { t } from "@/messages/pieces";

type Props = {
  made: Made;
  addresses: Addresses;
  /** What it has, in a line or two. */
  traits: string;
  /** What else can be done with it, before it is duplicated. */
  children?: ReactNode;
};

/** One thing in a list of them: what it is, and what can be done with it. */
export function MadeCard({ made, addresses, traits, children }: Props) {
  return (
    <li className="relative flex flex-col rounded-xl border bg-card shadow-xs transition-colors focus-within:border-ring hover:border-ring/60">
      <div className="flex flex-1 flex-col gap-2 px-5 pt-4 pb-3">
        <h3 className="flex flex-wrap items-center gap-2 text-sm font-medium">
          {/* The whole upper part of the card is the link. */}
          <Link
            href={addresses.pathOf(made.id)}
            className="wrap-anywhere outline-none after:absolute after:inset-x-0 after:top-0 after:bottom-13 after:rounded-t-xl focus-visible:after:outline-2 focus-visible:after:outline-ring"
          >
            {made.name}
          </Link>
          {made.shared && made.editable ? <Badge variant="secondary">{t("made.shared")}</Badge> : null}
        </h3>
        <p className="line-clamp-4 text-sm text-pretty text-muted-foreground">
          {made.description || t("made.undescribed")}
        </p>
        <p className="mt-auto line-clamp-2 pt-1 text-xs text-muted-foreground">{traits}</p>
      </div>
      <div className="flex items-center gap-1 border-t px-3 py-2">
        {children}
        <Button variant="ghost" size="sm" asChild>
          <Link
            href={addresses.copyPathOf(made.id)}
            aria-label={t("made.duplicateNamed", { name: made.name })}
          >
            <Copy aria-hidden />
            {t("made.duplicate")}
          </Link>
        </Button>
      </div>
    </li>
  );
}

import { ArrowLeft } from "lucide-react";
import Link from "next/link";

import { EmptyState } from "@/components/empty-state";
import { FormProblem } from "@/components/form-problem";
import { SubmitButton } from "@/components/submit-button";
import { Button } from "@/components/ui/button";
import { t as common } from "@/messages/common";
import { t } from "@/messages/pieces";

/** The way from one thing back to all of them. */
export function BackLink({ href, text }: { href: string; text: string }) {
  return (
    <Link
      href={href}
      className="inline-flex w-fit items-center gap-1.5 rounded-md text-sm text-muted-foreground hover:text-foreground pointer-coarse:min-h-11"
    >
      <ArrowLeft aria-hidden className="size-4" />
      {text}
    </Link>
  );
}

/** In the place of a thing that the address names and that is not there for the viewer. */
export function Missing({ title, href, text }: { title: string; href: string; text: string }) {
  return (
    <EmptyState title={title} text={t("made.missing")}>
      <Button variant="outline" asChild>
        <Link href={href}>{text}</Link>
      </Button>
    </EmptyState>
  );
}

type BarProps = {
  /** Why it was not saved. */
  problem: string | null;
  cancelTo: string;
  busy: boolean;
  verb: string;
};

/** At the end of a form, and in sight however long that is. */
export function SaveBar({ problem, cancelTo, busy, verb }: BarProps) {
  return (
    <div className="sticky bottom-0 -mx-4 flex flex-col gap-3 border-t bg-background px-4 py-3 sm:mx-0 sm:px-0">
      <FormProblem text={problem} />
      <div className="flex justify-end gap-2">
        <Button variant="outline" asChild>
          <Link href={cancelTo}>{common("cancel")}</Link>
        </Button>
        <SubmitButton busy={busy}>{verb}</SubmitButton>
      </div>
    </div>
  );
}

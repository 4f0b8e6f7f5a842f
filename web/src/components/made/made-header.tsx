"use client";

import { Copy } from "lucide-react";
import Link from "next/link";
import { useRouter } from "next/navigation";
import type { ReactNode } from "react";
import type { CombinedError } from "urql";

import { ConfirmButton } from "@/components/confirm-button";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { messageOf } from "@/lib/errors";
import type { Addresses } from "@/lib/made/addresses";
import { type MadeDetails, standingOf } from "@/lib/made/made";
import { toast } from "@/lib/toast";
import { t as common } from "@/messages/common";
import { t } from "@/messages/pieces";

type Removal = {
  addresses: Addresses;
  remove: (variables: { id: string }) => Promise<{ error?: CombinedError }>;
  /** What becomes of what was done with it. */
  loss: string;
};

function DeleteButton({ made: { id, name }, addresses, remove, loss }: Removal & { made: MadeDetails }) {
  const router = useRouter();
  const end = async () => {
    const { error } = await remove({ id });
    if (error) return toast.error(messageOf(error));
    toast.success(t("made.deleted", { name }));
    router.push(addresses.list);
  };
  return (
    <ConfirmButton
      verb={common("delete")}
      label={t("made.delete", { name })}
      title={t("made.confirm", { name })}
      text={loss}
      onConfirm={() => void end()}
    />
  );
}

type Props = Removal & {
  made: MadeDetails;
  /** What else can be done with it, before it is duplicated. */
  children?: ReactNode;
};

/** Which thing this is, and what else can be done with it. */
export function MadeHeader({ made, children, ...removal }: Props) {
  return (
    <div className="flex flex-wrap items-start justify-between gap-4">
      <div className="min-w-0">
        <h1 className="flex flex-wrap items-center gap-3 text-2xl font-semibold tracking-tight">
          <span className="wrap-anywhere">{made.name}</span>
          {made.shared && made.editable ? <Badge variant="secondary">{t("made.shared")}</Badge> : null}
        </h1>
        <p className="mt-1 text-sm text-pretty text-muted-foreground">{standingOf(made)}</p>
      </div>
      <div className="flex flex-wrap items-center gap-2">
        {children}
        <Button variant="outline" size="sm" asChild>
          <Link href={removal.addresses.copyPathOf(made.id)}>
            <Copy aria-hidden />
            {t("made.duplicate")}
          </Link>
        </Button>
        {made.editable ? <DeleteButton made={made} {...removal} /> : null}
      </div>
    </div>
  );
}

/** What stands there instead while it is not made yet. */
export function NewHeader({ title, copied }: { title: string; copied: string | null }) {
  return (
    <div>
      <h1 className="text-2xl font-semibold tracking-tight">{title}</h1>
      <p className="mt-1 text-sm text-muted-foreground">
        {copied ? t("made.beginsLike", { name: copied }) : t("made.private")}
      </p>
    </div>
  );
}

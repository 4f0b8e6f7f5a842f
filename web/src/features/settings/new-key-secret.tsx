"use client";

import { Button } from "@/components/ui/button";
import { DialogDescription, DialogFooter, DialogHeader, DialogTitle } from "@/components/ui/dialog";
import { t } from "@/messages/settings";

import { ShownOnce } from "./shown-once";

type Props = { secret: string; onDone: () => void };

export function NewKeySecret({ secret, onDone }: Props) {
  return (
    <div className="flex flex-col gap-5">
      <DialogHeader>
        <DialogTitle>{t("newKey.copyTitle")}</DialogTitle>
        <DialogDescription>{t("newKey.copyAbout")}</DialogDescription>
      </DialogHeader>
      <ShownOnce name={t("newKey.secret")} text={secret} copyLabel={t("newKey.copy")} />
      <p className="text-sm text-muted-foreground">
        {t.rich("newKey.sent", { code: (chunks) => <code className="font-mono text-xs">{chunks}</code> })}
      </p>
      <DialogFooter>
        <Button onClick={onDone}>{t("newKey.done")}</Button>
      </DialogFooter>
    </div>
  );
}

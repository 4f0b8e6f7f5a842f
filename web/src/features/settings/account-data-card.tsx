"use client";

import { Download, Trash2 } from "lucide-react";
import { Suspense } from "react";
import { Button } from "@/components/ui/button";
import { Card, CardContent, CardDescription, CardHeader, CardTitle } from "@/components/ui/card";
import { lazy } from "@/lib/lazy";
import { useOnDemand } from "@/lib/use-on-demand";
import { t } from "@/messages/settings";

const DeleteAccountDialog = lazy(() => import("./delete-account-dialog"));

/** What a person can do with all that is theirs: take it along, or have it removed. */
export function AccountDataCard() {
  const { wanted, open, setOpen } = useOnDemand();
  return (
    <Card>
      <CardHeader>
        <CardTitle>{t("data.title")}</CardTitle>
        <CardDescription>{t("data.about")}</CardDescription>
      </CardHeader>
      <CardContent className="flex flex-wrap gap-3">
        <Button variant="outline" asChild>
          {/* The server answers with a file, so the page stays. */}
          <a href="/account.json" download="parley-account.json">
            <Download aria-hidden />
            {t("data.download")}
          </a>
        </Button>
        <Button
          variant="outline"
          aria-haspopup="dialog"
          onClick={() => setOpen(true)}
          className="text-destructive"
        >
          <Trash2 aria-hidden />
          {t("data.delete")}
        </Button>
        {wanted ? (
          <Suspense>
            <DeleteAccountDialog open={open} onOpenChange={setOpen} />
          </Suspense>
        ) : null}
      </CardContent>
    </Card>
  );
}

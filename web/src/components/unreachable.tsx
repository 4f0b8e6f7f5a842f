import { CloudOff } from "lucide-react";

import { Button } from "@/components/ui/button";
import { t } from "@/messages/common";

import { EmptyState } from "./empty-state";

export function Unreachable({ problem, onRetry }: { problem: string; onRetry: () => void }) {
  return (
    <EmptyState role="alert" icon={CloudOff} title={t("unreachable.title")} text={problem}>
      <Button variant="outline" onClick={onRetry}>
        {t("tryAgain")}
      </Button>
    </EmptyState>
  );
}

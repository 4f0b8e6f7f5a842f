import { CloudOff } from "lucide-react";

import { Button } from "@/components/ui/button";

import { EmptyState } from "./empty-state";

export function Unreachable({ problem, onRetry }: { problem: string; onRetry: () => void }) {
  return (
    <EmptyState role="alert" icon={CloudOff} title="This does not load" text={problem}>
      <Button variant="outline" onClick={onRetry}>
        Try again
      </Button>
    </EmptyState>
  );
}

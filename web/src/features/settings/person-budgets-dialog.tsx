"use client";

import { useMutation } from "urql";

import { FormProblem } from "@/components/form-problem";
import { Button } from "@/components/ui/button";
import { Dialog, DialogContent, DialogDescription, DialogHeader, DialogTitle } from "@/components/ui/dialog";
import { BudgetsDocument, SetBudgetDocument } from "@/gql/later/graphql";
import { messageOf } from "@/lib/errors";
import { toast } from "@/lib/toast";
import { usePages } from "@/lib/use-pages";
import { t } from "@/messages/settings";

import { BudgetForm, type Spender } from "./budget-form";
import { BudgetList } from "./budget-list";
import { type Budget, budgetsOf } from "./budgets";

type Props = { person: Spender; open: boolean; onOpenChange: (open: boolean) => void };

/** What a person may spend, and a form that limits it. */
export default function PersonBudgetsDialog({ person, open, onOpenChange }: Props) {
  const { nodes, state, problem, refresh } = usePages(BudgetsDocument, { userId: person.id }, budgetsOf);
  const [{ fetching }, set] = useMutation(SetBudgetDocument);
  const remove = async ({ apiKeyId, period }: Budget) => {
    const { error } = await set({ input: { userId: person.id, apiKeyId, period } });
    if (error) return toast.error(messageOf(error));
    refresh();
  };
  const button = (budget: Budget, name: string) => (
    <Button
      variant="outline"
      size="sm"
      disabled={fetching}
      aria-label={t("budgets.remove", { name, period: budget.period })}
      onClick={() => void remove(budget)}
    >
      {t("verbs.remove")}
    </Button>
  );
  return (
    <Dialog open={open} onOpenChange={onOpenChange}>
      <DialogContent className="sm:max-w-lg">
        <DialogHeader>
          <DialogTitle>{t("budgets.of", { name: person.name })}</DialogTitle>
          <DialogDescription>{t("budgets.ofAbout")}</DialogDescription>
        </DialogHeader>
        <FormProblem text={problem} />
        {nodes.length > 0 ? <BudgetList budgets={nodes} keys={person.apiKeys} actionOf={button} /> : null}
        {state === "ready" && nodes.length === 0 ? (
          <p className="text-sm text-muted-foreground">{t("budgets.empty")}</p>
        ) : null}
        <BudgetForm person={person} onSet={refresh} />
      </DialogContent>
    </Dialog>
  );
}

"use client";

import { useQuery } from "urql";

import { Card, CardContent, CardDescription, CardHeader, CardTitle } from "@/components/ui/card";
import { BudgetsDocument, MyBudgetKeysDocument } from "@/gql/later/graphql";
import { usePages } from "@/lib/use-pages";
import { t } from "@/messages/settings";

import { BudgetList } from "./budget-list";
import { budgetsOf } from "./budgets";

/** What an administrator lets the viewer spend; nothing where nobody has set a limit. */
export function MyBudgetsCard({ viewerId }: { viewerId: string }) {
  const { nodes } = usePages(BudgetsDocument, { userId: viewerId }, budgetsOf);
  const [{ data }] = useQuery({ query: MyBudgetKeysDocument, pause: nodes.length === 0 });
  if (nodes.length === 0) return null;
  return (
    <Card>
      <CardHeader>
        <CardTitle>{t("budgets.title")}</CardTitle>
        <CardDescription>{t("budgets.about")}</CardDescription>
      </CardHeader>
      <CardContent className="py-2">
        <BudgetList budgets={nodes} keys={data?.viewer?.apiKeys ?? []} />
      </CardContent>
    </Card>
  );
}

"use client";

import { type FormEvent, useState } from "react";
import { useMutation, useQuery } from "urql";

import { CheckList } from "@/components/check-list";
import { ChoiceField } from "@/components/choice-field";
import { FormField } from "@/components/form-field";
import { FormProblem } from "@/components/form-problem";
import { SubmitButton } from "@/components/submit-button";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Card, CardContent, CardDescription, CardHeader, CardTitle } from "@/components/ui/card";
import { Skeleton } from "@/components/ui/skeleton";
import {
  SetToolApprovalDocument,
  type ToolApproval,
  ToolPoliciesDocument,
  type ToolPoliciesQuery,
} from "@/gql/later/graphql";
import { fieldsOf, messageOf } from "@/lib/errors";
import { textOf } from "@/lib/forms";
import { toast } from "@/lib/toast";
import { t } from "@/messages/tools";

import { nameOf, RULES } from "./approvals";

type Policy = ToolPoliciesQuery["toolPolicies"][number];

function PolicyRow({ policy, removable }: { policy: Policy; removable: boolean }) {
  const { pattern, everybody } = policy;
  const [{ fetching }, set] = useMutation(SetToolApprovalDocument);
  const remove = async () => {
    const { error } = await set({ input: { pattern, everybody, approval: null } });
    if (error) toast.error(messageOf(error));
  };
  return (
    <li className="flex items-center justify-between gap-4 py-2.5">
      <p className="flex min-w-0 flex-wrap items-center gap-x-3 gap-y-1 text-sm">
        <code className="font-mono wrap-anywhere">{pattern}</code>
        <span className="text-muted-foreground">{nameOf(policy.approval)}</span>
        {everybody ? <Badge variant="secondary">{t("rules.everybody")}</Badge> : null}
      </p>
      {removable ? (
        <Button
          variant="ghost"
          size="sm"
          aria-label={t("rules.removeOne", { pattern })}
          disabled={fetching}
          onClick={() => void remove()}
        >
          {t("rules.remove")}
        </Button>
      ) : null}
    </li>
  );
}

function NewRule({ admin }: { admin: boolean }) {
  const [{ fetching, error }, set] = useMutation(SetToolApprovalDocument);
  const [approval, setApproval] = useState<ToolApproval>("ASK");
  const problem = fieldsOf(error).pattern;
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    const said = new FormData(form);
    const input = { pattern: textOf(said, "pattern").trim(), approval, everybody: said.has("everybody") };
    const { data } = await set({ input });
    if (data) form.reset();
  };
  return (
    <form onSubmit={submit} aria-label={t("rules.new")} className="flex flex-col gap-4">
      <FormProblem text={error && !problem ? messageOf(error) : null} />
      <div className="grid items-start gap-4 sm:grid-cols-[1fr_12rem_auto]">
        <FormField
          label={t("rules.tools")}
          name="pattern"
          placeholder="builtin/web_*"
          autoComplete="off"
          spellCheck={false}
          required
          hint={t("rules.toolsAbout")}
          problem={problem}
        />
        <ChoiceField
          label={t("rules.rule")}
          choices={RULES.map((value) => ({ value, name: nameOf(value) }))}
          value={approval}
          onValueChange={(value) => setApproval(value as ToolApproval)}
        />
        <SubmitButton busy={fetching} variant="outline" className="sm:mt-[1.375rem]">
          {t("rules.add")}
        </SubmitButton>
      </div>
      {admin ? (
        <CheckList
          legend={t("rules.forWhom")}
          name="everybody"
          items={[{ value: "on", title: t("rules.everybodyHere") }]}
          chosen={[]}
        />
      ) : null}
    </form>
  );
}

/** All rules that count for the viewer, of which the strictest one that fits a tool wins. */
export function PoliciesCard({ admin }: { admin: boolean }) {
  const [{ data, error }] = useQuery({ query: ToolPoliciesDocument, requestPolicy: "cache-and-network" });
  const policies = data?.toolPolicies;
  return (
    <Card role="region" aria-label={t("rules.title")}>
      <CardHeader>
        <CardTitle>{t("rules.title")}</CardTitle>
        <CardDescription>{t("rules.about")}</CardDescription>
      </CardHeader>
      <CardContent className="flex flex-col gap-5">
        {policies && policies.length > 0 ? (
          <ul aria-label={t("rules.title")} className="divide-y">
            {policies.map((policy) => (
              <PolicyRow
                key={`${policy.everybody} ${policy.pattern}`}
                policy={policy}
                removable={admin || !policy.everybody}
              />
            ))}
          </ul>
        ) : null}
        {policies?.length === 0 ? <p className="text-sm text-muted-foreground">{t("rules.empty")}</p> : null}
        {!policies && !error ? <Skeleton className="h-10 w-full" /> : null}
        {!policies && error ? <p className="text-sm text-destructive">{messageOf(error)}</p> : null}
        <NewRule admin={admin} />
      </CardContent>
    </Card>
  );
}

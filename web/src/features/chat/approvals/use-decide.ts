"use client";

import { useState } from "react";
import { useMutation } from "urql";

import { DecideApprovalDocument, type DecideApprovalInput } from "@/gql/later/graphql";
import { codeOf, fieldsOf } from "@/lib/errors";
import { toast } from "@/lib/toast";
import { t } from "@/messages/approvals";

import { reasonOf } from "../reason";

const ARGUMENTS = "arguments.";
const argumentsOf = (fields: Record<string, string>) =>
  Object.fromEntries(
    Object.entries(fields).flatMap(([path, reason]) =>
      path.startsWith(ARGUMENTS) ? [[path.slice(ARGUMENTS.length), reason]] : [],
    ),
  );

type Decision = Omit<DecideApprovalInput, "approvalId">;

/** Decides on a call, or answers it. What somebody else has decided meanwhile is said, and counts. What is wrong with
 * which of the arguments comes back. */
export function useDecide(approvalId: string, onDecided: () => void) {
  const [, mutate] = useMutation(DecideApprovalDocument);
  const [busy, setBusy] = useState(false);
  const decide = async (decision: Decision): Promise<Record<string, string>> => {
    setBusy(true);
    const { data, error } = await mutate({ input: { approvalId, ...decision } });
    setBusy(false);
    const late = error && ["CONFLICT", "NOT_FOUND"].includes(codeOf(error) ?? "");
    const problems = argumentsOf(fieldsOf(error));
    if (late) toast(t("late"));
    else if (!data && Object.keys(problems).length === 0) toast.error(reasonOf(error));
    if (data || late) onDecided();
    return problems;
  };
  return { busy, decide };
}

"use client";

import { useQuery } from "urql";

import { WholeOutputsDocument } from "@/gql/later/graphql";
import { t } from "@/messages/runs";

import { reasonOf } from "./reason";

type Props = { messageId: string; callId: string };

/** All that a tool has returned, where the message only has the beginning. */
export default function WholeOutput({ messageId, callId }: Props) {
  const [{ data, error, fetching }] = useQuery({ query: WholeOutputsDocument, variables: { messageId } });
  const parts = data?.node?.__typename === "Message" ? data.node.parts : [];
  const calls = parts.flatMap((part) => (part.__typename === "ToolCallPart" ? [part.toolCall] : []));
  const whole = calls.find(({ id }) => id === callId)?.fullOutput;
  if (whole != null) return whole;
  if (fetching) return t("tools.loading");
  return error ? reasonOf(error) : t("tools.notKept");
}

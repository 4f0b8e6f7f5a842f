import type { ApprovalCardFragment } from "@/gql/later/graphql";

import { ApprovalCard } from "./approval-card";
import { QuestionCard } from "./question-card";

type Props = { approval: ApprovalCardFragment; onDecided: () => void };

/** What waits for a person: a call that has yet to be made, or one that asks something. */
export function WaitingCard(props: Props) {
  return props.approval.question ? <QuestionCard {...props} /> : <ApprovalCard {...props} />;
}

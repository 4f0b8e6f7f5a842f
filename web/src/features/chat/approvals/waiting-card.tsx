import type { ApprovalCardFragment } from "@/gql/later/graphql";
import { useFocusKept } from "@/lib/use-focus-kept";

import { ApprovalCard } from "./approval-card";
import { QuestionCard } from "./question-card";

type Props = { approval: ApprovalCardFragment; onDecided: () => void };

/** What waits for a person: a call that has yet to be made, or one that asks something. With their word it goes; the
 * focus stays in its answer, or in its list. */
export function WaitingCard(props: Props) {
  const kept = useFocusKept<HTMLDivElement>("article, [role=tabpanel]");
  return (
    <div ref={kept}>
      {props.approval.question ? <QuestionCard {...props} /> : <ApprovalCard {...props} />}
    </div>
  );
}

"use client";

import { Bot, Workflow } from "lucide-react";

import {
  DropdownMenu,
  DropdownMenuContent,
  DropdownMenuLabel,
  DropdownMenuRadioGroup,
  DropdownMenuRadioItem,
  DropdownMenuTrigger,
} from "@/components/ui/dropdown-menu";
import { t } from "@/messages/chat";

import type { Answering } from "./answering";
import { pickerClasses } from "./picker-classes";
import type { AgentChoice, WorkflowChoice } from "./use-answering";

function Choice({ id, name, description }: Pick<AgentChoice, "id" | "name" | "description">) {
  return (
    <DropdownMenuRadioItem value={id} className="py-2">
      <span className="flex min-w-0 flex-col">
        <span className="truncate">{name}</span>
        {description ? (
          <span className="line-clamp-2 text-xs text-muted-foreground">{description}</span>
        ) : null}
      </span>
    </DropdownMenuRadioItem>
  );
}

type Props = {
  agents: readonly AgentChoice[];
  workflows: readonly WorkflowChoice[];
  agent: AgentChoice;
  workflow: WorkflowChoice | null;
  choose: (choice: Answering) => void;
};

/** Who answers next in this chat, or by which workflow. The assistant, who always does, is only an icon. */
export function AgentPicker({ agents, workflows, agent, workflow, choose }: Props) {
  const label = workflow
    ? t("agent.workflow", { name: workflow.name })
    : t("agent.agent", { name: agent.name });
  const Icon = workflow ? Workflow : Bot;
  const named = workflow?.name ?? (agent.slug === "assistant" ? null : agent.name);
  const take = (id: string) => {
    const flows = workflows.some((each) => each.id === id);
    choose({ agentId: flows ? null : id, workflowId: flows ? id : null, thinking: null });
  };
  return (
    <DropdownMenu>
      <DropdownMenuTrigger aria-label={label} title={label} className={pickerClasses}>
        <Icon aria-hidden className="size-4 shrink-0" />
        {named ? <span className="truncate max-sm:hidden">{named}</span> : null}
      </DropdownMenuTrigger>
      <DropdownMenuContent align="start" side="top" className="max-h-[min(26rem,60dvh)] w-72 overflow-y-auto">
        <DropdownMenuRadioGroup value={workflow?.id ?? agent.id} onValueChange={take}>
          {agents.map((each) => (
            <Choice key={each.id} {...each} />
          ))}
          {workflows.length > 0 ? <DropdownMenuLabel>{t("agent.workflows")}</DropdownMenuLabel> : null}
          {workflows.map((each) => (
            <Choice key={each.id} {...each} />
          ))}
        </DropdownMenuRadioGroup>
      </DropdownMenuContent>
    </DropdownMenu>
  );
}

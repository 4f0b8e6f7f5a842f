"use client";

import { type FormEvent, type ReactNode, useState } from "react";
import { useClient, useQuery } from "urql";

import { FormField } from "@/components/form-field";
import { FormProblem } from "@/components/form-problem";
import { SubmitButton } from "@/components/submit-button";
import {
  Command,
  CommandEmpty,
  CommandGroup,
  CommandInput,
  CommandItem,
  CommandList,
} from "@/components/ui/command";
import { Dialog, DialogContent, DialogDescription, DialogTitle } from "@/components/ui/dialog";
import { OfferedPromptsDocument, type OfferedPromptsQuery, WrittenPromptDocument } from "@/gql/later/graphql";
import { messageOf } from "@/lib/errors";
import { textOf } from "@/lib/forms";
import { t } from "@/messages/runs";

import { ResourceGroup } from "./resource-group";
import { useReading } from "./use-reading";

type Server = OfferedPromptsQuery["mcpServers"][number];
type Offered = Server["prompts"][number] & { server: Pick<Server, "id" | "name"> };

const keyOf = ({ server, name }: Offered) => `${server.id}/${name}`;

/** Writes a prompt out, and says what went wrong; `take` gets its text. */
function useWriting(take: (text: string) => void) {
  const client = useClient();
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const write = async ({ server, name }: Offered, given: Record<string, string>) => {
    setBusy(true);
    setProblem(null);
    const variables = { serverId: server.id, name, arguments: given };
    const { data, error } = await client.query(WrittenPromptDocument, variables, {
      requestPolicy: "network-only",
    });
    setBusy(false);
    if (data) take(data.mcpPrompt.map(({ text }) => text).join("\n\n"));
    else setProblem(error ? messageOf(error) : t("prompts.failed"));
  };
  return { write, busy, problem };
}

type FormProps = { prompt: Offered; busy: boolean; onFill: (given: Record<string, string>) => void };

/** What a prompt is filled in with; what is left empty is not given. */
function ArgumentsForm({ prompt, busy, onFill }: FormProps) {
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const said = prompt.arguments.map(({ name }) => [name, textOf(form, name).trim()] as const);
    onFill(Object.fromEntries(said.filter(([, value]) => value)));
  };
  return (
    <form onSubmit={submit} className="flex flex-col gap-4" aria-label={prompt.title}>
      {prompt.arguments.map(({ name, description, required }) => (
        <FormField
          key={name}
          label={required ? name : t("prompts.optional", { name })}
          name={name}
          hint={description || undefined}
          required={required}
          autoComplete="off"
        />
      ))}
      <SubmitButton busy={busy}>{t("prompts.write")}</SubmitButton>
    </form>
  );
}

type ListProps = { prompts: Offered[]; onChoose: (prompt: Offered) => void; children: ReactNode };

function OfferList({ prompts, onChoose, children }: ListProps) {
  return (
    <Command className="border">
      <CommandInput placeholder={t("prompts.search")} aria-label={t("prompts.searchAll")} />
      <CommandList>
        <CommandEmpty>{t("prompts.none")}</CommandEmpty>
        {prompts.length > 0 ? (
          <CommandGroup heading={t("prompts.prompts")}>
            {prompts.map((prompt) => (
              <CommandItem
                key={keyOf(prompt)}
                value={keyOf(prompt)}
                keywords={[prompt.title, prompt.description]}
                onSelect={() => onChoose(prompt)}
              >
                <span className="truncate">{prompt.title}</span>
                <span className="ml-auto shrink-0 text-xs text-muted-foreground">{prompt.server.name}</span>
              </CommandItem>
            ))}
          </CommandGroup>
        ) : null}
        {children}
      </CommandList>
    </Command>
  );
}

type Props = {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  onTake: (text: string) => void;
  /** A resource as a file, to go with the message. */
  onAttach: (file: File) => void;
};

/** Prompts and resources that MCP servers offer, for a message that begins with a slash; nothing shows where there are
 * none. */
export default function PromptMenu({ open, onOpenChange, onTake, onAttach }: Props) {
  const [{ data }] = useQuery({ query: OfferedPromptsDocument, requestPolicy: "cache-and-network" });
  const [chosen, setChosen] = useState<Offered | null>(null);
  const close = () => {
    setChosen(null);
    onOpenChange(false);
  };
  const { write, busy, problem } = useWriting((text) => {
    onTake(text);
    close();
  });
  const {
    read,
    reading,
    problem: unread,
  } = useReading((file) => {
    onAttach(file);
    close();
  });
  const readable = (data?.mcpServers ?? []).filter(({ hasResources }) => hasResources);
  const prompts = (data?.mcpServers ?? []).flatMap(({ prompts: offered, ...server }) =>
    offered.map((prompt) => ({ ...prompt, server })),
  );
  const choose = (prompt: Offered) =>
    prompt.arguments.length > 0 ? setChosen(prompt) : void write(prompt, {});

  return (
    <Dialog
      open={open && (prompts.length > 0 || readable.length > 0)}
      onOpenChange={(wanted) => (wanted ? onOpenChange(true) : close())}
    >
      <DialogContent>
        <DialogTitle>{chosen ? chosen.title : t("prompts.title")}</DialogTitle>
        <DialogDescription>{chosen?.description || t("prompts.about")}</DialogDescription>
        {chosen ? (
          <ArgumentsForm prompt={chosen} busy={busy} onFill={(given) => void write(chosen, given)} />
        ) : (
          <OfferList prompts={prompts} onChoose={choose}>
            {readable.map((server) => (
              <ResourceGroup
                key={server.id}
                server={server}
                busy={reading}
                onChoose={(resource) => void read(server.id, resource)}
              />
            ))}
          </OfferList>
        )}
        <FormProblem text={problem ?? unread} />
      </DialogContent>
    </Dialog>
  );
}

"use client";

import { type FormEvent, useState } from "react";
import { useMutation } from "urql";

import { CheckList } from "@/components/check-list";
import { ChoiceField } from "@/components/choice-field";
import { FormField } from "@/components/form-field";
import { FormProblem } from "@/components/form-problem";
import { SubmitButton } from "@/components/submit-button";
import { TextareaField } from "@/components/textarea-field";
import { Button } from "@/components/ui/button";
import {
  Dialog,
  DialogContent,
  DialogDescription,
  DialogFooter,
  DialogHeader,
  DialogTitle,
} from "@/components/ui/dialog";
import { readFragment } from "@/gql/later";
import {
  AddMcpServerDocument,
  type AddMcpServerInput,
  type McpTransport,
  ServerFactsFragmentDoc,
  UpdateMcpServerDocument,
} from "@/gql/later/graphql";
import { fieldsOf, messageOf } from "@/lib/errors";
import { toast } from "@/lib/toast";
import { t } from "@/messages/tools";

import type { ServerFacts } from "./approvals";
import { readServer, secretsHint, serverChanges, TRANSPORTS } from "./server-input";

type Problems = Record<string, string>;
type WayProps = { server: ServerFacts | null; transport: McpTransport; problems: Problems };

function ProgramFields({ server, problems }: Omit<WayProps, "transport">) {
  return (
    <>
      <FormField
        label={t("form.command")}
        name="command"
        defaultValue={server?.command ?? ""}
        placeholder="npx"
        autoComplete="off"
        spellCheck={false}
        hint={t("form.commandAbout")}
        problem={problems.command}
      />
      <TextareaField
        label={t("form.arguments")}
        name="args"
        defaultValue={server?.args?.join("\n") ?? ""}
        placeholder={"-y\n@modelcontextprotocol/server-filesystem\n/srv/files"}
        spellCheck={false}
        className="font-mono md:text-xs"
        hint={t("form.argumentsAbout")}
        problem={problems.args}
      />
      <TextareaField
        label={t("form.environment")}
        name="env"
        placeholder="TOKEN=…"
        spellCheck={false}
        autoComplete="off"
        className="min-h-16 font-mono md:text-xs"
        hint={secretsHint(server, "STDIO")}
        problem={problems.env}
      />
    </>
  );
}

function AddressFields({ server, transport, problems }: WayProps) {
  return (
    <>
      <FormField
        label={t("form.url")}
        name="url"
        type="url"
        inputMode="url"
        defaultValue={server?.url ?? ""}
        placeholder="https://mcp.example.com/mcp"
        autoComplete="off"
        spellCheck={false}
        problem={problems.url}
      />
      <TextareaField
        label={t("form.headers")}
        name="headers"
        placeholder="Authorization: Bearer …"
        spellCheck={false}
        autoComplete="off"
        className="min-h-16 font-mono md:text-xs"
        hint={secretsHint(server, transport)}
        problem={problems.headers}
      />
    </>
  );
}

function Rights({ server }: { server: ServerFacts | null }) {
  const chosen = [server?.shared ? "shared" : "", server?.trusted ? "trusted" : ""].filter(Boolean);
  return (
    <>
      {/* Says that the two were there to be ticked. */}
      <input type="hidden" name="rights" value="" />
      <CheckList
        legend={t("form.rights")}
        name="rights"
        items={[
          { value: "shared", title: t("form.shared"), text: t("form.sharedAbout") },
          { value: "trusted", title: t("form.trusted"), text: t("form.trustedAbout") },
        ]}
        chosen={chosen}
      />
    </>
  );
}

/** Adds a server, or changes one; the words that say what came of it, or null when it was refused. */
function useSave(server: ServerFacts | null) {
  const [added, add] = useMutation(AddMcpServerDocument);
  const [updated, update] = useMutation(UpdateMcpServerDocument);
  const save = async (input: AddMcpServerInput): Promise<string | null> => {
    if (server) {
      const { data } = await update({ input: { id: server.id, ...serverChanges(server, input) } });
      return data ? t("form.saved", { name: input.name }) : null;
    }
    const { data } = await add({ input });
    if (!data) return null;
    const { lastError, tools } = readFragment(ServerFactsFragmentDoc, data.addMcpServer.mcpServer);
    if (lastError) return t("form.addedUnusable", { name: input.name });
    return t("form.added", { name: input.name, count: tools.length });
  };
  return { save, busy: added.fetching || updated.fetching, error: added.error ?? updated.error };
}

type FormProps = { server: ServerFacts | null; admin: boolean; onDone: () => void };

function ServerForm({ server, admin, onDone }: FormProps) {
  const [transport, setTransport] = useState<McpTransport>(server?.transport ?? "STREAMABLE_HTTP");
  const [own, setOwn] = useState<Problems>({});
  const { save, busy, error } = useSave(server);
  const problems = { ...fieldsOf(error), ...own };
  // Programs run with the rights of Parley itself, so only administrators may add some.
  const transports = TRANSPORTS.filter((each) => admin || each !== "STDIO");

  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const { input, problems: found } = readServer(new FormData(event.currentTarget), transport);
    setOwn(found);
    if (Object.keys(found).length > 0) return;
    const done = await save(input);
    if (!done) return;
    toast(done);
    onDone();
  };

  return (
    <form onSubmit={submit} noValidate className="flex min-w-0 flex-col gap-5">
      <FormProblem text={error ? messageOf(error) : null} />
      <FormField
        label={t("form.name")}
        name="name"
        defaultValue={server?.name ?? ""}
        placeholder={t("form.nameExample")}
        maxLength={64}
        autoComplete="off"
        spellCheck={false}
        hint={t("form.nameAbout")}
        problem={problems.name}
      />
      <ChoiceField
        label={t("form.transport")}
        choices={transports.map((value) => ({ value, name: t(`form.transports.${value}.name`) }))}
        value={transport}
        onValueChange={(value) => setTransport(value as McpTransport)}
        hint={t(`form.transports.${transport}.about`)}
        problem={problems.transport}
      />
      {transport === "STDIO" ? (
        <ProgramFields server={server} problems={problems} />
      ) : (
        <AddressFields server={server} transport={transport} problems={problems} />
      )}
      <FormField
        label={t("form.seconds")}
        name="timeoutSeconds"
        inputMode="numeric"
        defaultValue={server?.timeoutSeconds ?? 60}
        autoComplete="off"
        problem={problems.timeoutSeconds}
      />
      {admin ? <Rights server={server} /> : null}
      <DialogFooter>
        <Button type="button" variant="outline" onClick={onDone}>
          {t("form.cancel")}
        </Button>
        <SubmitButton busy={busy}>
          {busy ? t("form.asking") : server ? t("form.save") : t("form.add")}
        </SubmitButton>
      </DialogFooter>
    </form>
  );
}

type Props = Omit<FormProps, "onDone"> & { open: boolean; onOpenChange: (open: boolean) => void };

export default function ServerDialog({ open, onOpenChange, ...form }: Props) {
  return (
    <Dialog open={open} onOpenChange={onOpenChange}>
      <DialogContent className="sm:max-w-lg">
        <DialogHeader>
          <DialogTitle>
            {form.server ? t("server.editOne", { name: form.server.name }) : t("form.title")}
          </DialogTitle>
          <DialogDescription>{t("form.about")}</DialogDescription>
        </DialogHeader>
        <ServerForm {...form} onDone={() => onOpenChange(false)} />
      </DialogContent>
    </Dialog>
  );
}

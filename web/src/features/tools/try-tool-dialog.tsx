"use client";

import { type FormEvent, useState } from "react";
import { useMutation } from "urql";

import { FormProblem } from "@/components/form-problem";
import { SchemaField } from "@/components/schema-field";
import { SubmitButton } from "@/components/submit-button";
import { TextareaField } from "@/components/textarea-field";
import {
  Dialog,
  DialogContent,
  DialogDescription,
  DialogFooter,
  DialogHeader,
  DialogTitle,
} from "@/components/ui/dialog";
import { Tabs, TabsContent, TabsList, TabsTrigger } from "@/components/ui/tabs";
import { CallToolDocument, type CallToolMutation } from "@/gql/later/graphql";
import { messageOf } from "@/lib/errors";
import { textOf } from "@/lib/forms";
import { type Arguments, argumentsOf, type Field, fieldsOfSchema } from "@/lib/schema-fields";
import { t } from "@/messages/tools";

import type { ToolFacts } from "./approvals";
import { argumentsIn } from "./arguments";
import { ToolResult } from "./tool-result";

type Way = "form" | "json" | "schema";
const JSON_FIELD = "json arguments";

function SchemaView({ schema }: { schema: unknown }) {
  return (
    <pre
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable without a pointer
      tabIndex={0}
      className="max-h-96 overflow-auto rounded-lg bg-muted p-3 font-mono text-xs leading-5"
    >
      {JSON.stringify(schema, null, 2)}
    </pre>
  );
}

function FieldsOf({ fields, problems }: { fields: Field[]; problems: Record<string, string> }) {
  if (fields.length === 0) return <p className="text-sm text-muted-foreground">{t("trial.noArguments")}</p>;
  return fields.map((field) => <SchemaField key={field.name} field={field} problem={problems[field.name]} />);
}

/** Reads the form in the way that is open: fields, or JSON. */
function readArguments(way: Way, fields: Field[] | null, form: FormData): Arguments {
  if (way === "form" && fields) return argumentsOf(fields, form);
  const found = argumentsIn(textOf(form, JSON_FIELD));
  return "problem" in found
    ? { values: {}, problems: { [JSON_FIELD]: found.problem } }
    : { values: found.values, problems: {} };
}

function TryForm({ tool }: { tool: ToolFacts }) {
  const [fields] = useState(() => fieldsOfSchema(tool.inputSchema));
  const [way, setWay] = useState<Way>(fields ? "form" : "json");
  const [problems, setProblems] = useState<Record<string, string>>({});
  const [json, setJson] = useState("{}");
  const [{ fetching, error }, call] = useMutation(CallToolDocument);
  const [result, setResult] = useState<CallToolMutation["callTool"] | null>(null);

  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const { values, problems: found } = readArguments(way, fields, new FormData(event.currentTarget));
    setProblems(found);
    if (Object.keys(found).length > 0) return;
    setResult(null);
    // What was filled in is there as JSON as well, to go on from.
    if (way === "form") setJson(JSON.stringify(values, null, 2));
    const { data } = await call({ input: { toolId: tool.id, arguments: values } });
    setResult(data?.callTool ?? null);
  };

  return (
    <form onSubmit={submit} noValidate className="flex min-w-0 flex-col gap-5">
      <Tabs value={way} onValueChange={(next) => setWay(next as Way)}>
        <TabsList aria-label={t("trial.ways")}>
          {fields ? <TabsTrigger value="form">{t("trial.form")}</TabsTrigger> : null}
          <TabsTrigger value="json">JSON</TabsTrigger>
          <TabsTrigger value="schema">{t("trial.schema")}</TabsTrigger>
        </TabsList>
        {/* What is written in one way is still there after a look at another. */}
        <TabsContent value="form" forceMount hidden={way !== "form"} className="flex flex-col gap-5">
          {fields ? <FieldsOf fields={fields} problems={problems} /> : null}
        </TabsContent>
        <TabsContent value="json" forceMount hidden={way !== "json"}>
          <TextareaField
            label={t("trial.arguments")}
            name={JSON_FIELD}
            value={json}
            onChange={(event) => setJson(event.target.value)}
            rows={6}
            spellCheck={false}
            className="max-h-80 font-mono md:text-xs"
            hint={t("trial.argumentsAbout")}
            problem={problems[JSON_FIELD]}
          />
        </TabsContent>
        <TabsContent value="schema">
          <SchemaView schema={tool.inputSchema} />
        </TabsContent>
      </Tabs>
      <FormProblem text={error ? messageOf(error) : null} />
      <ToolResult result={result} />
      <DialogFooter>
        <SubmitButton busy={fetching} disabled={fetching || way === "schema"}>
          {fetching ? t("trial.running") : t("trial.run")}
        </SubmitButton>
      </DialogFooter>
    </form>
  );
}

type Props = { tool: ToolFacts; open: boolean; onOpenChange: (open: boolean) => void };

/** One call of a tool by hand, with a form made of what it says it takes. */
export default function TryToolDialog({ tool, open, onOpenChange }: Props) {
  return (
    <Dialog open={open} onOpenChange={onOpenChange}>
      <DialogContent className="sm:max-w-xl">
        <DialogHeader>
          <DialogTitle className="font-mono text-base wrap-anywhere">{tool.name}</DialogTitle>
          <DialogDescription className="max-h-32 overflow-y-auto whitespace-pre-line">
            {tool.description || t("trial.undescribed")}
          </DialogDescription>
        </DialogHeader>
        <TryForm tool={tool} />
      </DialogContent>
    </Dialog>
  );
}

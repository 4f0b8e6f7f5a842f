"use client";

import { Check, X } from "lucide-react";
import { type FormEvent, useMemo, useState } from "react";

import { SchemaField } from "@/components/schema-field";
import { Button } from "@/components/ui/button";
import { argumentsOf, fieldsOfSchema } from "@/lib/schema-fields";
import { t } from "@/messages/approvals";

type Props = {
  form: unknown;
  /** To whom the answer goes. */
  server: string;
  busy: boolean;
  onAnswer: (values: Record<string, unknown>) => Promise<Record<string, string>>;
  onDecline: () => void;
};

/** What a tool wants to know, to fill in. */
export function QuestionForm({ form, server, busy, onAnswer, onDecline }: Props) {
  const fields = useMemo(() => fieldsOfSchema(form) ?? [], [form]);
  const [problems, setProblems] = useState<Record<string, string>>({});
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const { values, problems: found } = argumentsOf(fields, new FormData(event.currentTarget));
    setProblems(found);
    if (Object.keys(found).length === 0) setProblems(await onAnswer(values));
  };
  return (
    <form onSubmit={submit} noValidate className="mt-4 flex min-w-0 flex-col gap-4">
      {fields.map((field) => (
        <SchemaField
          key={field.name}
          field={field}
          label={field.title}
          unsaid={t("question.noAnswer")}
          problem={problems[field.name]}
        />
      ))}
      <p className="text-xs text-muted-foreground">{t("question.notice", { server })}</p>
      <div className="flex flex-wrap items-center gap-2">
        <Button type="submit" size="sm" disabled={busy}>
          <Check aria-hidden />
          {t("question.send")}
        </Button>
        <Button type="button" size="sm" variant="outline" disabled={busy} onClick={onDecline}>
          <X aria-hidden />
          {t("question.decline")}
        </Button>
      </div>
    </form>
  );
}

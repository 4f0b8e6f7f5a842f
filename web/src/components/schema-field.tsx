"use client";

import { CheckList } from "@/components/check-list";
import { ChoiceField } from "@/components/choice-field";
import { FormField } from "@/components/form-field";
import { TextareaField } from "@/components/textarea-field";

import type { Field } from "@/lib/schema-fields";

const BOOLEANS = [
  { value: "true", name: "Yes" },
  { value: "false", name: "No" },
];
/** Stands for nothing, which the list of choices cannot have as a value. */
const UNSAID = " ";

/** Kinds of inputs that help to write a text of a format. */
const INPUTS: Record<string, string> = { email: "email", uri: "url", date: "date", "date-time": "text" };
const HINTS: Record<string, string> = { "date-time": "Such as 2030-01-31T09:00:00Z." };

type Props = {
  field: Field;
  /** What it is called; its name without one. */
  label?: string;
  /** What stands for no choice. */
  unsaid?: string;
  problem: string | undefined;
};

/** A field of a form, as its schema describes it. */
export function SchemaField({ field, label = field.name, unsaid = "As usual", problem }: Props) {
  const { name, kind, required, choices, format, usual } = field;
  const description = [field.description, HINTS[format]].filter(Boolean).join(" ");
  const shared = {
    label: required ? label : `${label} (optional)`,
    name,
    hint: description || undefined,
    problem,
  };
  switch (kind) {
    case "boolean":
    case "choice": {
      const known = kind === "boolean" ? BOOLEANS : choices;
      const all = required ? known : [{ value: UNSAID, name: unsaid }, ...known];
      return <ChoiceField {...shared} choices={all} defaultValue={usual || all[0]?.value} />;
    }
    case "choices":
      return (
        <CheckList
          legend={shared.label}
          name={name}
          items={choices.map(({ value, name: title }) => ({ value, title }))}
          chosen={field.chosen}
          problem={problem}
        />
      );
    case "number":
    case "integer":
      return (
        <FormField
          {...shared}
          inputMode={kind === "integer" ? "numeric" : "decimal"}
          defaultValue={usual}
          autoComplete="off"
        />
      );
    case "json":
      return (
        <TextareaField
          {...shared}
          hint={description ? `${description} As JSON.` : "As JSON."}
          defaultValue={usual}
          spellCheck={false}
          className="font-mono md:text-xs"
        />
      );
    default:
      return INPUTS[format] ? (
        <FormField {...shared} type={INPUTS[format]} defaultValue={usual} autoComplete="off" />
      ) : (
        <TextareaField
          {...shared}
          rows={1}
          defaultValue={usual}
          className="max-h-60 min-h-9 py-1.5 pointer-coarse:min-h-11"
        />
      );
  }
}

"use client";

import { CheckList } from "@/components/check-list";
import { ChoiceField } from "@/components/choice-field";
import { FormField } from "@/components/form-field";
import { TextareaField } from "@/components/textarea-field";

import type { Field } from "@/lib/schema-fields";
import { t as common } from "@/messages/common";
import { t } from "@/messages/pieces";

const booleans = () => [
  { value: "true", name: common("yes") },
  { value: "false", name: common("no") },
];
/** Stands for nothing, which the list of choices cannot have as a value. */
const UNSAID = " ";

/** Kinds of inputs that help to write a text of a format. */
const INPUTS: Record<string, string> = { email: "email", uri: "url", date: "date", "date-time": "text" };
const EXAMPLES: Record<string, string> = { "date-time": "2030-01-31T09:00:00Z" };

type Props = {
  field: Field;
  /** What it is called; its name without one. */
  label?: string;
  /** What stands for no choice. */
  unsaid?: string;
  problem: string | undefined;
};

/** A field of a form, as its schema describes it. */
export function SchemaField({ field, label = field.name, unsaid = t("field.asUsual"), problem }: Props) {
  const { name, kind, required, choices, format, usual } = field;
  const example = EXAMPLES[format];
  const hint = example ? t("field.suchAs", { example }) : "";
  const description = [field.description, hint].filter(Boolean).join(" ");
  const shared = {
    label: required ? label : t("field.optional", { label }),
    name,
    hint: description || undefined,
    problem,
  };
  switch (kind) {
    case "boolean":
    case "choice": {
      const known = kind === "boolean" ? booleans() : choices;
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
          hint={[description, t("field.asJson")].filter(Boolean).join(" ")}
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

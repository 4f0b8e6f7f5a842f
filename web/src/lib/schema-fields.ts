/** Fields made of a JSON Schema, and what a form of them says when it is filled in. */

import { textOf } from "@/lib/forms";
import { t } from "@/messages/pieces";

export type Field = {
  name: string;
  /** What people call it; its name where it has no other. */
  title: string;
  kind: "text" | "number" | "integer" | "boolean" | "choice" | "choices" | "json";
  required: boolean;
  /** Whether null is a value of it. */
  nullable: boolean;
  description: string;
  choices: { value: string; name: string }[];
  /** The values that are chosen when nothing is said, of several. */
  chosen: string[];
  /** As what a text is to be read: `email`, `uri`, `date` or `date-time`. */
  format: string;
  /** What is sent when nothing is said, as the field shows it. */
  usual: string;
};

type Schema = Record<string, unknown>;

export const isObject = (value: unknown): value is Schema =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** A schema without the word that it may also be null: how Pydantic and others write what is optional. */
function bare(schema: Schema): { schema: Schema; nullable: boolean } {
  const { anyOf, type } = schema;
  if (Array.isArray(anyOf)) {
    const rest = anyOf.filter((one) => !(isObject(one) && one.type === "null"));
    const [only] = rest;
    const nullable = rest.length < anyOf.length;
    return rest.length === 1 && isObject(only)
      ? { schema: { ...schema, ...only }, nullable }
      : { schema, nullable };
  }
  if (Array.isArray(type)) {
    const rest = type.filter((one) => one !== "null");
    const nullable = rest.length < type.length;
    return { schema: { ...schema, type: rest.length === 1 ? rest[0] : rest }, nullable };
  }
  return { schema, nullable: false };
}

/** The words that a schema offers: plain ones, or ones with titles. */
function choicesIn(schema: Schema): Field["choices"] {
  const { enum: plain, oneOf, anyOf } = schema;
  if (Array.isArray(plain) && plain.every((one) => typeof one === "string"))
    return plain.map((value) => ({ value, name: value }));
  const titled = oneOf ?? anyOf;
  if (!Array.isArray(titled)) return [];
  return titled.flatMap((one: unknown) =>
    isObject(one) && typeof one.const === "string"
      ? [{ value: one.const, name: textIn(one.title) || one.const }]
      : [],
  );
}

function kindOf(schema: Schema): Field["kind"] {
  if (choicesIn(schema).length > 0) return "choice";
  if (schema.type === "array" && isObject(schema.items) && choicesIn(schema.items).length > 0)
    return "choices";
  switch (schema.type) {
    case "string":
      return "text";
    case "number":
    case "integer":
    case "boolean":
      return schema.type;
    default:
      return "json";
  }
}

const textIn = (value: unknown): string => (typeof value === "string" ? value : "");

function usualOf(value: unknown, kind: Field["kind"]): string {
  if (value === undefined || value === null) return "";
  return kind === "json" ? JSON.stringify(value) : String(value);
}

function fieldOf(name: string, property: unknown, required: boolean): Field {
  const { schema, nullable } = bare(isObject(property) ? property : {});
  const kind = kindOf(schema);
  const { title, description, format, default: usual } = schema;
  return {
    name,
    title: textIn(title) || name,
    kind,
    required,
    nullable,
    description: textIn(description),
    choices: kind === "choices" ? choicesIn(schema.items as Schema) : choicesIn(schema),
    chosen: kind === "choices" && Array.isArray(usual) ? usual.map(String) : [],
    format: textIn(format),
    usual: kind === "choices" ? "" : usualOf(usual, kind),
  };
}

/** The fields of an object's schema, those that are needed first; null for a schema that no form can show. */
export function fieldsOfSchema(schema: unknown): Field[] | null {
  if (!isObject(schema)) return null;
  const properties = schema.properties ?? {};
  if (!isObject(properties) || (schema.type !== undefined && schema.type !== "object")) return null;
  const needed = Array.isArray(schema.required) ? schema.required : [];
  const fields = Object.entries(properties).map(([name, each]) => fieldOf(name, each, needed.includes(name)));
  return fields.sort((a, b) => Number(b.required) - Number(a.required));
}

type Read = { value: unknown } | { problem: string } | null;

function numberIn(text: string, whole: boolean): Read {
  const value = Number(text);
  if (!Number.isFinite(value)) return { problem: t("field.problems.number") };
  return whole && !Number.isInteger(value) ? { problem: t("field.problems.whole") } : { value };
}

/** What one field says; null where it says nothing, so that the tool's own default counts. */
function read(field: Field, text: string): Read {
  if (text.trim() === "") return null;
  switch (field.kind) {
    case "number":
    case "integer":
      return numberIn(text.trim(), field.kind === "integer");
    case "boolean":
      return { value: text === "true" };
    case "json":
      try {
        return { value: JSON.parse(text) as unknown };
      } catch {
        return { problem: t("field.problems.json") };
      }
    default:
      return { value: text };
  }
}

/** What is chosen of several; of one that need not be answered, nothing is no answer. */
function several({ name, required }: Field, form: FormData): Read {
  const chosen = form.getAll(name).filter((one) => typeof one === "string");
  return chosen.length > 0 || required ? { value: chosen } : null;
}

export type Arguments = { values: Record<string, unknown>; problems: Record<string, string> };

/** The arguments that a form gives. What is needed and left out is a problem here already. */
export function argumentsOf(fields: readonly Field[], form: FormData): Arguments {
  const values: Record<string, unknown> = {};
  const problems: Record<string, string> = {};
  for (const field of fields) {
    const found = field.kind === "choices" ? several(field, form) : read(field, textOf(form, field.name));
    if (found === null) {
      if (field.required) problems[field.name] = t("field.problems.needed");
    } else if ("problem" in found) problems[field.name] = found.problem;
    else values[field.name] = found.value;
  }
  return { values, problems };
}

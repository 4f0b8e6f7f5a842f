import { cloneElement, isValidElement, type ReactNode } from "react";

/** What a message consists of: words, values, and what is chosen by one or stands between tags. */
type Part =
  | string
  | { value: string }
  | { number: string; grouped: boolean }
  | { chosenBy: string; plural: boolean; options: Record<string, Part[]> }
  | { tag: string; inside: Part[] }
  | { counted: true };

type Values = Readonly<Record<string, unknown>>;

/** `#` in a plural: the number by which it was chosen. */
const COUNT = { counted: true } as const;

const VALUE = /\{\s*(\w+)\s*(?:\}|,\s*(number|plural|select)\s*(,?)\s*)/y;
const NUMBER_END = /(::group-off)?\s*\}/y;
const OPTION = /\s*(=\d+|\w+)\s*\{/y;
const END = /\s*\}/y;
const OPENING = /<(\w+)>/y;
const CLOSING = /<\/\w+>/y;
const WORDS = /[^{}<#]+|<(?![\w/])|#/y;

/** The parts of a message: of ICU's format what our texts use, and no quotes. */
function partsOf(message: string): Part[] {
  let at = 0;
  const next = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    const found = pattern.exec(message);
    if (found) at = pattern.lastIndex;
    return found;
  };
  const must = (pattern: RegExp) => {
    const found = next(pattern);
    if (!found) throw new SyntaxError(`“${message}” cannot be read at ${at}`);
    return found;
  };
  const options = (plural: boolean) => {
    const found: Record<string, Part[]> = {};
    for (let option = next(OPTION); option; option = next(OPTION)) {
      found[option[1] ?? ""] = parts(plural);
      must(END);
    }
    must(END);
    return found;
  };
  const value = ([, name = "", format]: RegExpExecArray): Part => {
    if (!format) return { value: name };
    if (format === "number") return { number: name, grouped: !must(NUMBER_END)[1] };
    const plural = format === "plural";
    return { chosenBy: name, plural, options: options(plural) };
  };
  const parts = (counted: boolean): Part[] => {
    const found: Part[] = [];
    for (;;) {
      const words = next(WORDS);
      const opening = words ? null : next(OPENING);
      const given = words || opening ? null : next(VALUE);
      if (words) found.push(words[0] === "#" && counted ? COUNT : words[0]);
      else if (opening) {
        found.push({ tag: opening[1] ?? "", inside: parts(counted) });
        must(CLOSING);
      } else if (given) found.push(value(given));
      else return found;
    }
  };
  const whole = parts(false);
  if (at < message.length) throw new SyntaxError(`“${message}” cannot be read at ${at}`);
  return whole;
}

/** Each needs a while to be made, so it is made where it is used first. */
function onDemand<Made>(make: (locale: string) => Made): (locale: string) => Made {
  const made = new Map<string, Made>();
  return (locale) => {
    const known = made.get(locale) ?? make(locale);
    made.set(locale, known);
    return known;
  };
}

const plurals = onDemand((locale) => new Intl.PluralRules(locale));
const grouped = onDemand((locale) => new Intl.NumberFormat(locale));
const ungrouped = onDemand((locale) => new Intl.NumberFormat(locale, { useGrouping: false }));

/** Neighbouring words as one, and elements with keys. */
function together(pieces: readonly ReactNode[]): ReactNode[] {
  const found: ReactNode[] = [];
  for (const piece of pieces) {
    const last = found.at(-1);
    if (typeof piece === "string" && typeof last === "string") found[found.length - 1] = last + piece;
    else found.push(isValidElement(piece) ? cloneElement(piece, { key: found.length }) : piece);
  }
  return found;
}

/** What a message says with these values; `count` is what the innermost plural counts. */
function said(parts: readonly Part[], locale: string, values: Values, count = 0): ReactNode[] {
  const pieces = parts.flatMap((part): ReactNode[] => {
    if (typeof part === "string") return [part];
    if ("counted" in part) return [grouped(locale).format(count)];
    if ("value" in part) {
      const value = values[part.value];
      return [typeof value === "number" ? String(value) : (value as ReactNode)];
    }
    if ("number" in part) {
      const numbers = part.grouped ? grouped(locale) : ungrouped(locale);
      return [numbers.format(Number(values[part.number]))];
    }
    if ("tag" in part) {
      const made = values[part.tag] as (inside: ReactNode) => ReactNode;
      return [made(together(said(part.inside, locale, values, count)))];
    }
    const { chosenBy, plural, options } = part;
    const by = values[chosenBy];
    const choice = plural
      ? (options[`=${by}`] ?? options[plurals(locale).select(Number(by))])
      : options[String(by)];
    return said(choice ?? options.other ?? [], locale, values, plural ? Number(by) : count);
  });
  return together(pieces);
}

type Translate = {
  (key: string, values?: Values): string;
  rich(key: string, values?: Values): ReactNode;
  has(key: string): boolean;
};

/** Says messages by their keys, `"above.below"` for what stands in another object. An unknown key says itself. */
export function translatorOf(locale: string, messages: object): Translate {
  const known = new Map<string, Part[]>();
  const find = (key: string): unknown =>
    key
      .split(".")
      .reduce((above: unknown, name) => (above as Record<string, unknown> | undefined)?.[name], messages);
  const pieces = (key: string, values: Values = {}) => {
    const message = find(key);
    const parts = known.get(key) ?? (typeof message === "string" ? partsOf(message) : [key]);
    known.set(key, parts);
    return said(parts, locale, values);
  };
  const t = (key: string, values?: Values) => pieces(key, values).join("");
  const rich = (key: string, values?: Values) => {
    const found = pieces(key, values);
    return found.length === 1 ? found[0] : found;
  };
  return Object.assign(t, { rich, has: (key: string) => typeof find(key) === "string" });
}

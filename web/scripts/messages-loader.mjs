// A loader for webpack: texts in ICU's format, src/messages/{en,de}/*.ts, as what use-intl/format-message/format-only
// says them from. Then no page has to bring what reads that format, nor read it.
import compile from "icu-minify/compile";

const compiled = (texts) =>
  typeof texts === "string"
    ? compile(texts)
    : Object.fromEntries(Object.entries(texts).map(([key, text]) => [key, compiled(text)]));

/** Such a file imports nothing that is there at run time, and exports one object of texts. */
export default async function messages(source) {
  const parts = Object.entries(await import(`data:text/javascript,${encodeURIComponent(source)}`));
  return parts
    .map(([name, texts]) => `export const ${name} = ${JSON.stringify(compiled(texts))};`)
    .join("\n");
}

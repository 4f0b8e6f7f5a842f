/** The columns of a table of figures, on the screen and in a file. */

export type Cell = string | number | null;

export type Column<Row> = {
  title: string;
  of: (row: Row) => Cell;
  /** How a number is shown; files have it as it is. */
  show?: (value: number) => string;
};

export function shown<Row>({ of, show }: Column<Row>, row: Row): string {
  const value = of(row);
  if (value === null) return "–";
  return typeof value === "number" && show ? show(value) : String(value);
}

/** A cell of a file. What a spreadsheet would take for a formula is marked as text. */
function cell(value: Cell): string {
  if (typeof value !== "string") return value === null ? "" : String(value);
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Rows as comma-separated values, as RFC 4180 has them. */
export function csvOf<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): string {
  const lines = [
    columns.map(({ title }) => cell(title)),
    ...rows.map((row) => columns.map(({ of }) => cell(of(row)))),
  ];
  return lines.map((line) => `${line.join(",")}\r\n`).join("");
}

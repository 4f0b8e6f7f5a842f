import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "@/components/ui/table";
import { cn } from "@/lib/cn";

import { type Column, shown } from "./columns";

type Props<Row> = {
  label: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  keyOf: (row: Row) => string;
  /** Opens what a row is made of; without it they are only text. */
  openOf?: (row: Row) => () => void;
  className?: string;
};

function Named({ text, onOpen }: { text: string; onOpen: (() => void) | undefined }) {
  if (!onOpen) return text;
  return (
    <button
      type="button"
      aria-haspopup="dialog"
      onClick={onOpen}
      className="rounded-sm text-left underline decoration-dotted underline-offset-4 hover:text-primary hover:decoration-solid pointer-coarse:min-h-11"
    >
      {text}
    </button>
  );
}

/** Figures as a table: the first column names the row, the others are numbers. */
export function FiguresTable<Row>({ label, columns, rows, keyOf, openOf, className }: Props<Row>) {
  return (
    <Table label={label} className={className}>
      <TableHeader>
        <TableRow>
          {columns.map(({ title }, at) => (
            <TableHead key={title} className={cn(at > 0 && "text-right")}>
              {title}
            </TableHead>
          ))}
        </TableRow>
      </TableHeader>
      <TableBody>
        {rows.map((row) => (
          <TableRow key={keyOf(row)}>
            {columns.map((column, at) => (
              <TableCell
                key={column.title}
                className={cn(
                  at > 0 ? "text-right tabular-nums" : "max-w-64 wrap-anywhere",
                  "whitespace-nowrap",
                )}
              >
                {at > 0 ? shown(column, row) : <Named text={shown(column, row)} onOpen={openOf?.(row)} />}
              </TableCell>
            ))}
          </TableRow>
        ))}
      </TableBody>
    </Table>
  );
}

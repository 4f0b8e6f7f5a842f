"use client";

import { ChartColumn, Download, Table2 } from "lucide-react";
import { type ReactNode, useId, useState } from "react";

import { Button } from "@/components/ui/button";
import { Card, CardContent, CardDescription, CardTitle } from "@/components/ui/card";
import { downloadText } from "@/lib/download";
import { t } from "@/messages/pieces";

import { type Column, csvOf } from "./columns";
import { FiguresTable } from "./figures-table";

type Props<Row> = {
  title: string;
  text: string;
  /** Of the file that has the same figures. */
  fileName: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  keyOf: (row: Row) => string;
  openOf?: (row: Row) => () => void;
  /** Said where there are no figures. */
  none: string;
  /** The picture of the figures; without one there is only the table. */
  children?: ReactNode;
  className?: string;
};

const icon = "size-8 text-muted-foreground pointer-coarse:size-11";

/** Figures with their picture, the same figures as a table, and as a file. */
export function FiguresCard<Row>({
  title,
  text,
  fileName,
  none,
  children,
  className,
  ...figures
}: Props<Row>) {
  const [table, setTable] = useState(!children);
  const id = useId();
  const { columns, rows } = figures;
  const empty = rows.length === 0;
  const Icon = table ? ChartColumn : Table2;
  return (
    <Card role="region" aria-labelledby={id} className={className}>
      <div className="flex items-start justify-between gap-3 px-5 pt-4 sm:px-6">
        <div className="min-w-0">
          <CardTitle id={id}>{title}</CardTitle>
          <CardDescription>{text}</CardDescription>
        </div>
        {empty ? null : (
          <div className="-mr-2 flex shrink-0">
            {children ? (
              <Button
                variant="ghost"
                size="icon"
                className={icon}
                aria-label={table ? t("figures.asChart", { title }) : t("figures.asTable", { title })}
                title={table ? t("figures.chart") : t("figures.table")}
                onClick={() => setTable(!table)}
              >
                <Icon aria-hidden />
              </Button>
            ) : null}
            <Button
              variant="ghost"
              size="icon"
              className={icon}
              aria-label={t("figures.asCsv", { title })}
              title={t("figures.csv")}
              onClick={() => downloadText(`${fileName}.csv`, "text/csv", csvOf(columns, rows))}
            >
              <Download aria-hidden />
            </Button>
          </div>
        )}
      </div>
      <CardContent className="pt-3 sm:pt-3">
        {empty ? (
          <p className="flex min-h-32 items-center justify-center text-center text-sm text-muted-foreground">
            {none}
          </p>
        ) : table ? (
          <div className={children ? "max-h-72 overflow-y-auto" : undefined}>
            <FiguresTable label={t("figures.tableOf", { title })} {...figures} />
          </div>
        ) : (
          children
        )}
      </CardContent>
    </Card>
  );
}

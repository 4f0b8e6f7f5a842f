import type { MarkedToken, Token, Tokens } from "marked";
import { memo } from "react";

import { cn } from "@/lib/cn";
import { t } from "@/messages/markdown";

import { CodeBlock } from "./code-block";
import { Diagram } from "./diagram";
import { Formula } from "./formula";
import { Inline } from "./inline";
import type { MathToken } from "./math";

const HEADINGS = [
  "text-2xl",
  "text-xl",
  "text-lg",
  "text-base",
  "text-base",
  "text-sm text-muted-foreground",
];
const ALIGN = { left: "text-left", center: "text-center", right: "text-right" };

function Heading({ token }: { token: Tokens.Heading }) {
  // The page has one heading of its own, the title; an answer starts below it.
  const Tag = `h${Math.min(token.depth + 1, 6)}` as "h2" | "h3" | "h4" | "h5" | "h6";
  return (
    <Tag
      className={cn(
        "mt-2 font-semibold tracking-tight first:mt-0 [.markdown>:not(:first-child)>&]:mt-2",
        HEADINGS[token.depth - 1],
      )}
    >
      <Inline tokens={token.tokens} />
    </Tag>
  );
}

const Item = memo(
  function Item({ item, growing }: { item: Tokens.ListItem; growing: boolean }) {
    const blocks = item.tokens.filter((token) => token.type !== "space" && token.type !== "checkbox");
    return (
      <li
        className={cn(
          "pl-1 marker:text-muted-foreground",
          item.task && "-ml-6 flex list-none items-start gap-2 pl-0",
        )}
      >
        {item.task ? (
          <input
            type="checkbox"
            checked={item.checked ?? false}
            readOnly
            disabled
            aria-label={item.checked ? t("done") : t("notDone")}
            className="mt-1.5 size-4 shrink-0 accent-primary"
          />
        ) : null}
        <div className={cn("flex min-w-0 flex-col", item.loose ? "gap-3" : "gap-1.5")}>
          <Blocks tokens={blocks} growing={growing} />
        </div>
      </li>
    );
  },
  (before, after) =>
    before.growing === after.growing &&
    before.item.raw === after.item.raw &&
    before.item.loose === after.item.loose &&
    !before.item.raw.includes("["),
);

function List({ token, growing }: { token: Tokens.List; growing: boolean }) {
  const Tag = token.ordered ? "ol" : "ul";
  const last = token.items.length - 1;
  return (
    <Tag
      start={token.ordered && token.start !== "" && token.start !== 1 ? token.start : undefined}
      className={cn(
        "flex flex-col pl-6",
        token.ordered ? "list-decimal" : "list-disc",
        token.loose ? "gap-3" : "gap-1.5",
      )}
    >
      {token.items.map((item, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: items only ever grow at the end
        <Item key={index} item={item} growing={growing && index === last} />
      ))}
    </Tag>
  );
}

function Cell({ cell, head }: { cell: Tokens.TableCell; head?: boolean }) {
  const Tag = head ? "th" : "td";
  return (
    <Tag
      scope={head ? "col" : undefined}
      className={cn(
        "px-3 py-2 align-top",
        head && "font-medium whitespace-nowrap",
        ALIGN[cell.align ?? "left"],
      )}
    >
      <Inline tokens={cell.tokens} />
    </Tag>
  );
}

/** What a link means can change with what follows; all else of a row stays as it is. */
const Row = memo(
  function Row({ cells }: { cells: Tokens.TableCell[] }) {
    return (
      <tr className="border-t">
        {cells.map((cell, column) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: columns have no other identity
          <Cell key={column} cell={cell} />
        ))}
      </tr>
    );
  },
  (before, after) =>
    before.cells.length === after.cells.length &&
    before.cells.every(({ text, align }, column) => {
      const cell = after.cells[column];
      return text === cell?.text && align === cell.align && !text.includes("[");
    }),
);

function Table({ token }: { token: Tokens.Table }) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a named region, not a section of the page's outline
    <div
      role="region"
      aria-label={t("table")}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
      tabIndex={0}
      className="max-w-full overflow-x-auto rounded-lg border focus-visible:outline-2"
    >
      <table className="w-full border-collapse text-sm leading-6">
        <thead className="bg-muted/60">
          <tr>
            {token.header.map((cell, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: columns have no other identity
              <Cell key={index} cell={cell} head />
            ))}
          </tr>
        </thead>
        <tbody>
          {token.rows.map((row, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: rows only ever grow at the end
            <Row key={index} cells={row} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

const FENCE_END = /(?:^|\n) {0,3}(?:`{3,}|~{3,})[ \t]*\n*$/;

/** One block token of any depth. `growing` says that more text may still be added to its end. */
export function BlockToken({ token: any, growing }: { token: Token; growing: boolean }) {
  const token = any as MarkedToken | MathToken;
  switch (token.type) {
    case "paragraph":
      return (
        <p className="whitespace-pre-line">
          <Inline tokens={token.tokens} />
        </p>
      );
    case "text":
      return (
        <p className="whitespace-pre-line">
          <Inline tokens={token.tokens ?? [token]} />
        </p>
      );
    case "heading":
      return <Heading token={token} />;
    case "list":
      return <List token={token} growing={growing} />;
    case "code": {
      const closed =
        !growing ||
        (token.codeBlockStyle !== "indented" && FENCE_END.test(token.raw.slice(token.raw.indexOf("\n"))));
      if (closed && token.lang?.trim().toLowerCase() === "mermaid") return <Diagram code={token.text} />;
      return <CodeBlock key={token.lang} code={token.text} info={token.lang} closed={closed} />;
    }
    case "blockquote":
      return (
        <blockquote className="flex flex-col gap-3 border-l-2 pl-4 text-muted-foreground">
          <Blocks tokens={token.tokens} growing={growing} />
        </blockquote>
      );
    case "table":
      return <Table token={token} />;
    case "math":
      return <Formula tex={token.tex} display={token.display} />;
    case "hr":
      return <hr className="my-2" />;
    case "html":
      return <p className="whitespace-pre-wrap">{token.raw.trimEnd()}</p>;
    case "space":
    case "def":
      return null;
    default:
      return <Inline tokens={[token]} />;
  }
}

function Blocks({ tokens, growing }: { tokens: Token[]; growing: boolean }) {
  const last = tokens.length - 1;
  return tokens.map((token, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: blocks only ever grow at the end
    <BlockToken key={index} token={token} growing={growing && index === last} />
  ));
}

"use client";

import type { Token } from "marked";
import { memo, useState } from "react";

import { cn } from "@/lib/cn";

import { BlockToken } from "./blocks";
import { mendTail } from "./mend";
import { type Block, MarkdownParser } from "./parser";

const MENDED = new Set(["paragraph", "heading", "list", "blockquote"]);

/** While the text grows, its last block is shown as if its open marks were closed. */
function mendLast(blocks: Block[], parser: MarkdownParser): Block[] {
  const last = blocks.at(-1);
  if (!last || !MENDED.has(last.token.type) || last.raw.includes("```")) return blocks;
  const mended = mendTail(last.raw);
  if (mended === last.raw) return blocks;
  const tokens = parser.relex(mended);
  const shown = tokens.map((token: Token) => ({ raw: token.raw, token, version: last.version }));
  return [...blocks.slice(0, -1), ...shown];
}

const BlockView = memo(
  function BlockView({ block, growing }: { block: Block; growing: boolean }) {
    return <BlockToken token={block.token} growing={growing} />;
  },
  (before, after) =>
    before.growing === after.growing &&
    before.block.raw === after.block.raw &&
    before.block.version === after.block.version &&
    before.block.token.type === after.block.token.type,
);

type Props = { text: string; streaming?: boolean; className?: string };

/** Markdown from a model, as React elements: never HTML, never a request to another host. */
export function Markdown({ text, streaming = false, className }: Props) {
  const [parser] = useState(() => new MarkdownParser());
  const blocks = parser.parse(text);
  const shown = streaming ? mendLast(blocks, parser) : blocks;
  const last = shown.length - 1;
  return (
    <div className={cn("markdown flex min-w-0 flex-col gap-4 text-base leading-7 break-words", className)}>
      {shown.map((block, index) =>
        block.token.type === "space" || block.token.type === "def" ? null : (
          // biome-ignore lint/suspicious/noArrayIndexKey: blocks only ever grow at the end, the place is the identity
          <BlockView key={index} block={block} growing={streaming && index === last} />
        ),
      )}
    </div>
  );
}

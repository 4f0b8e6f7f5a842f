"use client";

import type { Token } from "marked";
import { useState } from "react";

import { cn } from "@/lib/cn";

import { BlockGroup } from "./block-group";
import { mendTail } from "./mend";
import { type Block, isText, MarkdownParser } from "./parser";

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

/** How many blocks stand together. */
const GROUP = 16;

function groupsOf(blocks: Block[]): Block[][] {
  const count = Math.ceil(blocks.length / GROUP);
  return Array.from({ length: count }, (_, index) => blocks.slice(index * GROUP, (index + 1) * GROUP));
}

type Props = { text: string; streaming?: boolean; className?: string };

/** Markdown from a model, as React elements: never HTML, never a request to another host. */
export function Markdown({ text, streaming = false, className }: Props) {
  const [parser] = useState(() => new MarkdownParser());
  const blocks = parser.parse(text);
  const shown = streaming ? mendLast(blocks, parser) : blocks;
  const groups = groupsOf(shown.filter(({ token }) => isText(token)));
  return (
    <div className={cn("markdown flex min-w-0 flex-col gap-4 text-base leading-7 break-words", className)}>
      {groups.map((group, index) => {
        const last = index === groups.length - 1;
        // biome-ignore lint/suspicious/noArrayIndexKey: groups only ever grow at the end, the place is the identity
        return <BlockGroup key={index} blocks={group} growing={streaming && last} last={last} />;
      })}
    </div>
  );
}

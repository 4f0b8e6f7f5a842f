"use client";

import { memo, useRef } from "react";

import { cn } from "@/lib/cn";

import { BlockToken } from "./blocks";
import type { Block } from "./parser";
import { useRest } from "./use-rest";

const isSame = (one: Block, other: Block) =>
  one === other ||
  (one.raw === other.raw && one.version === other.version && one.token.type === other.token.type);

type BlockProps = { block: Block; growing: boolean };

const BlockView = memo(
  function BlockView({ block, growing }: BlockProps) {
    return <BlockToken token={block.token} growing={growing} />;
  },
  (before, after) => before.growing === after.growing && isSame(before.block, after.block),
);

type Props = { blocks: Block[]; growing: boolean; last: boolean };

/** Blocks that stand together, and all but the `last` ones rest together. */
export const BlockGroup = memo(
  function BlockGroup({ blocks, growing, last }: Props) {
    const group = useRef<HTMLDivElement>(null);
    const rest = useRest(group, !last, true);
    return (
      // What can rest is cut off at its edge: outlines of what has the focus need room.
      <div ref={group} className={cn("-m-1 flex min-w-0 flex-col gap-[inherit] p-1", rest)}>
        {blocks.map((block, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: blocks only ever grow at the end, the place is the identity
          <BlockView key={index} block={block} growing={growing && index === blocks.length - 1} />
        ))}
      </div>
    );
  },
  (before, after) =>
    before.growing === after.growing &&
    before.last === after.last &&
    before.blocks.length === after.blocks.length &&
    before.blocks.every((block, index) => isSame(block, after.blocks[index] as Block)),
);

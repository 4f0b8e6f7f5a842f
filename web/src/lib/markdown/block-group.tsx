"use client";

import { memo, useEffect, useRef, useState } from "react";

import { cn } from "@/lib/cn";

import { BlockToken } from "./blocks";
import type { Block } from "./parser";

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

/**
 * Blocks that stand together. All but the `last` ones rest while they are far from the screen: they are laid out and
 * drawn only near it, or the whole of a long text would be for each word that it gets. Before they rest they have been
 * laid out once, at the width that they have; the browser keeps their height, so that nothing moves.
 */
export const BlockGroup = memo(
  function BlockGroup({ blocks, growing, last }: Props) {
    const group = useRef<HTMLDivElement>(null);
    const [knownWidth, know] = useState<number | null>(null);
    useEffect(() => {
      if (last || !group.current) return;
      const observer = new ResizeObserver(([entry]) => {
        const width = entry?.contentRect.width ?? null;
        know(knownWidth === null || knownWidth === width ? width : null);
      });
      observer.observe(group.current);
      return () => observer.disconnect();
    }, [last, knownWidth]);
    return (
      <div
        ref={group}
        className={cn(
          // What rests is cut off at its edge: outlines of what has the focus need room.
          "-m-1 flex min-w-0 flex-col gap-[inherit] p-1 [contain-intrinsic-block-size:auto_1px]",
          !last && knownWidth !== null && "[content-visibility:auto]",
        )}
      >
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

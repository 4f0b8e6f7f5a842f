"use client";

import { useTheme } from "next-themes";
import { useEffect, useState } from "react";

import { t } from "@/messages/markdown";

import { CodeBlock } from "./code-block";
import { isDrawable } from "./drawable";

type Drawn = { address: string; of: string } | { problem: string; of: string };

/** The diagram as the address of an image. In an image nothing runs, and nothing is loaded. */
function useDrawing(code: string, dark: boolean): Drawn | null {
  const [drawn, setDrawn] = useState<Drawn | null>(null);
  useEffect(() => {
    if (!isDrawable(code)) return;
    let gone = false;
    let address: string | undefined;
    const draw = async () => {
      const { drawingOf } = await import("./draw");
      const drawing = await drawingOf(code, dark);
      if (gone) return;
      if (drawing.svg === null) return setDrawn({ problem: drawing.problem, of: code });
      address = URL.createObjectURL(new Blob([drawing.svg], { type: "image/svg+xml" }));
      setDrawn({ address, of: code });
    };
    void draw();
    return () => {
      gone = true;
      if (address) URL.revokeObjectURL(address);
    };
  }, [code, dark]);
  return drawn?.of === code ? drawn : null;
}

/** A diagram in Mermaid's language, above its code. */
export function Diagram({ code }: { code: string }) {
  const { resolvedTheme } = useTheme();
  const drawn = useDrawing(code, resolvedTheme !== "light");
  const block = <CodeBlock code={code} info="mermaid" closed />;
  if (!isDrawable(code)) return block;
  if (!drawn || "problem" in drawn)
    return (
      <div className="flex flex-col gap-2">
        {block}
        <p className="text-xs text-muted-foreground">
          {drawn ? t("diagram.problem", { problem: drawn.problem }) : t("diagram.drawing")}
        </p>
      </div>
    );
  return (
    <figure aria-label={t("diagram.label")} className="flex flex-col gap-2 rounded-xl border bg-card p-3">
      {/* biome-ignore lint/performance/noImgElement: it is made here, in the browser */}
      <img src={drawn.address} alt={t("diagram.alt")} className="mx-auto max-h-[32rem] max-w-full" />
      <details className="text-sm">
        <summary className="w-fit rounded-sm text-xs text-muted-foreground">{t("diagram.code")}</summary>
        <div className="mt-2">{block}</div>
      </details>
    </figure>
  );
}

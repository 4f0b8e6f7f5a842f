import type { Series } from "./series";

/** Which colour is what. */
export function Legend({ series }: { series: readonly Pick<Series, "key" | "name" | "color">[] }) {
  return (
    <ul className="mt-2 flex flex-wrap gap-x-4 gap-y-1 text-xs text-muted-foreground">
      {series.map(({ key, name, color }) => (
        <li key={key} className="flex min-w-0 items-center gap-1.5">
          <span aria-hidden className="size-2 shrink-0 rounded-[2px]" style={{ background: color }} />
          <span className="truncate">{name}</span>
        </li>
      ))}
    </ul>
  );
}

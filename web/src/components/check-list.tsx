import { useId } from "react";

export type CheckItem = { value: string; title: string; text?: string };

type Props = {
  legend: string;
  name: string;
  items: readonly CheckItem[];
  chosen: readonly string[];
  problem?: string;
  /** Said where there is nothing to choose. */
  none?: string;
};

/** Things of which any number is chosen; a form sends the chosen ones as `name`. */
export function CheckList({ legend, name, items, chosen, problem, none }: Props) {
  const id = useId();
  return (
    <fieldset aria-describedby={problem ? `${id}-problem` : undefined} className="min-w-0">
      <legend className="mb-2 text-sm font-medium">{legend}</legend>
      {items.length > 0 ? (
        <div className="grid gap-x-5 gap-y-1 sm:grid-cols-2">
          {items.map(({ value, title, text }, at) => (
            <label
              key={value}
              className="flex min-w-0 cursor-pointer items-start gap-2.5 rounded-md px-2 py-1.5 text-sm hover:bg-accent/60 has-disabled:cursor-default pointer-coarse:min-h-11"
            >
              <input
                type="checkbox"
                name={name}
                value={value}
                defaultChecked={chosen.includes(value)}
                aria-labelledby={`${id}-${at}-title`}
                aria-describedby={text ? `${id}-${at}-text` : undefined}
                className="mt-0.5 size-4 shrink-0 accent-primary"
              />
              <span className="min-w-0">
                <span id={`${id}-${at}-title`} className="block wrap-anywhere">
                  {title}
                </span>
                {text ? (
                  <span id={`${id}-${at}-text`} className="line-clamp-2 text-xs text-muted-foreground">
                    {text}
                  </span>
                ) : null}
              </span>
            </label>
          ))}
        </div>
      ) : (
        <p className="text-sm text-muted-foreground">{none}</p>
      )}
      {problem ? (
        <p id={`${id}-problem`} className="mt-1 text-sm text-destructive">
          {problem}
        </p>
      ) : null}
    </fieldset>
  );
}

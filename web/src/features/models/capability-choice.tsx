import { t } from "@/messages/providers";

import { CAPABILITIES } from "./edits";

type Props = { chosen: readonly string[]; problem: string | undefined };

export function CapabilityChoice({ chosen, problem }: Props) {
  return (
    <fieldset className="flex flex-col gap-2">
      <legend className="mb-2 text-sm font-medium">{t("model.capabilities")}</legend>
      <div className="flex flex-wrap gap-x-5 gap-y-1">
        {CAPABILITIES.map((name) => (
          <label key={name} className="flex items-center gap-2 text-sm pointer-coarse:min-h-11">
            <input
              type="checkbox"
              name="capabilities"
              value={name}
              defaultChecked={chosen.includes(name)}
              className="size-4 accent-primary"
            />
            {name}
          </label>
        ))}
      </div>
      {problem ? <p className="text-sm text-destructive">{problem}</p> : null}
    </fieldset>
  );
}

"use client";

import { Eye, EyeOff } from "lucide-react";
import { type ComponentProps, useState } from "react";

import { t } from "@/messages/common";

import { FormField } from "./form-field";

type Props = Omit<ComponentProps<typeof FormField>, "type">;

/** A password that can be looked at while it is typed. */
export function PasswordField(props: Props) {
  const [shown, setShown] = useState(false);
  const Icon = shown ? EyeOff : Eye;
  return (
    <FormField {...props} type={shown ? "text" : "password"} required>
      <button
        type="button"
        aria-label={shown ? t("password.hide") : t("password.show")}
        aria-pressed={shown}
        onClick={() => setShown(!shown)}
        className="absolute inset-y-0 right-0 inline-flex w-9 items-center justify-center rounded-lg text-muted-foreground hover:text-foreground pointer-coarse:w-11"
      >
        <Icon aria-hidden className="size-4" />
      </button>
    </FormField>
  );
}

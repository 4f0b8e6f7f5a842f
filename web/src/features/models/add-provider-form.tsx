"use client";

import { type FormEvent, useId, useState } from "react";
import { useMutation } from "urql";

import { FormField } from "@/components/form-field";
import { FormProblem } from "@/components/form-problem";
import { SubmitButton } from "@/components/submit-button";
import { Button } from "@/components/ui/button";
import { DialogDescription, DialogFooter, DialogHeader, DialogTitle } from "@/components/ui/dialog";
import { Label } from "@/components/ui/label";
import { Select, SelectContent, SelectItem, SelectTrigger, SelectValue } from "@/components/ui/select";
import { Textarea } from "@/components/ui/textarea";
import {
  AddProviderDocument,
  type AddProviderMutation,
  type ProviderPresetsQuery,
} from "@/gql/later/graphql";
import { fieldsOf, messageOf } from "@/lib/errors";
import { textOf } from "@/lib/forms";
import { t } from "@/messages/providers";

import { namesOf } from "./pool";

const PLAIN = "openai";

function ModelNames({ problem }: { problem: string | undefined }) {
  const id = useId();
  return (
    <details className="text-sm">
      <summary className="w-fit cursor-pointer rounded-sm text-muted-foreground hover:text-foreground pointer-coarse:py-2">
        {t("add.unlisted")}
      </summary>
      <div className="mt-3 flex flex-col gap-2">
        <Label htmlFor={id}>{t("add.modelNames")}</Label>
        <Textarea
          id={id}
          name="models"
          rows={3}
          spellCheck={false}
          aria-describedby={`${id}-note`}
          aria-invalid={problem ? true : undefined}
        />
        <p id={`${id}-note`} className={problem ? "text-destructive" : "text-muted-foreground"}>
          {problem ?? t("add.modelNamesHint")}
        </p>
      </div>
    </details>
  );
}

type Props = {
  presets: ProviderPresetsQuery["providerPresets"];
  onAdded: (added: AddProviderMutation["addProvider"]) => void;
  onCancel: () => void;
};

export function AddProviderForm({ presets, onAdded, onCancel }: Props) {
  const [kind, setKind] = useState(PLAIN);
  const [{ fetching, error }, add] = useMutation(AddProviderDocument);
  const fields = fieldsOf(error);
  const kindId = useId();
  const preset = presets.find((each) => each.kind === kind);

  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const models = namesOf(textOf(form, "models"));
    const input = {
      kind,
      baseUrl: textOf(form, "baseUrl").trim() || null,
      apiKey: textOf(form, "apiKey").trim() || null,
      name: textOf(form, "name").trim() || null,
      models: models.length > 0 ? models : null,
    };
    const { data } = await add({ input });
    if (data) onAdded(data.addProvider);
  };

  return (
    <form onSubmit={submit} className="flex flex-col gap-5">
      <DialogHeader>
        <DialogTitle>{t("add.title")}</DialogTitle>
        <DialogDescription>{t("add.about")}</DialogDescription>
      </DialogHeader>
      <FormProblem text={error ? messageOf(error) : null} />
      <div className="flex flex-col gap-2">
        <Label id={kindId}>{t("add.kind")}</Label>
        <Select value={kind} onValueChange={setKind}>
          <SelectTrigger aria-labelledby={kindId}>
            <SelectValue placeholder="OpenAI" />
          </SelectTrigger>
          <SelectContent>
            {presets.map((each) => (
              <SelectItem key={each.kind} value={each.kind}>
                {each.title}
              </SelectItem>
            ))}
          </SelectContent>
        </Select>
      </div>
      {/* Another kind has another usual address: the field begins anew. */}
      <FormField
        key={kind}
        label={t("baseUrl")}
        name="baseUrl"
        type="url"
        inputMode="url"
        defaultValue={preset?.baseUrl ?? ""}
        placeholder="https://api.example.com/v1"
        autoComplete="off"
        spellCheck={false}
        required
        hint={preset?.hint || undefined}
        problem={fields.baseUrl}
      />
      <FormField
        label={t("apiKey")}
        name="apiKey"
        type="password"
        autoComplete="off"
        required={preset?.needsApiKey && kind !== PLAIN}
        hint={t(preset && !preset.needsApiKey ? "add.noKey" : "add.keyKept")}
        problem={fields.apiKey}
      />
      <FormField
        label={t("name")}
        name="name"
        placeholder={preset?.title}
        autoComplete="off"
        maxLength={100}
        problem={fields.name}
      />
      <ModelNames problem={fields.models} />
      <DialogFooter>
        <Button type="button" variant="outline" onClick={onCancel}>
          {t("cancel")}
        </Button>
        <SubmitButton busy={fetching}>{t(fetching ? "asking" : "add.verb")}</SubmitButton>
      </DialogFooter>
    </form>
  );
}

"use client";

import { type FormEvent, useState } from "react";
import { useMutation } from "urql";

import { FormField } from "@/components/form-field";
import { FormProblem } from "@/components/form-problem";
import { SubmitButton } from "@/components/submit-button";
import { Button } from "@/components/ui/button";
import {
  Dialog,
  DialogContent,
  DialogDescription,
  DialogFooter,
  DialogHeader,
  DialogTitle,
} from "@/components/ui/dialog";
import { UpdateModelDocument } from "@/gql/later/graphql";
import { fieldsOf, messageOf } from "@/lib/errors";
import { t } from "@/messages/providers";

import { CapabilityChoice } from "./capability-choice";
import { changesOf, type Edit } from "./edits";
import type { PoolModel } from "./pool";

const PRICES = ["inputUsdPerMillion", "cachedInputUsdPerMillion", "outputUsdPerMillion"] as const;

const textFor = (value: string | number | null | undefined) => (value == null ? "" : String(value));

type FormProps = { model: PoolModel; onDone: () => void };

function EditModelForm({ model, onDone }: FormProps) {
  const [{ fetching, error }, update] = useMutation(UpdateModelDocument);
  const [own, setOwn] = useState<Edit["problems"]>({});
  const problems = { ...fieldsOf(error), ...own };

  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const { changes, problems: found } = changesOf(model, new FormData(event.currentTarget));
    setOwn(found);
    if (Object.keys(found).length > 0) return;
    if (Object.keys(changes).length === 0) return onDone();
    const { data } = await update({ input: { id: model.id, ...changes } });
    if (data) onDone();
  };

  return (
    <form onSubmit={submit} noValidate className="flex flex-col gap-5">
      <DialogHeader>
        <DialogTitle className="wrap-anywhere">{t("model.title", { name: model.displayName })}</DialogTitle>
        <DialogDescription>{t("model.about")}</DialogDescription>
      </DialogHeader>
      <FormProblem text={error ? messageOf(error) : null} />
      <FormField
        label={t("name")}
        name="displayName"
        defaultValue={model.displayName}
        placeholder={model.name}
        maxLength={100}
        autoComplete="off"
        problem={problems.displayName}
      />
      <FormField
        label={t("model.contextWindow")}
        name="contextWindow"
        inputMode="numeric"
        defaultValue={textFor(model.contextWindow)}
        autoComplete="off"
        hint={t("model.contextWindowHint")}
        problem={problems.contextWindow}
      />
      {model.local ? null : (
        <fieldset className="flex flex-col gap-2">
          <legend className="mb-2 text-sm font-medium">{t("model.prices")}</legend>
          <div className="grid gap-3 sm:grid-cols-3">
            {PRICES.map((name) => (
              <FormField
                key={name}
                label={t(`model.${name}`)}
                name={name}
                inputMode="decimal"
                defaultValue={textFor(model[name])}
                autoComplete="off"
                problem={problems[name]}
              />
            ))}
          </div>
        </fieldset>
      )}
      <CapabilityChoice chosen={model.capabilities} problem={problems.capabilities} />
      <DialogFooter>
        <Button type="button" variant="outline" onClick={onDone}>
          {t("cancel")}
        </Button>
        <SubmitButton busy={fetching}>{t("save")}</SubmitButton>
      </DialogFooter>
    </form>
  );
}

type Props = { model: PoolModel; open: boolean; onOpenChange: (open: boolean) => void };

export default function EditModelDialog({ model, open, onOpenChange }: Props) {
  return (
    <Dialog open={open} onOpenChange={onOpenChange}>
      <DialogContent className="sm:max-w-lg">
        <EditModelForm model={model} onDone={() => onOpenChange(false)} />
      </DialogContent>
    </Dialog>
  );
}

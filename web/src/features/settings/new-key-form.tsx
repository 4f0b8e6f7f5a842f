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
import { CreateApiKeyDocument } from "@/gql/graphql";
import { fieldsOf, messageOf } from "@/lib/errors";
import { textOf } from "@/lib/forms";
import { t } from "@/messages/settings";

import { ScopeChoice } from "./scope-choice";

const DAY_MS = 24 * 60 * 60 * 1000;
const NEVER = "never";
const LIVES = [
  { days: "30", name: "month" },
  { days: "90", name: "quarter" },
  { days: "365", name: "year" },
  { days: NEVER, name: "never" },
] as const;

const expiryOf = (days: string) =>
  days === NEVER ? null : new Date(Date.now() + Number(days) * DAY_MS).toISOString();

type Props = { onMade: (secret: string) => void; onCancel: () => void };

export function NewKeyForm({ onMade, onCancel }: Props) {
  const [days, setDays] = useState("90");
  const [{ fetching, error }, create] = useMutation(CreateApiKeyDocument);
  const fields = fieldsOf(error);
  const lifeId = useId();

  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const scopes = form.getAll("scopes").map(String);
    const name = textOf(form, "name").trim();
    const { data } = await create({ input: { name, scopes, expiresAt: expiryOf(days) } });
    if (data) onMade(data.createApiKey.secret);
  };

  return (
    <form onSubmit={submit} className="flex flex-col gap-5">
      <DialogHeader>
        <DialogTitle>{t("newKey.title")}</DialogTitle>
        <DialogDescription>{t("newKey.about")}</DialogDescription>
      </DialogHeader>
      <FormProblem text={error ? messageOf(error) : null} />
      <FormField
        label={t("newKey.name")}
        name="name"
        placeholder={t("newKey.example")}
        autoComplete="off"
        maxLength={100}
        required
        problem={fields.name}
      />
      {/* Of what this form can send, only an empty choice is wrong. */}
      <ScopeChoice problem={fields.scopes && t("newKey.noScope")} />
      <div className="flex flex-col gap-2">
        <Label id={lifeId}>{t("newKey.expires")}</Label>
        <Select value={days} onValueChange={setDays}>
          <SelectTrigger aria-labelledby={lifeId}>
            <SelectValue />
          </SelectTrigger>
          <SelectContent>
            {LIVES.map((life) => (
              <SelectItem key={life.days} value={life.days}>
                {t(`newKey.${life.name}`)}
              </SelectItem>
            ))}
          </SelectContent>
        </Select>
      </div>
      <DialogFooter>
        <Button type="button" variant="outline" onClick={onCancel}>
          {t("verbs.cancel")}
        </Button>
        <SubmitButton busy={fetching}>{t("newKey.create")}</SubmitButton>
      </DialogFooter>
    </form>
  );
}

"use client";

import type { FormEvent } from "react";
import { useMutation } from "urql";

import { FormProblem } from "@/components/form-problem";
import { PasswordField } from "@/components/password-field";
import { SubmitButton } from "@/components/submit-button";
import { Card, CardContent, CardDescription, CardHeader, CardTitle } from "@/components/ui/card";
import { ChangePasswordDocument } from "@/gql/graphql";
import { fieldsOf, messageOf } from "@/lib/errors";
import { textOf } from "@/lib/forms";
import { toast } from "@/lib/toast";
import { t } from "@/messages/settings";

export function PasswordCard() {
  const [{ fetching, error }, change] = useMutation(ChangePasswordDocument);
  const fields = fieldsOf(error);

  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    const words = new FormData(form);
    const input = {
      currentPassword: textOf(words, "currentPassword"),
      newPassword: textOf(words, "newPassword"),
    };
    const result = await change({ input });
    if (!result.data) return;
    form.reset();
    toast.success(t("password.changed"));
  };

  return (
    <Card>
      <CardHeader>
        <CardTitle>{t("password.title")}</CardTitle>
        <CardDescription>{t("password.about")}</CardDescription>
      </CardHeader>
      <CardContent>
        <form onSubmit={submit} className="flex flex-col gap-4">
          <FormProblem text={error ? messageOf(error) : null} />
          <div className="grid gap-4 sm:grid-cols-2">
            <PasswordField
              label={t("password.current")}
              name="currentPassword"
              autoComplete="current-password"
              problem={fields.currentPassword}
            />
            <PasswordField
              label={t("password.new")}
              name="newPassword"
              autoComplete="new-password"
              minLength={8}
              maxLength={256}
              hint={t("password.length")}
              problem={fields.newPassword}
            />
          </div>
          <SubmitButton busy={fetching} className="self-start">
            {t("password.change")}
          </SubmitButton>
        </form>
      </CardContent>
    </Card>
  );
}

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
    toast.success("Your password is changed; other browsers are signed out");
  };

  return (
    <Card>
      <CardHeader>
        <CardTitle>Password</CardTitle>
        <CardDescription>
          A new password signs out every other browser. API keys go on working.
        </CardDescription>
      </CardHeader>
      <CardContent>
        <form onSubmit={submit} className="flex flex-col gap-4">
          <FormProblem text={error ? messageOf(error) : null} />
          <div className="grid gap-4 sm:grid-cols-2">
            <PasswordField
              label="Current password"
              name="currentPassword"
              autoComplete="current-password"
              problem={fields.currentPassword}
            />
            <PasswordField
              label="New password"
              name="newPassword"
              autoComplete="new-password"
              minLength={8}
              maxLength={256}
              hint="At least 8 characters."
              problem={fields.newPassword}
            />
          </div>
          <SubmitButton busy={fetching} className="self-start">
            Change password
          </SubmitButton>
        </form>
      </CardContent>
    </Card>
  );
}

"use client";

import type { FormEvent } from "react";
import { useMutation } from "urql";

import { FormField } from "@/components/form-field";
import { FormProblem } from "@/components/form-problem";
import { PasswordField } from "@/components/password-field";
import { SubmitButton } from "@/components/submit-button";
import {
  ConfirmSecondFactorDocument,
  RemoveSecondFactorDocument,
  StartSecondFactorDocument,
} from "@/gql/graphql";
import { fieldsOf, messageOf } from "@/lib/errors";
import { textOf } from "@/lib/forms";
import { t } from "@/messages/settings";

type Started = { secret: string; uri: string };

const wordsOf = (event: FormEvent<HTMLFormElement>, name: string): string => {
  event.preventDefault();
  return textOf(new FormData(event.currentTarget), name);
};

export function StartFactorForm({ onStarted }: { onStarted: (started: Started) => void }) {
  const [{ fetching, error }, start] = useMutation(StartSecondFactorDocument);
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    const { data } = await start({ input: { password: wordsOf(event, "factorPassword") } });
    if (data) onStarted(data.startSecondFactor);
  };
  return (
    <form onSubmit={submit} className="flex flex-col gap-4">
      <FormProblem text={error ? messageOf(error) : null} />
      <PasswordField
        label={t("password.yours")}
        name="factorPassword"
        autoComplete="current-password"
        problem={fieldsOf(error).password}
      />
      <SubmitButton busy={fetching} className="self-start">
        {t("factor.start")}
      </SubmitButton>
    </form>
  );
}

type ConfirmProps = { started: Started; onConfirmed: (recoveryCodes: string[]) => void };

export function ConfirmCodeForm({ started, onConfirmed }: ConfirmProps) {
  const [{ fetching, error }, confirm] = useMutation(ConfirmSecondFactorDocument);
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    const { data } = await confirm({ input: { code: wordsOf(event, "code") } });
    if (data) onConfirmed(data.confirmSecondFactor.recoveryCodes);
  };
  return (
    <form onSubmit={submit} className="flex flex-col gap-4">
      <FormProblem text={error ? messageOf(error) : null} />
      <p className="text-sm">
        {t.rich("factor.key", {
          secret: started.secret,
          link: (chunks) => (
            <a className="font-medium text-primary underline underline-offset-4" href={started.uri}>
              {chunks}
            </a>
          ),
          code: (chunks) => <code className="font-mono text-xs break-all">{chunks}</code>,
        })}
      </p>
      <FormField
        label={t("factor.code")}
        name="code"
        autoComplete="one-time-code"
        inputMode="numeric"
        maxLength={64}
        required
        problem={fieldsOf(error).code}
      />
      <SubmitButton busy={fetching} className="self-start">
        {t("factor.confirm")}
      </SubmitButton>
    </form>
  );
}

export function RemoveFactorForm({ onRemoved }: { onRemoved: () => void }) {
  const [{ fetching, error }, remove] = useMutation(RemoveSecondFactorDocument);
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    const { data } = await remove({ input: { code: wordsOf(event, "code") } });
    if (data) onRemoved();
  };
  return (
    <form onSubmit={submit} className="flex flex-col gap-4">
      <FormProblem text={error ? messageOf(error) : null} />
      <FormField
        label={t("factor.anyCode")}
        name="code"
        autoComplete="one-time-code"
        maxLength={64}
        required
        problem={fieldsOf(error).code}
      />
      <SubmitButton busy={fetching} variant="outline" className="self-start">
        {t("verbs.remove")}
      </SubmitButton>
    </form>
  );
}

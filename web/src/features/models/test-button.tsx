"use client";

import { CircleAlert, CircleCheck } from "lucide-react";
import { useState } from "react";
import { useMutation } from "urql";

import { Button } from "@/components/ui/button";
import { Spinner } from "@/components/ui/spinner";
import { TestModelDocument } from "@/gql/later/graphql";
import { messageOf } from "@/lib/errors";
import { duration, pace } from "@/lib/quantities";
import { t } from "@/messages/models";

type Result = { ok: boolean; text: string };

/** A short question to one model, and how it went. */
export function useModelTest(id: string) {
  const [{ fetching }, ask] = useMutation(TestModelDocument);
  const [result, setResult] = useState<Result | null>(null);
  const test = async () => {
    setResult(null);
    const { data, error } = await ask({ id });
    if (!data) return setResult({ ok: false, text: error ? messageOf(error) : t("test.noAnswer") });
    const { ok, ttftMs, outputTokensPerSecond: speed, error: failure } = data.testModel;
    if (!ok) return setResult({ ok, text: failure?.message ?? t("test.silent") });
    const figures = [
      ttftMs == null ? null : t("test.firstToken", { time: duration(ttftMs) }),
      speed == null ? null : pace(speed),
    ];
    setResult({ ok, text: [t("test.answers"), ...figures.filter(Boolean)].join(" · ") });
  };
  return { result, testing: fetching, test: () => void test() };
}

type Props = { name: string; testing: boolean; disabled: boolean; onTest: () => void };

export function TestButton({ name, testing, disabled, onTest }: Props) {
  return (
    <Button
      variant="outline"
      size="sm"
      aria-label={t("test.verbOf", { name })}
      disabled={testing || disabled}
      onClick={onTest}
    >
      {testing ? <Spinner /> : null}
      {t("test.verb")}
    </Button>
  );
}

/** Empty until there is a result, so that screen readers hear it arrive. */
export function TestResult({ result }: { result: Result | null }) {
  const Icon = result?.ok ? CircleCheck : CircleAlert;
  return (
    <div role="status" className="empty:hidden">
      {result ? (
        <p
          className={
            result.ok
              ? "flex items-start gap-2 text-sm text-muted-foreground"
              : "flex items-start gap-2 text-sm text-destructive"
          }
        >
          <Icon aria-hidden className="mt-0.5 size-4 shrink-0" />
          <span className="min-w-0 break-words">{result.text}</span>
        </p>
      ) : null}
    </div>
  );
}

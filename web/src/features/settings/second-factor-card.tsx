"use client";

import { useState } from "react";

import { Card, CardContent, CardDescription, CardHeader, CardTitle } from "@/components/ui/card";
import { type FragmentType, readFragment } from "@/gql";
import { SecondFactorCardFragmentDoc } from "@/gql/graphql";
import { t } from "@/messages/settings";

import { ConfirmCodeForm, RemoveFactorForm, StartFactorForm } from "./second-factor-forms";

type Props = { viewer: FragmentType<typeof SecondFactorCardFragmentDoc> };
type Started = { secret: string; uri: string };

/** An authenticator app whose code is asked for besides the password: set up in three steps, or removed. */
export function SecondFactorCard(props: Props) {
  const viewer = readFragment(SecondFactorCardFragmentDoc, props.viewer);
  const [started, setStarted] = useState<Started | null>(null);
  const [codes, setCodes] = useState<string[] | null>(null);
  const confirmed = (recoveryCodes: string[]) => {
    setStarted(null);
    setCodes(recoveryCodes);
  };
  return (
    <Card>
      <CardHeader>
        <CardTitle>{t("factor.title")}</CardTitle>
        <CardDescription>
          {viewer.secondFactor
            ? t("factor.on", { count: String(viewer.recoveryCodesLeft ?? 0) })
            : t("factor.off")}
        </CardDescription>
      </CardHeader>
      <CardContent className="flex flex-col gap-4">
        {codes ? <RecoveryCodes codes={codes} /> : null}
        {viewer.secondFactor ? (
          <RemoveFactorForm onRemoved={() => setCodes(null)} />
        ) : started ? (
          <ConfirmCodeForm started={started} onConfirmed={confirmed} />
        ) : (
          <StartFactorForm onStarted={setStarted} />
        )}
      </CardContent>
    </Card>
  );
}

function RecoveryCodes({ codes }: { codes: string[] }) {
  return (
    <div className="flex flex-col gap-2">
      <p className="text-sm">{t("factor.codes")}</p>
      <ul className="grid grid-cols-2 gap-1 rounded-lg border p-3 font-mono text-sm">
        {codes.map((code) => (
          <li key={code}>{code}</li>
        ))}
      </ul>
    </div>
  );
}

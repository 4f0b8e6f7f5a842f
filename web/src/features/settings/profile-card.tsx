"use client";

import { type FormEvent, useState } from "react";
import { useMutation } from "urql";

import { FormField } from "@/components/form-field";
import { FormProblem } from "@/components/form-problem";
import { SubmitButton } from "@/components/submit-button";
import { Badge } from "@/components/ui/badge";
import { Card, CardContent, CardDescription, CardHeader, CardTitle } from "@/components/ui/card";
import { type FragmentType, readFragment } from "@/gql";
import { ProfileCardFragmentDoc, UpdateViewerDocument } from "@/gql/graphql";
import { fieldsOf, messageOf } from "@/lib/errors";
import { toast } from "@/lib/toast";
import { t } from "@/messages/settings";

type Props = { viewer: FragmentType<typeof ProfileCardFragmentDoc> };

export function ProfileCard(props: Props) {
  const viewer = readFragment(ProfileCardFragmentDoc, props.viewer);
  const [name, setName] = useState(viewer.name);
  const [{ fetching, error }, update] = useMutation(UpdateViewerDocument);
  const changed = name.trim() !== viewer.name && name.trim() !== "";

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const result = await update({ input: { name: name.trim() } });
    if (result.data) toast.success(t("profile.saved"));
  };

  return (
    <Card>
      <CardHeader>
        <CardTitle className="flex items-center gap-2">
          {t("profile.title")} {viewer.role === "ADMIN" ? <Badge>{t("administrator")}</Badge> : null}
        </CardTitle>
        <CardDescription>{t("profile.about", { email: viewer.email })}</CardDescription>
      </CardHeader>
      <CardContent>
        <form onSubmit={submit} className="flex flex-col gap-4">
          <FormProblem text={error ? messageOf(error) : null} />
          <FormField
            label={t("profile.name")}
            name="name"
            autoComplete="name"
            maxLength={100}
            required
            value={name}
            onChange={(event) => setName(event.target.value)}
            problem={fieldsOf(error).name}
          />
          <SubmitButton busy={fetching} disabled={fetching || !changed} className="self-start">
            {t("profile.save")}
          </SubmitButton>
        </form>
      </CardContent>
    </Card>
  );
}

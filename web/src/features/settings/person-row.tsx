"use client";

import { Suspense } from "react";
import { useMutation } from "urql";
import { ConfirmButton } from "@/components/confirm-button";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { type PeopleQuery, UpdateUserDocument } from "@/gql/later/graphql";
import { messageOf } from "@/lib/errors";
import { lazy } from "@/lib/lazy";
import { toast } from "@/lib/toast";
import { useOnDemand } from "@/lib/use-on-demand";
import { t } from "@/messages/administration";
import { t as settings } from "@/messages/settings";

const PasswordLinkDialog = lazy(() => import("./password-link-dialog"));
const PersonBudgetsDialog = lazy(() => import("./person-budgets-dialog"));

type Person = PeopleQuery["users"]["edges"][number]["node"];
export type Changed = Pick<Person, "id" | "role" | "disabledAt">;
type RowProps = { person: Person; own: boolean; onChanged: (change: Changed) => void };

/** For somebody who has forgotten theirs, where the server sends no mail. */
function PasswordLinkButton({ person }: { person: Person }) {
  const { wanted, open, setOpen } = useOnDemand();
  return (
    <>
      <Button
        variant="outline"
        size="sm"
        aria-label={t("people.passwordLink", { name: person.name })}
        aria-haspopup="dialog"
        onClick={() => setOpen(true)}
      >
        {t("people.password")}
      </Button>
      {wanted ? (
        <Suspense>
          <PasswordLinkDialog person={person} open={open} onOpenChange={setOpen} />
        </Suspense>
      ) : null}
    </>
  );
}

function BudgetsButton({ person }: { person: Person }) {
  const { wanted, open, setOpen } = useOnDemand();
  return (
    <>
      <Button
        variant="outline"
        size="sm"
        aria-label={settings("budgets.of", { name: person.name })}
        aria-haspopup="dialog"
        onClick={() => setOpen(true)}
      >
        {settings("budgets.title")}
      </Button>
      {wanted ? (
        <Suspense>
          <PersonBudgetsDialog person={person} open={open} onOpenChange={setOpen} />
        </Suspense>
      ) : null}
    </>
  );
}

export function PersonRow({ person, own, onChanged }: RowProps) {
  const [{ fetching }, update] = useMutation(UpdateUserDocument);
  const setDisabled = async (disabled: boolean) => {
    const { data, error } = await update({ input: { id: person.id, disabled } });
    if (error) toast.error(messageOf(error));
    if (!data) return;
    onChanged(data.updateUser.user);
    toast.success(t(disabled ? "people.isDisabled" : "people.isEnabled"));
  };
  return (
    <li className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2 py-3.5">
      <div className="min-w-0 grow basis-56">
        <p className="flex flex-wrap items-center gap-2 text-sm font-medium">
          {person.name}
          {person.role === "ADMIN" ? <Badge>{settings("administrator")}</Badge> : null}
          {person.disabledAt ? <Badge variant="outline">{t("people.disabled")}</Badge> : null}
        </p>
        <p className="mt-0.5 truncate text-sm text-muted-foreground">{person.email}</p>
      </div>
      <div className="flex gap-2">
        <BudgetsButton person={person} />
        {own ? null : <PasswordLinkButton person={person} />}
        {own ? null : person.disabledAt ? (
          <Button variant="outline" size="sm" disabled={fetching} onClick={() => void setDisabled(false)}>
            {t("people.enable")}
          </Button>
        ) : (
          <ConfirmButton
            verb={t("people.disable")}
            label={t("people.disableOne", { name: person.name })}
            title={t("people.disableTitle")}
            text={t("people.disableAbout", { name: person.name })}
            onConfirm={() => void setDisabled(true)}
          />
        )}
      </div>
    </li>
  );
}

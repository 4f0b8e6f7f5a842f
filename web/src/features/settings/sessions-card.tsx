"use client";

import { useMutation } from "urql";
import { ConfirmButton } from "@/components/confirm-button";
import { Badge } from "@/components/ui/badge";
import { Card, CardContent, CardDescription, CardHeader, CardTitle } from "@/components/ui/card";
import { type FragmentType, readFragment } from "@/gql";
import { RevokeSessionDocument, SessionsCardFragmentDoc } from "@/gql/graphql";
import { formatDateTime, formatRelative } from "@/lib/dates";
import { messageOf } from "@/lib/errors";
import { toast } from "@/lib/toast";
import { t } from "@/messages/settings";
import { browserOf } from "./browsers";

type Props = { viewer: FragmentType<typeof SessionsCardFragmentDoc> };

export function SessionsCard(props: Props) {
  const { sessions } = readFragment(SessionsCardFragmentDoc, props.viewer);
  const [, revoke] = useMutation(RevokeSessionDocument);

  const end = async (id: string) => {
    const { error } = await revoke({ id });
    if (error) toast.error(messageOf(error));
    else toast.success(t("sessions.signedOut"));
  };

  return (
    <Card>
      <CardHeader>
        <CardTitle>{t("sessions.title")}</CardTitle>
        <CardDescription>{t("sessions.about")}</CardDescription>
      </CardHeader>
      <CardContent className="py-2">
        <ul className="divide-y">
          {sessions.map(({ id, current, userAgent, ipAddress, createdAt, lastSeenAt }) => (
            <li key={id} className="flex items-center justify-between gap-4 py-3.5">
              <div className="min-w-0">
                <p className="flex flex-wrap items-center gap-2 text-sm font-medium">
                  {browserOf(userAgent)}
                  {current ? <Badge>{t("sessions.current")}</Badge> : null}
                </p>
                <p
                  className="mt-0.5 text-sm text-muted-foreground"
                  title={t("sessions.since", { at: formatDateTime(createdAt) })}
                >
                  {[ipAddress, t("sessions.seen", { ago: formatRelative(lastSeenAt) })]
                    .filter(Boolean)
                    .join(" · ")}
                </p>
              </div>
              {current ? null : (
                <ConfirmButton
                  verb={t("sessions.signOut")}
                  label={t("sessions.signOutOf", { browser: browserOf(userAgent) })}
                  title={t("sessions.signOutTitle")}
                  text={t("sessions.signOutAbout", { browser: browserOf(userAgent) })}
                  onConfirm={() => void end(id)}
                />
              )}
            </li>
          ))}
        </ul>
      </CardContent>
    </Card>
  );
}

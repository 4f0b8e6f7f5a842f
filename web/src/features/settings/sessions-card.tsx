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
import { browserOf } from "./browsers";

type Props = { viewer: FragmentType<typeof SessionsCardFragmentDoc> };

export function SessionsCard(props: Props) {
  const { sessions } = readFragment(SessionsCardFragmentDoc, props.viewer);
  const [, revoke] = useMutation(RevokeSessionDocument);

  const end = async (id: string) => {
    const { error } = await revoke({ id });
    if (error) toast.error(messageOf(error));
    else toast.success("The browser is signed out");
  };

  return (
    <Card>
      <CardHeader>
        <CardTitle>Sessions</CardTitle>
        <CardDescription>
          The browsers that are signed in as you. Sign out any you do not know.
        </CardDescription>
      </CardHeader>
      <CardContent className="py-2">
        <ul className="divide-y">
          {sessions.map(({ id, current, userAgent, ipAddress, createdAt, lastSeenAt }) => (
            <li key={id} className="flex items-center justify-between gap-4 py-3.5">
              <div className="min-w-0">
                <p className="flex flex-wrap items-center gap-2 text-sm font-medium">
                  {browserOf(userAgent)}
                  {current ? <Badge>This browser</Badge> : null}
                </p>
                <p
                  className="mt-0.5 text-sm text-muted-foreground"
                  title={`Since ${formatDateTime(createdAt)}`}
                >
                  {[ipAddress, `last seen ${formatRelative(lastSeenAt)}`].filter(Boolean).join(" · ")}
                </p>
              </div>
              {current ? null : (
                <ConfirmButton
                  verb="Sign out"
                  label={`Sign out ${browserOf(userAgent)}`}
                  title="Sign this browser out?"
                  text={`${browserOf(userAgent)} loses access within seconds and has to sign in again.`}
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

"use client";

import { useMutation } from "urql";

import { ConfirmButton } from "@/components/confirm-button";
import { MoreButton } from "@/components/more-button";
import { Badge } from "@/components/ui/badge";
import { type InvitationsQuery, RevokeInvitationDocument } from "@/gql/later/graphql";
import { formatDateTime, formatRelative } from "@/lib/dates";
import { messageOf } from "@/lib/errors";
import { toast } from "@/lib/toast";
import { t } from "@/messages/administration";
import { t as settings } from "@/messages/settings";

type Invitation = InvitationsQuery["invitations"]["edges"][number]["node"];

function validity(expiresAt: string): string {
  const over = Date.parse(expiresAt) < Date.now();
  return t(over ? "invitations.over" : "invitations.until", { at: formatDateTime(expiresAt) });
}

function InvitationRow({ invitation, onGone }: { invitation: Invitation; onGone: () => void }) {
  const { id, email, role, createdAt, expiresAt, invitedBy } = invitation;
  const [, revoke] = useMutation(RevokeInvitationDocument);
  const end = async () => {
    const { error } = await revoke({ id });
    if (error) return toast.error(messageOf(error));
    onGone();
    toast.success(t("invitations.revoked"));
  };
  const ago = formatRelative(createdAt);
  return (
    <li className="flex items-center justify-between gap-4 py-3.5">
      <div className="min-w-0">
        <p className="flex flex-wrap items-center gap-2 text-sm font-medium">
          <span className="truncate">{email ?? t("invitations.anybody")}</span>
          {role === "ADMIN" ? <Badge>{settings("administrator")}</Badge> : null}
        </p>
        <p className="mt-0.5 text-sm text-muted-foreground">
          {invitedBy
            ? t("invitations.madeBy", { ago, name: invitedBy.name })
            : t("invitations.made", { ago })}{" "}
          · {validity(expiresAt)}
        </p>
      </div>
      <ConfirmButton
        verb={settings("verbs.revoke")}
        label={email ? t("invitations.revoke", { email }) : t("invitations.revokeAnybody")}
        title={t("invitations.revokeTitle")}
        text={t("invitations.revokeAbout")}
        onConfirm={() => void end()}
      />
    </li>
  );
}

type Props = {
  invitations: readonly Invitation[];
  more: (() => void) | null;
  onGone: (id: string) => void;
};

/** Invitations that nobody has accepted yet; nothing where there are none. */
export function InvitationList({ invitations, more, onGone }: Props) {
  if (invitations.length === 0) return null;
  return (
    <section aria-label={t("invitations.title")} className="flex flex-col gap-2">
      <h3 className="text-sm font-medium">{t("invitations.title")}</h3>
      <ul className="divide-y">
        {invitations.map((invitation) => (
          <InvitationRow key={invitation.id} invitation={invitation} onGone={() => onGone(invitation.id)} />
        ))}
      </ul>
      <MoreButton onMore={more} />
    </section>
  );
}

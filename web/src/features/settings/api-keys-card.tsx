"use client";

import { KeyRound } from "lucide-react";
import { useMutation } from "urql";
import { ConfirmButton } from "@/components/confirm-button";
import { EmptyState } from "@/components/empty-state";
import { Badge } from "@/components/ui/badge";
import { Card, CardContent, CardDescription, CardHeader, CardTitle } from "@/components/ui/card";
import { type FragmentType, readFragment } from "@/gql";
import { type ApiKeysCardFragment, ApiKeysCardFragmentDoc, RevokeApiKeyDocument } from "@/gql/graphql";
import { formatDate, formatRelative } from "@/lib/dates";
import { messageOf } from "@/lib/errors";
import { toast } from "@/lib/toast";
import { t } from "@/messages/settings";
import { NewKeyButton } from "./new-key-button";
import { scopeName } from "./scopes";

type ApiKey = ApiKeysCardFragment["apiKeys"][number];

function lifeOf({ expiresAt, lastUsedAt }: ApiKey): string {
  const used = lastUsedAt ? t("keys.used", { ago: formatRelative(lastUsedAt) }) : t("keys.unused");
  const until = expiresAt ? t("keys.until", { date: formatDate(expiresAt) }) : t("keys.unending");
  return `${used} · ${until}`;
}

const expired = ({ expiresAt }: ApiKey) => Boolean(expiresAt && Date.parse(expiresAt) < Date.now());

function KeyRow({ apiKey, onRevoke }: { apiKey: ApiKey; onRevoke: () => void }) {
  return (
    <li className="flex items-center justify-between gap-4 py-3.5">
      <div className="min-w-0">
        <p className="flex flex-wrap items-center gap-2 text-sm font-medium">
          <span className="truncate">{apiKey.name}</span>
          <code className="rounded bg-muted px-1.5 py-0.5 font-mono text-xs font-normal text-muted-foreground">
            {apiKey.prefix}…
          </code>
          {expired(apiKey) ? <Badge variant="destructive">{t("keys.expired")}</Badge> : null}
        </p>
        <p className="mt-0.5 text-sm text-muted-foreground">
          {apiKey.scopes.map(scopeName).join(", ")} · {lifeOf(apiKey)}
        </p>
      </div>
      <ConfirmButton
        verb={t("verbs.revoke")}
        label={t("keys.revoke", { name: apiKey.name })}
        title={t("keys.revokeTitle", { name: apiKey.name })}
        text={t("keys.revokeAbout")}
        onConfirm={onRevoke}
      />
    </li>
  );
}

type Props = { viewer: FragmentType<typeof ApiKeysCardFragmentDoc> };

export function ApiKeysCard(props: Props) {
  const { apiKeys } = readFragment(ApiKeysCardFragmentDoc, props.viewer);
  const [, revoke] = useMutation(RevokeApiKeyDocument);

  const end = async ({ id, name }: ApiKey) => {
    const { error } = await revoke({ id });
    if (error) toast.error(messageOf(error));
    else toast.success(t("keys.revoked", { name }));
  };

  return (
    <Card>
      <div className="flex flex-wrap items-start justify-between gap-x-4 gap-y-1 pr-5 sm:pr-6">
        <CardHeader className="pr-0 sm:pr-0">
          <CardTitle>{t("keys.title")}</CardTitle>
          <CardDescription>{t("keys.about")}</CardDescription>
        </CardHeader>
        <div className="pt-5 pl-5 max-sm:pt-2 sm:pl-0">
          <NewKeyButton />
        </div>
      </div>
      <CardContent className="py-2">
        {apiKeys.length > 0 ? (
          <ul className="divide-y">
            {apiKeys.map((apiKey) => (
              <KeyRow key={apiKey.id} apiKey={apiKey} onRevoke={() => void end(apiKey)} />
            ))}
          </ul>
        ) : (
          <EmptyState icon={KeyRound} title={t("keys.empty")} text={t("keys.emptyAbout")} className="py-8" />
        )}
      </CardContent>
    </Card>
  );
}

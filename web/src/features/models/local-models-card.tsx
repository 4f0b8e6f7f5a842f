"use client";

import { useState } from "react";
import { useMutation, useQuery } from "urql";

import { ConfirmButton } from "@/components/confirm-button";
import { Button } from "@/components/ui/button";
import { Card, CardContent, CardDescription, CardHeader, CardTitle } from "@/components/ui/card";
import { readFragment } from "@/gql/later";
import {
  DeleteDownloadDocument,
  DownloadModelDocument,
  DownloadProgressDocument,
  DownloadStateFragmentDoc,
  LocalModelsDocument,
  PauseDownloadDocument,
  ResumeDownloadDocument,
} from "@/gql/later/graphql";
import { messageOf } from "@/lib/errors";
import { bytes } from "@/lib/quantities";
import { toast } from "@/lib/toast";
import { useSubscribed } from "@/lib/use-subscribed";
import { t } from "@/messages/models";

import { type Download, entriesOf, isOver, type LocalEntry, shareOf, verbsOf, wordsOf } from "./downloads";

function useLocalModels() {
  const [{ data }, run] = useQuery({ query: LocalModelsDocument, requestPolicy: "cache-and-network" });
  const [heard, setHeard] = useState<ReadonlyMap<string, Download>>(new Map());
  const downloads = data ? readFragment(DownloadStateFragmentDoc, data.downloads) : [];

  useSubscribed(DownloadProgressDocument, (batch) => {
    const now = batch.map(({ downloadProgress }) => readFragment(DownloadStateFragmentDoc, downloadProgress));
    const before = (id: string) => heard.get(id) ?? downloads.find((each) => each.id === id);
    setHeard((known) => new Map([...known, ...now.map((each) => [each.id, each] as const)]));
    // Somebody else has begun one, or one has become a model.
    const news = now.some(
      (each) => !before(each.id) || (isOver(each) && before(each.id)?.state !== each.state),
    );
    if (data && news) run({ requestPolicy: "network-only" });
  });

  return { entries: data ? entriesOf(data.localCatalogue, downloads, heard) : [], loaded: Boolean(data) };
}

function useVerbs({ offer, download }: LocalEntry) {
  const [, begin] = useMutation(DownloadModelDocument);
  const [, pause] = useMutation(PauseDownloadDocument);
  const [, resume] = useMutation(ResumeDownloadDocument);
  const [, remove] = useMutation(DeleteDownloadDocument);
  const id = download?.id ?? "";
  const complain = ({ error }: { error?: Parameters<typeof messageOf>[0] }) => {
    if (error) toast.error(messageOf(error));
  };
  return {
    download: () => void begin({ name: offer.name }).then(complain),
    pause: () => void pause({ id }).then(complain),
    resume: () => void resume({ id }).then(complain),
    delete: () => void remove({ id }).then(complain),
  };
}

function Buttons({ entry }: { entry: LocalEntry }) {
  const act = useVerbs(entry);
  const { title } = entry.offer;
  return (
    <div className="flex shrink-0 items-center gap-2">
      {verbsOf(entry).map((verb) =>
        verb === "delete" ? (
          <ConfirmButton
            key={verb}
            verb={t("downloads.verbs.delete")}
            label={t("downloads.verbsOf.delete", { title })}
            title={t("downloads.deleteTitle", { title })}
            text={t("downloads.deleteText")}
            onConfirm={act.delete}
          />
        ) : (
          <Button
            key={verb}
            variant="outline"
            size="sm"
            aria-label={t(`downloads.verbsOf.${verb}`, { title })}
            onClick={act[verb]}
          >
            {t(`downloads.verbs.${verb}`)}
          </Button>
        ),
      )}
    </div>
  );
}

function Entry({ entry, admin }: { entry: LocalEntry; admin: boolean }) {
  const { offer, download } = entry;
  const words = wordsOf(entry);
  const moving = download && !isOver(download) && download.state !== "FAILED";
  return (
    <li className="flex flex-col gap-2 py-4">
      <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2">
        <div className="min-w-0">
          <h3 className="text-sm font-medium">{offer.title}</h3>
          <p className="mt-0.5 text-xs text-muted-foreground">
            {bytes(offer.sizeBytes)} · {offer.licence} ·{" "}
            <a
              href={offer.publisher}
              target="_blank"
              rel="noreferrer"
              className="underline underline-offset-4 hover:text-foreground"
            >
              {t("downloads.publisher")}
            </a>
          </p>
        </div>
        {admin ? <Buttons entry={entry} /> : null}
      </div>
      {moving ? (
        <progress
          aria-label={t("downloads.progress", { title: offer.title })}
          value={download.state === "VERIFYING" ? undefined : shareOf(entry)}
          className="h-1.5 w-full overflow-hidden rounded-full bg-muted [&::-moz-progress-bar]:bg-primary [&::-webkit-progress-bar]:bg-muted [&::-webkit-progress-value]:bg-primary"
        />
      ) : null}
      {words ? (
        <p
          className={
            download?.state === "FAILED" ? "text-xs text-destructive" : "text-xs text-muted-foreground"
          }
        >
          {words}
        </p>
      ) : null}
    </li>
  );
}

/** Models that this server can download and run by itself. Nothing is shown where local models are switched off. */
export function LocalModelsCard({ admin }: { admin: boolean }) {
  const { entries, loaded } = useLocalModels();
  if (!loaded || entries.length === 0) return null;
  return (
    <Card role="region" aria-label={t("downloads.title")}>
      <CardHeader>
        <CardTitle>{t("downloads.title")}</CardTitle>
        <CardDescription>{t("downloads.about")}</CardDescription>
      </CardHeader>
      <CardContent className="py-1 sm:py-1">
        <ul className="divide-y">
          {entries.map((entry) => (
            <Entry key={entry.offer.name} entry={entry} admin={admin} />
          ))}
        </ul>
      </CardContent>
    </Card>
  );
}

import type { DownloadStateFragment, LocalModelsQuery } from "@/gql/later/graphql";
import { bytes, percent } from "@/lib/quantities";
import { t } from "@/messages/models";

export type Offer = LocalModelsQuery["localCatalogue"][number];
export type Download = DownloadStateFragment;
export type LocalEntry = { offer: Offer; download: Download | null };

/** Each offer with its download, if somebody has begun one; what was heard live goes before what was asked for. */
export function entriesOf(
  offers: readonly Offer[],
  downloads: readonly Download[],
  heard: ReadonlyMap<string, Download>,
): LocalEntry[] {
  return offers.map((offer) => {
    const asked = downloads.find(({ name }) => name === offer.name);
    return { offer, download: asked ? (heard.get(asked.id) ?? asked) : null };
  });
}

/** Whether the list itself is out of date: a download that is not in it, or one that has become a model. */
export const isOver = ({ state }: Download) => state === "COMPLETED";

export type Verb = "download" | "pause" | "resume" | "delete";

/** What can be done now, in the order of the buttons. */
export function verbsOf({ offer, download }: LocalEntry): Verb[] {
  if (!download) return offer.installed ? [] : ["download"];
  switch (download.state) {
    case "QUEUED":
    case "DOWNLOADING":
      return ["pause", "delete"];
    case "PAUSED":
    case "FAILED":
      return ["resume", "delete"];
    case "VERIFYING":
      return [];
    default:
      return offer.installed ? ["delete"] : ["download", "delete"];
  }
}

export const shareOf = ({ offer, download }: LocalEntry): number =>
  download && offer.sizeBytes > 0 ? Math.min(1, download.receivedBytes / offer.sizeBytes) : 0;

/** How it is going, in words. */
export function wordsOf(entry: LocalEntry): string {
  const { offer, download } = entry;
  if (!download) return offer.installed ? t("downloads.installed") : "";
  const done = { received: bytes(download.receivedBytes), size: bytes(offer.sizeBytes) };
  switch (download.state) {
    case "QUEUED":
      return t("downloads.queued");
    case "DOWNLOADING":
      return t("downloads.downloading", { share: percent(shareOf(entry)), ...done });
    case "VERIFYING":
      return t("downloads.verifying");
    case "PAUSED":
      return t("downloads.paused", done);
    case "FAILED":
      return download.error ? t("downloads.failedWith", { reason: download.error }) : t("downloads.failed");
    default:
      return t(offer.installed ? "downloads.installed" : "downloads.gone");
  }
}

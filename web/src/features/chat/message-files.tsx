import { Download } from "lucide-react";

import { fileSize } from "@/lib/quantities";
import { t } from "@/messages/runs";

import { FileIcon } from "./file-icon";

export type FileView = {
  name: string;
  mediaType: string;
  sizeBytes: number;
  /** Null for a file that is not there any more. */
  url: string | null;
};

function Picture({ file, url }: { file: FileView; url: string }) {
  return (
    <a
      href={url}
      download={file.name}
      aria-label={t("files.picture", { name: file.name })}
      title={file.name}
      className="block rounded-2xl focus-visible:outline-2 focus-visible:outline-offset-2"
    >
      {/* biome-ignore lint/performance/noImgElement: a static export has no image optimizer */}
      <img
        src={url}
        alt={file.name}
        loading="lazy"
        decoding="async"
        className="h-40 max-w-60 min-w-16 rounded-2xl border object-cover"
      />
    </a>
  );
}

function Chip({ file }: { file: FileView }) {
  const about = (
    <>
      <FileIcon picture={file.mediaType.startsWith("image/")} preview={null} />
      <span className="min-w-0">
        <span className="block truncate">{file.name}</span>
        <span className="block text-xs text-muted-foreground">
          {file.url ? fileSize(file.sizeBytes) : t("files.gone")}
        </span>
      </span>
    </>
  );
  const look =
    "flex min-h-11 max-w-64 items-center gap-2 rounded-xl border bg-card px-3 py-1 text-left text-sm";
  if (!file.url) return <span className={look}>{about}</span>;
  return (
    <a
      href={file.url}
      download={file.name}
      aria-label={t("files.download", { name: file.name })}
      className={`${look} hover:bg-accent`}
    >
      {about}
      <Download aria-hidden className="size-4 shrink-0 text-muted-foreground" />
    </a>
  );
}

/** The files of a message: pictures as they look, others by name, each to be downloaded. */
export function MessageFiles({ files }: { files: readonly FileView[] }) {
  if (files.length === 0) return null;
  return (
    <ul aria-label={t("files.title")} className="flex max-w-[85%] flex-wrap justify-end gap-2">
      {files.map((file, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the files of a message never change places
        <li key={index} className="max-w-full">
          {file.url && file.mediaType.startsWith("image/") ? (
            <Picture file={file} url={file.url} />
          ) : (
            <Chip file={file} />
          )}
        </li>
      ))}
    </ul>
  );
}

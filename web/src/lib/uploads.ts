import { t } from "@/messages/common";

/** A file as the server has kept it. */
export type SentFile = {
  id: string;
  name: string;
  mediaType: string;
  sizeBytes: number;
  url: string;
};

type Refusal = { errors?: { message?: string; extensions?: { fields?: Record<string, string> } }[] };

/** Why a file was refused, as a sentence. */
export function reasonIn(body: unknown, status: number): string {
  const [error] = (body as Refusal | null)?.errors ?? [];
  const field = error?.extensions?.fields?.file;
  if (field) return t("uploads.refused", { reason: field });
  return error?.message ?? t("uploads.answered", { status: String(status) });
}

/** Sends a file; `onProgress` hears which share of it has gone. Rejects with the reason, or with an AbortError. */
export function sendFile(
  file: File,
  onProgress: (share: number) => void,
  signal: AbortSignal,
): Promise<SentFile> {
  return new Promise((resolve, reject) => {
    // fetch does not tell how much of a body it has sent.
    const request = new XMLHttpRequest();
    request.open("POST", `/files?name=${encodeURIComponent(file.name || "file")}`);
    request.setRequestHeader("X-Requested-With", "parley");
    request.responseType = "json";
    request.upload.onprogress = ({ loaded, total }) => onProgress(total > 0 ? loaded / total : 0);
    request.onload = () => {
      if (request.status === 201) resolve(request.response as SentFile);
      else reject(new Error(reasonIn(request.response, request.status)));
    };
    request.onerror = () => reject(new Error(t("errors.unreachable")));
    request.onabort = () => reject(new DOMException("The file was taken back.", "AbortError"));
    signal.addEventListener("abort", () => request.abort(), { once: true });
    request.send(file);
  });
}

import type { SentFile, sendFile } from "@/lib/uploads";
import { t } from "@/messages/chat";

/** A file that is to go with the next message. `sent` is there when the server has it, `reason` when it refused. */
export type Attachment = {
  key: string;
  name: string;
  size: number;
  preview: string | null;
  progress: number;
  sent: SentFile | null;
  reason: string | null;
};

export const MOST_FILES = 20;

type Send = typeof sendFile;
type Previews = Pick<typeof URL, "createObjectURL" | "revokeObjectURL">;

let made = 0;

/** Files on their way to the next message of one chat, outside React: they go on while other chats are looked at. */
export class Attachments {
  private items: readonly Attachment[] = [];
  private readonly leaving = new Map<string, AbortController>();
  private readonly listeners = new Set<() => void>();

  constructor(
    private readonly send: Send,
    private readonly previews: Previews = URL,
  ) {}

  readonly snapshot = (): readonly Attachment[] => this.items;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /** Begins to send files; those that are too many for one message say so. */
  add(files: Iterable<File>) {
    for (const file of files) {
      const key = `file-${++made}`;
      const many = this.items.length >= MOST_FILES;
      const item: Attachment = {
        key,
        name: file.name || t("attachments.unnamed"),
        size: file.size,
        preview: file.type.startsWith("image/") ? this.previews.createObjectURL(file) : null,
        progress: 0,
        sent: null,
        reason: many ? t("attachments.tooMany", { count: String(MOST_FILES) }) : null,
      };
      this.set([...this.items, item]);
      if (!many) void this.leave(key, file);
    }
  }

  /** Takes a file back, also while it is being sent. */
  remove(key: string) {
    this.leaving.get(key)?.abort();
    this.drop(({ key: other }) => other === key);
  }

  /** The files that are ready; they are no longer here. */
  take(): SentFile[] {
    const ready = this.items.flatMap(({ sent }) => (sent ? [sent] : []));
    this.drop(({ sent }) => sent !== null);
    return ready;
  }

  /** Files of a message that could not be sent. */
  putBack(files: readonly SentFile[]) {
    const back = files.map((sent) => ({
      key: `file-${++made}`,
      name: sent.name,
      size: sent.sizeBytes,
      preview: sent.mediaType.startsWith("image/") ? sent.url : null,
      progress: 1,
      sent,
      reason: null,
    }));
    this.set([...back, ...this.items]);
  }

  private async leave(key: string, file: File) {
    const leaving = new AbortController();
    this.leaving.set(key, leaving);
    try {
      const sent = await this.send(file, (progress) => this.patch(key, { progress }), leaving.signal);
      this.patch(key, { sent, name: sent.name, size: sent.sizeBytes, progress: 1 });
    } catch (error) {
      this.patch(key, { reason: error instanceof Error ? error.message : String(error) });
    } finally {
      this.leaving.delete(key);
    }
  }

  private drop(gone: (item: Attachment) => boolean) {
    for (const { preview } of this.items.filter(gone)) {
      if (preview?.startsWith("blob:")) this.previews.revokeObjectURL(preview);
    }
    this.set(this.items.filter((item) => !gone(item)));
  }

  private patch(key: string, change: Partial<Attachment>) {
    this.set(this.items.map((item) => (item.key === key ? { ...item, ...change } : item)));
  }

  private set(items: readonly Attachment[]) {
    this.items = items;
    for (const listener of this.listeners) listener();
  }
}

/** Whether some are still being sent. */
export const underWay = (items: readonly Attachment[]): boolean =>
  items.some(({ sent, reason }) => !sent && !reason);

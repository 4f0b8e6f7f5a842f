"use client";

import { Paperclip } from "lucide-react";
import { useRef } from "react";

import { t } from "@/messages/chat";

import { ActionButton } from "./action-button";

/** Opens the browser's own picker. */
export function AttachButton({ onFiles }: { onFiles: (files: Iterable<File>) => void }) {
  const picker = useRef<HTMLInputElement>(null);
  return (
    <>
      <input
        ref={picker}
        type="file"
        multiple
        hidden
        data-testid="file-picker"
        onChange={(event) => {
          onFiles(Array.from(event.target.files ?? []));
          event.target.value = ""; // the same file may be chosen again
        }}
      />
      <ActionButton
        icon={Paperclip}
        label={t("attachments.attach")}
        onClick={() => picker.current?.click()}
      />
    </>
  );
}

"use client";

import { useState } from "react";

import { Dialog, DialogContent } from "@/components/ui/dialog";

import { NewKeyForm } from "./new-key-form";
import { NewKeySecret } from "./new-key-secret";

type Props = { open: boolean; onOpenChange: (open: boolean) => void };

/** Makes a key and shows its secret, once: with the dialog the secret is gone. */
export default function NewKeyDialog({ open, onOpenChange }: Props) {
  const [secret, setSecret] = useState<string | null>(null);
  const close = () => {
    onOpenChange(false);
    setSecret(null);
  };
  // A click beside the dialog, or Escape, must not lose a secret that nobody has copied yet.
  const stay = (event: Event) => secret && event.preventDefault();

  return (
    <Dialog open={open} onOpenChange={(next) => (next ? onOpenChange(true) : close())}>
      <DialogContent onInteractOutside={stay} onEscapeKeyDown={stay} closable={!secret}>
        {secret ? (
          <NewKeySecret secret={secret} onDone={close} />
        ) : (
          <NewKeyForm onMade={setSecret} onCancel={close} />
        )}
      </DialogContent>
    </Dialog>
  );
}

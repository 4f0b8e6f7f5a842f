"use client";

import { Plus } from "lucide-react";
import { useState } from "react";

import { Button } from "@/components/ui/button";
import { Dialog, DialogContent, DialogTrigger } from "@/components/ui/dialog";

import { NewKeyForm } from "./new-key-form";
import { NewKeySecret } from "./new-key-secret";

/** Makes a key and shows its secret, once: with the dialog the secret is gone. */
export function NewKeyDialog() {
  const [open, setOpen] = useState(false);
  const [secret, setSecret] = useState<string | null>(null);

  const change = (next: boolean) => {
    setOpen(next);
    if (next) setSecret(null);
  };
  // A click beside the dialog must not lose a secret that nobody has copied yet.
  const stay = (event: Event) => secret && event.preventDefault();

  return (
    <Dialog open={open} onOpenChange={change}>
      <DialogTrigger asChild>
        <Button size="sm">
          <Plus aria-hidden />
          Create key
        </Button>
      </DialogTrigger>
      <DialogContent onInteractOutside={stay} closable={!secret}>
        {secret ? (
          <NewKeySecret secret={secret} onDone={() => setOpen(false)} />
        ) : (
          <NewKeyForm onMade={setSecret} onCancel={() => setOpen(false)} />
        )}
      </DialogContent>
    </Dialog>
  );
}

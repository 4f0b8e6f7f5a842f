"use client";

import { Button } from "@/components/ui/button";
import { DialogDescription, DialogFooter, DialogHeader, DialogTitle } from "@/components/ui/dialog";

import { ShownOnce } from "./shown-once";

type Props = { secret: string; onDone: () => void };

export function NewKeySecret({ secret, onDone }: Props) {
  return (
    <div className="flex flex-col gap-5">
      <DialogHeader>
        <DialogTitle>Copy your key now</DialogTitle>
        <DialogDescription>
          It is shown only this once: the server keeps nothing that could show it again.
        </DialogDescription>
      </DialogHeader>
      <ShownOnce name="Secret of the new key" text={secret} copyLabel="Copy the key" />
      <p className="text-sm text-muted-foreground">
        Send it with each request as <code className="font-mono text-xs">Authorization: Bearer …</code>
      </p>
      <DialogFooter>
        <Button onClick={onDone}>Done</Button>
      </DialogFooter>
    </div>
  );
}

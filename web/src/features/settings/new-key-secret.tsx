"use client";

import { Button } from "@/components/ui/button";
import { DialogDescription, DialogFooter, DialogHeader, DialogTitle } from "@/components/ui/dialog";
import { Input } from "@/components/ui/input";
import { CopyButton } from "@/lib/markdown/copy-button";

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
      <div className="flex items-center gap-2">
        <Input
          readOnly
          aria-label="Secret of the new key"
          value={secret}
          onFocus={(event) => event.target.select()}
          className="font-mono"
        />
        <CopyButton
          text={secret}
          label="Copy the key"
          showLabel
          className="h-9 border px-3 pointer-coarse:h-11"
        />
      </div>
      <p className="text-sm text-muted-foreground">
        Send it with each request as <code className="font-mono text-xs">Authorization: Bearer …</code>
      </p>
      <DialogFooter>
        <Button onClick={onDone}>Done</Button>
      </DialogFooter>
    </div>
  );
}

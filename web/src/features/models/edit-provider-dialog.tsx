"use client";

import { type FormEvent, useId, useState } from "react";
import { useMutation } from "urql";

import { FormField } from "@/components/form-field";
import { FormProblem } from "@/components/form-problem";
import { SubmitButton } from "@/components/submit-button";
import { Button } from "@/components/ui/button";
import {
  Dialog,
  DialogContent,
  DialogDescription,
  DialogFooter,
  DialogHeader,
  DialogTitle,
} from "@/components/ui/dialog";
import { readFragment } from "@/gql/later";
import {
  type ProviderFactsFragment,
  ProviderFactsFragmentDoc,
  UpdateProviderDocument,
} from "@/gql/later/graphql";
import { fieldsOf, messageOf } from "@/lib/errors";
import { textOf } from "@/lib/forms";
import { toast } from "@/lib/toast";
import { t } from "@/messages/providers";

type FormProps = { provider: ProviderFactsFragment; onDone: () => void };

/** The stored key is never shown: what is typed takes its place, and an empty field leaves it. */
function KeyFields({ stored, moved, problem }: { stored: boolean; moved: boolean; problem?: string }) {
  const [dropped, setDropped] = useState(false);
  const id = useId();
  return (
    <div className="flex flex-col gap-2">
      <FormField
        label={t("apiKey")}
        name="apiKey"
        type="password"
        autoComplete="off"
        disabled={dropped}
        required={stored && moved && !dropped}
        placeholder={t(stored ? "edit.keyStored" : "edit.noKey")}
        hint={stored ? t(moved ? "edit.keyMoves" : "edit.keyStays") : undefined}
        problem={problem}
      />
      {stored ? (
        <label htmlFor={id} className="flex items-center gap-2.5 text-sm pointer-coarse:min-h-11">
          <input
            id={id}
            type="checkbox"
            name="dropKey"
            checked={dropped}
            onChange={(event) => setDropped(event.target.checked)}
            className="size-4 accent-primary"
          />
          {t("edit.dropKey")}
        </label>
      ) : null}
    </div>
  );
}

function EditProviderForm({ provider, onDone }: FormProps) {
  const { id, name, baseUrl, hasApiKey } = provider;
  const [address, setAddress] = useState(baseUrl ?? "");
  const [{ fetching, error }, update] = useMutation(UpdateProviderDocument);
  const fields = fieldsOf(error);

  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const typed = textOf(form, "apiKey").trim();
    const input = {
      id,
      name: textOf(form, "name").trim() || null,
      baseUrl: address.trim() === baseUrl ? null : address.trim(),
      apiKey: form.has("dropKey") ? "" : typed || null,
    };
    const { data } = await update({ input });
    if (!data) return;
    const changed = readFragment(ProviderFactsFragmentDoc, data.updateProvider.provider);
    if (changed.problem) toast.error(t("edit.savedSilent", { problem: changed.problem }));
    else toast.success(t("edit.saved", { name: changed.name }));
    onDone();
  };

  return (
    <form onSubmit={submit} className="flex flex-col gap-5">
      <FormProblem text={error ? messageOf(error) : null} />
      <FormField
        label={t("name")}
        name="name"
        defaultValue={name}
        autoComplete="off"
        maxLength={100}
        required
        problem={fields.name}
      />
      <FormField
        label={t("baseUrl")}
        name="baseUrl"
        type="url"
        inputMode="url"
        value={address}
        onChange={(event) => setAddress(event.target.value)}
        autoComplete="off"
        spellCheck={false}
        required
        problem={fields.baseUrl}
      />
      <KeyFields stored={hasApiKey} moved={address.trim() !== baseUrl} problem={fields.apiKey} />
      <DialogFooter>
        <Button type="button" variant="outline" onClick={onDone}>
          {t("cancel")}
        </Button>
        <SubmitButton busy={fetching}>{t(fetching ? "asking" : "save")}</SubmitButton>
      </DialogFooter>
    </form>
  );
}

type Props = { provider: ProviderFactsFragment; open: boolean; onOpenChange: (open: boolean) => void };

/** Changes a provider, and asks it at once for its models. */
export default function EditProviderDialog({ provider, open, onOpenChange }: Props) {
  return (
    <Dialog open={open} onOpenChange={onOpenChange}>
      <DialogContent className="sm:max-w-lg">
        <DialogHeader>
          <DialogTitle>{t("edit.title", { name: provider.name })}</DialogTitle>
          <DialogDescription>{t("edit.about")}</DialogDescription>
        </DialogHeader>
        <EditProviderForm provider={provider} onDone={() => onOpenChange(false)} />
      </DialogContent>
    </Dialog>
  );
}

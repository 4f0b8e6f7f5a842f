"use client";

import { useCallback } from "react";
import { useMutation } from "urql";

import { SignOutDocument } from "@/gql/graphql";
import { messageOf } from "@/lib/errors";
import { rememberInside } from "@/lib/inside";
import { toast } from "@/lib/toast";

/** Ends the session and leaves by a full load, so that nothing of this viewer stays in memory. */
export function useSignOut(): () => void {
  const [, signOut] = useMutation(SignOutDocument);
  return useCallback(async () => {
    const { error } = await signOut({});
    if (error) {
      toast.error(messageOf(error));
      return;
    }
    rememberInside(false);
    window.location.assign("/sign-in");
  }, [signOut]);
}

"use client";

import { useEffect } from "react";
import { useQuery } from "urql";

import { readFragment } from "@/gql";
import { CurrentViewerDocument, ViewerIdentityFragmentDoc } from "@/gql/graphql";
import { codeOf, messageOf } from "@/lib/errors";
import { rememberInside } from "@/lib/inside";

/** Who is signed in. When nobody is, the client itself leads to the sign-in page: see lib/urql.ts. */
export function useViewer() {
  const [{ data, error }, run] = useQuery({ query: CurrentViewerDocument });
  const viewer = readFragment(ViewerIdentityFragmentDoc, data?.viewer) ?? null;
  const signedOut = error ? codeOf(error) === "UNAUTHENTICATED" : false;
  const inside = viewer !== null;
  useEffect(() => {
    if (inside || signedOut) rememberInside(inside);
  }, [inside, signedOut]);
  return {
    viewer,
    signedOut,
    problem: error && !signedOut ? messageOf(error) : null,
    retry: () => run({ requestPolicy: "network-only" }),
  };
}

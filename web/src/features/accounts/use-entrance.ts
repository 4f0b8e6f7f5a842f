"use client";

import { useRouter } from "next/navigation";
import { useEffect, useLayoutEffect } from "react";
import { useQuery } from "urql";

import { EntranceDocument } from "@/gql/graphql";
import { safeNext } from "@/lib/addresses";
import { messageOf } from "@/lib/errors";
import { rememberInside, wasInside } from "@/lib/inside";

export type Door = "sign-in" | "sign-up";

/** Where to go once inside. */
export const destination = (): string => safeNext(new URLSearchParams(window.location.search).get("next"));

type Server = { hasAccounts: boolean; signUpOpen: boolean };

/** The page that this door really leads to: null is the door itself. */
function betterPlace(door: Door, signedIn: boolean, server: Server): string | null {
  if (signedIn) return destination();
  if (door === "sign-in" && !server.hasAccounts) return "/sign-up";
  return null;
}

/** Keeps the form from sight while somebody is likely to be in: see globals.css. */
function useOutOfSight(hidden: boolean) {
  useLayoutEffect(() => {
    const page = document.documentElement.dataset;
    if (hidden) page.entering = "";
    else delete page.entering;
    return () => {
      delete page.entering;
    };
  }, [hidden]);
}

/** What the server says before anybody signs in; sends on those who are in already, or who are the first. */
export function useEntrance(door: Door) {
  const router = useRouter();
  const [{ data, error }, run] = useQuery({ query: EntranceDocument, requestPolicy: "network-only" });
  const place = data ? betterPlace(door, Boolean(data.viewer), data.server) : null;
  const inside = data ? Boolean(data.viewer) : undefined;
  useOutOfSight(place !== null || (!data && !error && wasInside()));
  useEffect(() => {
    if (inside !== undefined) rememberInside(inside);
  }, [inside]);
  useEffect(() => {
    if (place) router.replace(place);
  }, [router, place]);
  return {
    server: place ? null : (data?.server ?? null),
    problem: error && !data ? messageOf(error) : null,
    retry: () => run({ requestPolicy: "network-only" }),
  };
}

"use client";

import { useEffect, useMemo, useState } from "react";
import { useClient } from "urql";

import { CheckWorkflowDocument } from "@/gql/later/graphql";
import { messageOf } from "@/lib/errors";
import { lineAt, placeIn, placesOf } from "@/lib/workflows/places";
import { t } from "@/messages/workflows";

/** Something that is wrong with a definition; `at` is its place in the text, and `line` counts from 1. */
export type Problem = { path: string; message: string; at: number; line: number };

const PAUSE = 350;

type Read = { definition: unknown; problem: string | null };

function read(text: string): Read {
  try {
    return { definition: JSON.parse(text) as unknown, problem: null };
  } catch (error) {
    return { definition: null, problem: t("definition.notJson", { reason: (error as Error).message }) };
  }
}

/** What a text says and what is wrong with it, asked of the server once the person pauses. */
export function useCheck(text: string) {
  const client = useClient();
  const { definition, problem } = useMemo(() => read(text), [text]);
  const [checked, setChecked] = useState<{ text: string; found: readonly Omit<Problem, "at" | "line">[] }>({
    text: "",
    found: [],
  });
  useEffect(() => {
    if (problem) return;
    let stale = false;
    const timer = setTimeout(async () => {
      const answer = await client
        .query(CheckWorkflowDocument, { definition }, { requestPolicy: "network-only" })
        .toPromise();
      if (stale) return;
      const failed = answer.error ? [{ path: "", message: messageOf(answer.error) }] : [];
      setChecked({ text, found: answer.data?.checkWorkflow ?? failed });
    }, PAUSE);
    return () => {
      stale = true;
      clearTimeout(timer);
    };
  }, [client, definition, problem, text]);

  const problems = useMemo<readonly Problem[]>(() => {
    if (problem) return [{ path: "", message: problem, at: 0, line: 1 }];
    const places = placesOf(text);
    return checked.found.map(({ path, message }) => {
      const at = placeIn(places, path);
      return { path, message, at, line: lineAt(text, at) };
    });
  }, [problem, checked, text]);
  return { definition, problems, checking: !problem && checked.text !== text };
}

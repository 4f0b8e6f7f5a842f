"use client";

import { useState } from "react";
import { useClient } from "urql";

import { ResourceTextDocument } from "@/gql/later/graphql";
import { messageOf } from "@/lib/errors";
import { t } from "@/messages/runs";

import type { Readable } from "./resource-group";

const ENDING = /\.[a-z0-9]{1,12}$/i;

/** What a resource is called as a file: the last part of its name, with an ending that says that it is text. */
export function fileNameOf({ name, uri }: Pick<Readable, "name" | "uri">): string {
  const last = (name || uri).split("/").filter(Boolean).at(-1) ?? t("prompts.unnamed");
  return ENDING.test(last) ? last : `${last}.txt`;
}

/** Reads a resource of an MCP server as a file, and says what went wrong; `take` gets it. */
export function useReading(take: (file: File) => void) {
  const client = useClient();
  const [problem, setProblem] = useState<string | null>(null);
  const [reading, setReading] = useState(false);
  const read = async (serverId: string, resource: Readable) => {
    setReading(true);
    setProblem(null);
    const variables = { serverId, uri: resource.uri };
    const answer = client.query(ResourceTextDocument, variables, { requestPolicy: "network-only" });
    const { data, error } = await answer.toPromise();
    setReading(false);
    if (data) take(new File([data.mcpResource], fileNameOf(resource), { type: "text/plain" }));
    else setProblem(error ? messageOf(error) : t("prompts.failed"));
  };
  return { read, reading, problem };
}

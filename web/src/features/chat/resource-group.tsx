"use client";

import { useQuery } from "urql";

import { CommandGroup, CommandItem } from "@/components/ui/command";
import { ReadableResourcesDocument, type ReadableResourcesQuery } from "@/gql/later/graphql";
import { messageOf } from "@/lib/errors";
import { t } from "@/messages/runs";

export type Readable = ReadableResourcesQuery["mcpResources"][number];

type Props = {
  server: { id: string; name: string };
  busy: boolean;
  onChoose: (resource: Readable) => void;
};

/** What one MCP server lets people read, to attach it. */
export function ResourceGroup({ server, busy, onChoose }: Props) {
  const [{ data, error }] = useQuery({
    query: ReadableResourcesDocument,
    variables: { serverId: server.id },
    requestPolicy: "cache-and-network",
  });
  return (
    <CommandGroup heading={t("prompts.attach", { server: server.name })}>
      {error ? (
        <p role="alert" className="px-2 py-1.5 text-sm text-muted-foreground">
          {messageOf(error)}
        </p>
      ) : null}
      {(data?.mcpResources ?? []).map((resource) => (
        <CommandItem
          key={resource.uri}
          value={`${server.id} ${resource.uri}`}
          keywords={[resource.name, resource.description]}
          disabled={busy}
          onSelect={() => onChoose(resource)}
        >
          <span className="truncate">{resource.name}</span>
          <span className="ml-auto min-w-0 truncate text-xs text-muted-foreground">{resource.uri}</span>
        </CommandItem>
      ))}
    </CommandGroup>
  );
}

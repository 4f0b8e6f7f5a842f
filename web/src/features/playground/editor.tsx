"use client";

import "graphiql/setup-workers/webpack";
import "graphiql/style.css";
import "@graphiql/plugin-explorer/style.css";
import "./editor.css";

import { explorerPlugin } from "@graphiql/plugin-explorer";
import { createGraphiQLFetcher } from "@graphiql/toolkit";
import { useSocket } from "@parley/react";
import { GraphiQL, HISTORY_PLUGIN } from "graphiql";
import { useTheme } from "next-themes";
import { useMemo } from "react";

import { examples } from "./examples";

const PLUGINS = [HISTORY_PLUGIN, explorerPlugin()];

/** GraphiQL, signed in as the viewer; its subscriptions share the tab's one socket. */
export default function Editor() {
  const wsClient = useSocket();
  const { resolvedTheme } = useTheme();
  const fetcher = useMemo(() => createGraphiQLFetcher({ url: "/graphql", wsClient }), [wsClient]);
  const tabs = useMemo(examples, []);
  return (
    <GraphiQL
      fetcher={fetcher}
      plugins={PLUGINS}
      forcedTheme={resolvedTheme === "dark" || resolvedTheme === "contrast" ? "dark" : "light"}
      defaultTabs={tabs}
      defaultEditorToolsVisibility="variables"
      isHeadersEditorEnabled={false}
    >
      <GraphiQL.Logo>
        <span />
      </GraphiQL.Logo>
    </GraphiQL>
  );
}

"use client";

import { Component, type ErrorInfo, type ReactNode } from "react";

import { Button } from "@/components/ui/button";
import { t } from "@/messages/common";

import { EmptyState } from "./empty-state";

type Props = { children: ReactNode };
type State = { error: Error | null };

const RELOADED_KEY = "parley:reloaded-at";
const RELOAD_PAUSE_MS = 60_000;

/** After an update of the server the chunks of the old build are gone: one reload brings the new build. */
function reloadForNewBuild(error: Error): boolean {
  if (error.name !== "ChunkLoadError") return false;
  try {
    if (Date.now() - Number(sessionStorage.getItem(RELOADED_KEY)) < RELOAD_PAUSE_MS) return false;
    sessionStorage.setItem(RELOADED_KEY, String(Date.now()));
  } catch {
    return false; // Without storage a reload could repeat for ever.
  }
  window.location.reload();
  return true;
}

/** Keeps a failure inside it: around a page, the shell stays usable; around all, something is still said. */
export class ErrorBoundary extends Component<Props, State> {
  override state: State = { error: null };

  static getDerivedStateFromError(error: Error): State {
    return { error };
  }

  override componentDidCatch(error: Error, info: ErrorInfo) {
    if (!reloadForNewBuild(error)) console.error(error, info.componentStack);
  }

  override render() {
    if (!this.state.error) return this.props.children;
    return (
      <EmptyState role="alert" title={t("broken.title")} text={t("broken.text")}>
        <Button onClick={() => window.location.reload()}>{t("reload")}</Button>
      </EmptyState>
    );
  }
}

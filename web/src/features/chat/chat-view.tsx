"use client";

import { lazy, Suspense, useCallback, useMemo, useRef, useState } from "react";

import { copyText } from "@/lib/markdown/clipboard";
import { storeOf } from "@/lib/runs/watch";

import { answerOf } from "./answer";
import { ChatProvider } from "./chat-context";
import { ChatHeader } from "./chat-header";
import { openChat } from "./chat-path";
import { Composer } from "./composer";
import { Greeting, ModestNote, Starters } from "./empty-chat";
import { ModelPicker } from "./model-picker";
import { isOver } from "./run-status";
import { RunWatcher } from "./run-watcher";
import { rowsOf, unfinished } from "./thread";
import { MissingChat, ThreadSkeleton } from "./thread-states";
import { useChatActions } from "./use-chat-actions";
import { useLiveThread } from "./use-live-thread";
import { useMessageList } from "./use-message-list";
import { useChosenModel, useModels } from "./use-models";
import { type Shortcut, useShortcuts } from "./use-shortcuts";
import { useThread } from "./use-thread";

const ChoicePreview = lazy(() => import("./choice-preview"));
const ShortcutSheet = lazy(() => import("./shortcut-sheet"));

/** An open chat, or the place where one begins. */
export function ChatView({ chatId }: { chatId: string | null }) {
  const { thread, store } = useThread(chatId);
  const MessageList = useMessageList();
  useLiveThread(store);
  const { models, modest, modelsFolder } = useModels();
  const [chosen, choose] = useChosenModel();
  // A model for the next message only, taken instead of the one that “Auto” would ask.
  const [once, takeOnce] = useState<string | null>(null);
  const model = models.some(({ id }) => id === (once ?? chosen)) ? (once ?? chosen) : null;
  const { shared, send, offered, offer } = useChatActions(store, models, model);

  const field = useRef<HTMLTextAreaElement>(null);
  const picker = useRef<HTMLButtonElement>(null);
  const [words, announce] = useState("");
  const [sheet, setSheet] = useState(false);

  const rows = useMemo(() => rowsOf(thread), [thread]);
  const runs = useMemo(() => unfinished(thread).filter(({ run }) => run && !isOver(run.status)), [thread]);
  const running = runs[0];
  const empty = rows.length === 0 && thread.state === "ready";
  const loadOlder = useCallback(() => store.loadOlder(), [store]);

  const pick = (id: string | null) => {
    takeOnce(null);
    choose(id);
  };
  const preview = (text: string) =>
    text.trim() ? (
      <Suspense>
        <ChoicePreview text={text} chatId={chatId} onUse={takeOnce} />
      </Suspense>
    ) : null;
  const { setEditing, cancel } = shared;
  const stop = useCallback(() => {
    const first = unfinished(store.snapshot()).find(({ run }) => run && !isOver(run.status));
    if (first?.run) cancel(first.run.id);
    return Boolean(first);
  }, [store, cancel]);
  const editLast = () => setEditing(thread.messages.findLast(({ role }) => role === "USER")?.id ?? null);

  const shortcuts: Shortcut[] = useMemo(() => {
    const copyLast = () => {
      const last = store.snapshot().messages.findLast(({ role }) => role === "ASSISTANT");
      if (last) void copyText(answerOf(last, last.run ? (storeOf(last.run.id)?.current ?? null) : null).text);
    };
    return [
      { keys: "Enter", does: "Send" },
      { keys: "Shift+Enter", does: "New line" },
      { keys: "Escape", does: "Stop the answer", run: stop },
      { keys: "ArrowUp", does: "Edit the last message, from an empty field" },
      { keys: "Shift+Escape", does: "Go to the message field", run: () => field.current?.focus() },
      { keys: "Mod+Shift+O", does: "New chat", run: () => openChat(null) },
      { keys: "Mod+Shift+C", does: "Copy the last answer", run: copyLast },
      { keys: "Mod+Shift+M", does: "Choose a model", run: () => picker.current?.click() },
      { keys: "Mod+/", does: "Show this sheet", run: () => setSheet(true) },
    ];
  }, [store, stop]);
  useShortcuts(shortcuts);

  if (thread.state === "missing") return <MissingChat />;
  return (
    <ChatProvider value={shared}>
      <div className="flex h-full min-h-0 flex-col">
        <ChatHeader chat={thread.chat} />
        {empty ? (
          <div className="flex flex-1 flex-col justify-end">
            <Greeting />
          </div>
        ) : null}
        {rows.length > 0 && MessageList ? (
          <MessageList key={store.key} rows={rows} active={runs.length > 0} loadOlder={loadOlder} />
        ) : null}
        {!empty && !(rows.length > 0 && MessageList) ? (
          <ThreadSkeleton failed={thread.state === "failed"} onRetry={() => void store.refresh()} />
        ) : null}
        <Composer
          chatId={chatId}
          field={field}
          running={Boolean(running)}
          offered={offered}
          aside={model ? undefined : preview}
          onSend={(text) => {
            void send(text);
            takeOnce(null);
          }}
          onStop={stop}
          onEditLast={editLast}
        >
          <ModelPicker models={models} chosen={model} choose={pick} trigger={picker} />
        </Composer>
        <div
          className={
            empty ? "flex-[1.4] overflow-y-auto" : "h-3 shrink-0 pb-[env(safe-area-inset-bottom)] sm:h-4"
          }
        >
          {empty ? <Starters onPick={offer} /> : null}
          {empty && modest ? <ModestNote name={models[0]?.displayName} folder={modelsFolder} /> : null}
        </div>
      </div>
      {runs.map((message) =>
        message.run ? (
          <RunWatcher
            key={message.id}
            message={message}
            runId={message.run.id}
            store={store}
            announce={announce}
          />
        ) : null,
      )}
      <div aria-live="polite" className="sr-only">
        {words}
      </div>
      {sheet ? (
        <Suspense>
          <ShortcutSheet open onOpenChange={setSheet} shortcuts={shortcuts} />
        </Suspense>
      ) : null}
    </ChatProvider>
  );
}

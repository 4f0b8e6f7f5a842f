"use client";

import { storeOf } from "@parley/react";
import { Suspense, useCallback, useEffect, useMemo, useRef, useState } from "react";
import { chooseModel, useChosenModel } from "@/lib/chosen-model";
import { lazy } from "@/lib/lazy";
import { copyText } from "@/lib/markdown/clipboard";
import { type Shortcut, useShortcuts } from "@/lib/shortcuts";
import { t } from "@/messages/chat";

import { AddressedMessage } from "./addressed-message";
import { AgentPicker } from "./agent-picker";
import { answerOf } from "./answer";
import { ChatProvider } from "./chat-context";
import { ChatHeader } from "./chat-header";
import { Composer } from "./composer";
import { Greeting, ModestNote, Starters } from "./empty-chat";
import { ModelPicker } from "./model-picker";
import { isOver } from "./run-status";
import { RunWatcher } from "./run-watcher";
import { ThinkingPicker } from "./thinking/thinking-picker";
import { rowsOf, stateOf, unfinished } from "./thread";
import { MissingChat, ThreadSkeleton } from "./thread-states";
import { useAnswering } from "./use-answering";
import { attachmentsOf } from "./use-attachments";
import { useChatActions } from "./use-chat-actions";
import { useLiveThread } from "./use-live-thread";
import { useMessageList } from "./use-message-list";
import { useModels } from "./use-models";
import { useReveal } from "./use-reveal";
import { useThread } from "./use-thread";

const ChoicePreview = lazy(() => import("./choice-preview"));
const FindBar = lazy(() => import("./find-bar"));

/** An open chat, or the place where one begins. */
export function ChatView({ chatId }: { chatId: string | null }) {
  const { thread, store } = useThread(chatId);
  useLiveThread(store);
  const { models, modest, modelsFolder } = useModels();
  const chosen = useChosenModel();
  // A model for the next message only, taken instead of the one that “Auto” would ask.
  const [once, takeOnce] = useState<string | null>(null);
  const model = models.some(({ id }) => id === (once ?? chosen)) ? (once ?? chosen) : null;
  const {
    agents,
    workflows,
    agent,
    workflow,
    how,
    thinking,
    choose: answerBy,
  } = useAnswering(thread, store.key);
  const { shared, send, offered, offer } = useChatActions(store, models, model, how);

  const field = useRef<HTMLTextAreaElement>(null);
  const picker = useRef<HTMLButtonElement>(null);
  const [words, announce] = useState("");
  const [finding, find] = useState(false);
  const { target, reveal, reached } = useReveal(store);

  const rows = useMemo(() => rowsOf(thread), [thread]);
  const runs = useMemo(() => unfinished(thread).filter(({ run }) => run && !isOver(run.status)), [thread]);
  const running = runs[0];
  const empty = rows.length === 0 && thread.state === "ready";
  const MessageList = useMessageList(!empty);
  const loadOlder = useCallback(() => store.loadOlder(), [store]);

  const pick = (id: string | null) => {
    takeOnce(null);
    chooseModel(id);
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
    // Pressed again, the key is the browser's.
    const openFind = () => {
      if (finding || store.snapshot().messages.length === 0) return false;
      find(true);
    };
    return [
      { keys: "Enter", does: t("shortcuts.send") },
      { keys: "Shift+Enter", does: t("shortcuts.newLine") },
      { keys: "Escape", does: t("shortcuts.stop"), run: stop },
      { keys: "ArrowUp", does: t("shortcuts.editLast") },
      { keys: "Shift+Escape", does: t("shortcuts.field"), run: () => field.current?.focus() },
      { keys: "Mod+Shift+C", does: t("shortcuts.copyLast"), run: copyLast },
      { keys: "Mod+Shift+M", does: t("shortcuts.model"), run: () => picker.current?.click() },
      { keys: "Mod+F", does: t("shortcuts.find"), run: openFind },
    ];
  }, [store, stop, finding]);
  useShortcuts(t("shortcuts.title"), shortcuts);

  const left = useRef(chatId);
  useEffect(() => {
    // Who goes on to a new chat wants to write. Where there are fingers only, keys would cover half of the page.
    if (left.current && !chatId && matchMedia("(hover: hover)").matches) field.current?.focus();
    left.current = chatId;
  }, [chatId]);

  if (thread.state === "missing") return <MissingChat />;
  return (
    <ChatProvider value={shared}>
      <div className="flex h-full min-h-0 flex-col">
        <ChatHeader
          chat={thread.chat}
          state={stateOf(thread)}
          onFind={() => find(true)}
          onReveal={(messageId) => void reveal(messageId)}
        />
        <Suspense>
          {chatId ? <AddressedMessage onAsked={reveal} /> : null}
          {finding && !empty ? (
            <FindBar
              key={store.key}
              thread={thread}
              store={store}
              onReveal={reveal}
              onClose={() => {
                find(false);
                field.current?.focus();
              }}
            />
          ) : null}
        </Suspense>
        {empty ? (
          <div className="flex flex-1 flex-col justify-end opening:invisible">
            <Greeting />
          </div>
        ) : null}
        {rows.length > 0 && MessageList ? (
          <MessageList
            key={store.key}
            rows={rows}
            active={runs.length > 0}
            loadOlder={loadOlder}
            target={target}
            onReached={reached}
          />
        ) : null}
        {!empty && !(rows.length > 0 && MessageList) ? (
          <ThreadSkeleton failed={thread.state === "failed"} onRetry={() => void store.refresh()} />
        ) : null}
        <Composer
          thread={store}
          field={field}
          running={Boolean(running)}
          offered={offered}
          attachments={attachmentsOf(store)}
          aside={model ? undefined : preview}
          onSend={(text, files) => {
            void send(text, files);
            takeOnce(null);
          }}
          onStop={stop}
          onEditLast={editLast}
        >
          {agent ? (
            <AgentPicker
              agents={agents}
              workflows={workflows}
              agent={agent}
              workflow={workflow}
              choose={answerBy}
            />
          ) : null}
          {workflow ? null : (
            <ThinkingPicker thinking={thinking} choose={(mode) => answerBy({ thinking: mode })} />
          )}
          <ModelPicker models={models} chosen={model} choose={pick} trigger={picker} />
        </Composer>
        <div
          className={
            empty
              ? "flex-[1.4] overflow-y-auto opening:invisible opening:h-3 opening:flex-none sm:opening:h-4"
              : "h-3 shrink-0 pb-[env(safe-area-inset-bottom)] sm:h-4"
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
    </ChatProvider>
  );
}

/** Id of the element that scrolls the messages of the open chat. */
export const CONVERSATION = "conversation";

/** A message to bring into view; a new object each time it is asked for. */
export type Target = { messageId: string };

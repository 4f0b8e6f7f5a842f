"use client";

import { useSearchParams } from "next/navigation";
import { useEffect } from "react";

/** Shows the message that the address asks for, and takes it out of the address. Shows nothing itself. */
export function AddressedMessage({ onAsked }: { onAsked: (messageId: string) => void }) {
  const messageId = useSearchParams().get("message");
  useEffect(() => {
    if (!messageId) return;
    window.history.replaceState(null, "", window.location.pathname);
    onAsked(messageId);
  }, [messageId, onAsked]);
  return null;
}

import { flushSync } from "react-dom";
import { createRoot } from "react-dom/client";
import { Toaster, toast } from "sonner";

import { useLanguage } from "@/lib/language";
import { t } from "@/messages/common";

const colours = {
  "--normal-bg": "var(--popover)",
  "--normal-text": "var(--popover-foreground)",
  "--normal-border": "var(--border)",
  "--border-radius": "0.75rem",
  fontFamily: "inherit",
} as React.CSSProperties;

function Toasts() {
  useLanguage();
  return (
    <Toaster position="bottom-center" style={colours} containerAriaLabel={t("toasts")} closeButton={false} />
  );
}

/** Puts the toaster on the page, in a root of its own so that pages start without it; returns what shows a toast. */
export function mountToaster(): typeof toast {
  const host = document.createElement("div");
  document.body.append(host);
  // A toaster shows only what comes after it has mounted.
  flushSync(() => createRoot(host).render(<Toasts />));
  return toast;
}

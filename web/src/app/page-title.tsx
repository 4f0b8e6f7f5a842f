"use client";

import { usePathname } from "next/navigation";
import { useEffect } from "react";

import { t } from "@/messages/common";
import { common } from "@/messages/en/common";

type PageName = keyof typeof common.pages;

/** Names of pages whose paths do not say them. */
const NAMES: Record<string, PageName> = {
  "/forgotten-password": "forgottenPassword",
  "/new-password": "newPassword",
  "/sign-in": "signIn",
  "/sign-up": "signUp",
  "/tools/sign-in": "toolsSignIn",
};

const isName = (word: string): word is PageName => Object.hasOwn(common.pages, word);

function nameOf(pathname: string): PageName {
  const word = pathname.slice(1);
  return NAMES[pathname] ?? (isName(word) ? word : "notFound");
}

/**
 * Says the titles that the pages were built with, which are English, in the language that is spoken. Next sets them when
 * it has them, also after the page itself; other titles, such as those of chats, stay as they are.
 */
export function PageTitle() {
  const pathname = usePathname();
  useEffect(() => {
    const name = nameOf(pathname);
    const built = `${common.pages[name]} · Parley`;
    const said = `${t(`pages.${name}`)} · Parley`;
    if (said === built) return;
    const say = () => {
      if (document.title === built) document.title = said;
    };
    say();
    const observer = new MutationObserver(say);
    observer.observe(document.head, { childList: true, characterData: true, subtree: true });
    return () => {
      observer.disconnect();
      if (document.title === said) document.title = built;
    };
  }, [pathname]);
  return null;
}

"use client";

import { KeyRound } from "lucide-react";
import Link from "next/link";
import { useEffect, useState } from "react";

import { Button } from "@/components/ui/button";
import { t } from "@/messages/accounts";

import { Entrance } from "./entrance";
import { SignInForm } from "./sign-in-form";
import { troubleOf } from "./trouble";
import { useEntrance } from "./use-entrance";

const LINK = "rounded-sm font-medium text-primary underline underline-offset-4";

/** The form is in the page that the server sends; what the server offers beside it comes when it is known. */
export function SignInPage() {
  const { server, problem, retry } = useEntrance("sign-in");
  const [trouble, setTrouble] = useState<string | null>(null);
  useEffect(() => setTrouble(troubleOf(window.location.search)), []);
  return (
    <Entrance
      title={t("signIn.title")}
      text={t("signIn.text")}
      waiting={false}
      problem={problem}
      onRetry={retry}
      footer={
        server?.signUpOpen
          ? t.rich("signIn.new", {
              link: (words) => (
                <Link href="/sign-up" className={LINK}>
                  {words}
                </Link>
              ),
            })
          : server && t("signIn.newAsk")
      }
    >
      <div className="flex flex-col gap-5">
        <SignInForm trouble={trouble} />
        {server?.sendsMail ? (
          <p className="text-center text-sm">
            <Link href="/forgotten-password" className={LINK}>
              {t("forgotten.title")}
            </Link>
          </p>
        ) : null}
        {server?.signInProvider ? (
          <Button asChild variant="outline" size="lg" className="w-full">
            {/* A full load: the server leads on to another site from there. */}
            <a href={server.signInProvider.path}>
              <KeyRound aria-hidden /> {t("signIn.with", { name: server.signInProvider.name })}
            </a>
          </Button>
        ) : null}
      </div>
    </Entrance>
  );
}

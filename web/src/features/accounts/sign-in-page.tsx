"use client";

import { KeyRound } from "lucide-react";
import Link from "next/link";
import { useEffect, useState } from "react";

import { Button } from "@/components/ui/button";

import { Entrance } from "./entrance";
import { SignInForm } from "./sign-in-form";
import { troubleOf } from "./trouble";
import { useEntrance } from "./use-entrance";

const LINK = "rounded-sm font-medium text-primary underline underline-offset-4";

export function SignInPage() {
  const { server, problem, retry } = useEntrance("sign-in");
  const [trouble, setTrouble] = useState<string | null>(null);
  useEffect(() => setTrouble(troubleOf(window.location.search)), []);
  return (
    <Entrance
      title="Welcome back"
      text="Sign in to your Parley."
      waiting={!server}
      problem={problem}
      onRetry={retry}
      footer={
        server?.signUpOpen ? (
          <>
            New here?{" "}
            <Link href="/sign-up" className={LINK}>
              Create an account
            </Link>
          </>
        ) : (
          "New here? Ask the person who runs this server for an account."
        )
      }
    >
      <div className="flex flex-col gap-5">
        <SignInForm trouble={trouble} />
        {server?.sendsMail ? (
          <p className="text-center text-sm">
            <Link href="/forgotten-password" className={LINK}>
              Forgotten your password?
            </Link>
          </p>
        ) : null}
        {server?.signInProvider ? (
          <Button asChild variant="outline" size="lg" className="w-full">
            {/* A full load: the server leads on to another site from there. */}
            <a href={server.signInProvider.path}>
              <KeyRound aria-hidden /> Sign in with {server.signInProvider.name}
            </a>
          </Button>
        ) : null}
      </div>
    </Entrance>
  );
}

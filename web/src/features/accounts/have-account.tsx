import Link from "next/link";

import { t } from "@/messages/accounts";

/** For those who are asked for a new account and have one. */
export function HaveAccount() {
  return t.rich("haveAccount", {
    link: (words) => (
      <Link href="/sign-in" className="rounded-sm font-medium text-primary underline underline-offset-4">
        {words}
      </Link>
    ),
  });
}

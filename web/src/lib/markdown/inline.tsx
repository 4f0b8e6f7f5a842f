import type { MarkedToken, Token } from "marked";

import { decodeEntities } from "./entities";
import { Formula } from "./formula";
import { ImageChip } from "./image-chip";
import type { MathToken } from "./math";
import { isForeign, safeLink } from "./urls";

const BREAK = /^<br\s*\/?>$/i;

function Anchor({ href, title, tokens }: { href: string; title?: string | null; tokens: Token[] }) {
  const address = safeLink(href);
  if (!address) return <Inline tokens={tokens} />;
  const away = isForeign(address) ? { target: "_blank", rel: "noopener noreferrer" } : { rel: "noopener" };
  return (
    <a
      href={address}
      title={title ? decodeEntities(title) : undefined}
      className="font-medium text-primary underline decoration-primary/40 underline-offset-4 hover:decoration-primary"
      {...away}
    >
      <Inline tokens={tokens} />
    </a>
  );
}

function InlineToken({ token: any }: { token: Token }) {
  const token = any as MarkedToken | MathToken;
  switch (token.type) {
    case "text":
      return token.tokens ? <Inline tokens={token.tokens} /> : decodeEntities(token.text);
    case "escape":
      return token.text;
    case "strong":
      return (
        <strong className="font-semibold">
          <Inline tokens={token.tokens} />
        </strong>
      );
    case "em":
      return (
        <em>
          <Inline tokens={token.tokens} />
        </em>
      );
    case "del":
      return (
        <del>
          <Inline tokens={token.tokens} />
        </del>
      );
    case "codespan":
      return <code className="rounded-md bg-muted px-1.5 py-0.5 font-mono text-[0.875em]">{token.text}</code>;
    case "br":
      return <br />;
    case "link":
      return <Anchor href={token.href} title={token.title} tokens={token.tokens} />;
    case "image":
      return <ImageChip address={token.href} alt={decodeEntities(token.text)} />;
    case "html":
      return BREAK.test(token.raw) ? <br /> : token.raw;
    case "math":
      return <Formula tex={token.tex} display={token.display} />;
    case "checkbox":
      return null;
    default:
      return decodeEntities(token.raw);
  }
}

/** Inline tokens as text and elements. */
export function Inline({ tokens }: { tokens: Token[] }) {
  // biome-ignore lint/suspicious/noArrayIndexKey: inline tokens have no other identity
  return tokens.map((token, index) => <InlineToken key={index} token={token} />);
}

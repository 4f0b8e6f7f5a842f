/** A piece of a found message: plain text in which each match stands between two `**`. */
export function Snippet({ text }: { text: string }) {
  return text.split("**").map((piece, index) =>
    index % 2 === 1 ? (
      // biome-ignore lint/suspicious/noArrayIndexKey: a piece is its place
      <mark key={index} className="rounded-sm bg-primary/20 text-foreground">
        {piece}
      </mark>
    ) : (
      piece
    ),
  );
}

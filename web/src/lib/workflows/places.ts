/**
 * Where each part of a JSON text begins, by its path: `steps[2].next` is the place of that value. Made for texts that
 * `JSON.parse` has taken; others give what could be read.
 */
export function placesOf(text: string): Map<string, number> {
  const places = new Map<string, number>();
  let at = 0;
  const space = () => {
    while (/\s/.test(text.charAt(at))) at += 1;
  };
  const string = (): string => {
    const from = at;
    at += 1;
    while (at < text.length && text[at] !== '"') at += text[at] === "\\" ? 2 : 1;
    at += 1;
    return text.slice(from + 1, at - 1);
  };
  const members = (end: string, member: (nth: number) => void) => {
    at += 1;
    for (let nth = 0; at < text.length; nth += 1) {
      space();
      if (text[at] === end) break;
      member(nth);
      space();
      if (text[at] === ",") at += 1;
      else break;
    }
    at += 1;
  };
  const value = (path: string) => {
    space();
    places.set(path, at);
    if (text[at] === "{") {
      members("}", () => {
        const name = string();
        space();
        at += 1; // the colon
        value(path ? `${path}.${name}` : name);
      });
    } else if (text[at] === "[") members("]", (nth) => value(`${path}[${nth}]`));
    else if (text[at] === '"') string();
    else while (at < text.length && !/[,\]}\s]/.test(text.charAt(at))) at += 1;
  };
  value("");
  return places;
}

/** Where in the text a path is; what is missing is looked for in what it is missing from. */
export function placeIn(places: ReadonlyMap<string, number>, path: string): number {
  let known = path;
  while (known && !places.has(known)) known = known.replace(/(?:\.[^.[\]]*|\[\d+\]|^[^.[\]]*)$/, "");
  return places.get(known) ?? 0;
}

export const lineAt = (text: string, place: number): number => text.slice(0, place).split("\n").length;

/** The addresses of a page of things that people make, such as agents. */

/** Where on the page somebody is: the list, one thing, a new one, or a copy of one. */
export type Place = { at: "list" } | { at: "one"; id: string } | { at: "new" } | { at: "copy"; id: string };

export type Addresses = {
  list: string;
  fresh: string;
  pathOf: (id: string) => string;
  copyPathOf: (id: string) => string;
  placeOf: (search: URLSearchParams) => Place;
};

/** `list` is the page's path, and `one` the name of a thing's id in its query. */
export function addressesOf(list: string, one: string): Addresses {
  const pathTo = (name: string) => (id: string) => `${list}?${name}=${encodeURIComponent(id)}`;
  return {
    list,
    fresh: `${list}?new`,
    pathOf: pathTo(one),
    copyPathOf: pathTo("copy"),
    placeOf: (search) => {
      const id = search.get(one);
      const copied = search.get("copy");
      if (id) return { at: "one", id };
      if (copied) return { at: "copy", id: copied };
      return search.has("new") ? { at: "new" } : { at: "list" };
    },
  };
}

/**
 * What the keyboard has to do next to come to an element, as the page tells it.
 *
 * All functions here run in the page: `LOOK` is the text of them all.
 */

/** What is seen of the way to an element. */
export type Look = {
  /** The focus is there; in a list below a field: Enter would take it. */
  here: boolean;
  /** A dialog or a menu before it has not gone yet, or its own menu has not taken the focus yet. */
  early: boolean;
  /** The next key, and how often to press it, as far as the page can tell. */
  key: string;
  times: number;
  /** The key that uses it then; none for a field of text. */
  use: string;
  /** How it looks; that changes where the focus shows. */
  style: string;
  /** A caret shows the focus. */
  caret: boolean;
  /** Why nobody could see it, in words. */
  unseen: string;
  /** What has the focus, as it is written. */
  focus: string;
  /** Where in the document that is. */
  at: number;
};

/** The element that takes the focus, and what the arrow keys walk through together with it. */
type Place = {
  stop: Element;
  /** Each of them leads Tab into the group. */
  doors: (Element | null)[];
  group: Element | null;
  mates: Element[];
  /** The focus stays in the field above the list. */
  listed: boolean;
};

const ITEMS = "[role^=menuitem],[role=option],[role=treeitem],[role=tab],[role=radio]";
const STOPS = `a[href],button,input,select,textarea,summary,[tabindex="0"],${ITEMS}`;
const GROUPS = "[role=menu],[role=listbox],[role=tree],[role=tablist],[role=radiogroup]";

const isHidden = (element: Element) =>
  (element.parentElement?.closest("[aria-hidden=true]") ?? null) !== null;

function placeOf(target: Element): Place {
  const holder = target.closest(`${STOPS},label`) ?? target.querySelector(STOPS) ?? target;
  const stop = (holder instanceof HTMLLabelElement && holder.control) || holder;
  const list = stop.matches("[cmdk-item]") ? stop.closest("[cmdk-root]") : null;
  if (list) {
    const mates = [...list.querySelectorAll("[cmdk-item]")];
    return { stop, doors: [list.querySelector("[cmdk-input]")], group: list, mates, listed: true };
  }
  if (stop instanceof HTMLInputElement && stop.type === "radio") {
    const radios = [...document.querySelectorAll<HTMLInputElement>("input[type=radio]")];
    const mates = radios.filter(({ name, form }) => name === stop.name && form === stop.form);
    return { stop, doors: mates, group: null, mates, listed: false };
  }
  if (!stop.matches(ITEMS)) return { stop, doors: [stop], group: null, mates: [], listed: false };
  const group = stop.closest(GROUPS);
  const mates = [...(group ?? document).querySelectorAll(ITEMS)];
  return { stop, doors: mates, group, mates, listed: false };
}

/** Where Tab leads, in its order; a dialog that holds both ends keeps Tab to itself. */
function tabOrder({ stop, doors }: Place, active: Element): Element[] {
  const frame = active.closest("[role=dialog],[role=alertdialog]");
  const scope = frame?.contains(stop) ? frame : document;
  return [...scope.querySelectorAll<HTMLElement>(`${STOPS},[tabindex],iframe`)].filter(
    (each) =>
      each === active ||
      (each.tabIndex >= 0 &&
        !each.matches(":disabled,[type=hidden],[inert] *") &&
        (doors.includes(each) || !each.matches("input[type=radio]:not(:checked)")) &&
        each.checkVisibility({ visibilityProperty: true }) &&
        !isHidden(each)),
  );
}

/** The next key, and how often. */
function nextKey(place: Place, active: Element): Pick<Look, "key" | "times"> {
  const { stop, doors, group, mates, listed } = place;
  if (doors.includes(active) || (!listed && group?.contains(active))) {
    const current = listed ? mates.find((each) => each.ariaSelected === "true") : active;
    const later = mates.indexOf(stop) > (current ? mates.indexOf(current) : -1);
    const level = group?.role === "tablist" && group.ariaOrientation !== "vertical";
    return { key: `Arrow${level ? (later ? "Right" : "Left") : later ? "Down" : "Up"}`, times: 1 };
  }
  const order = tabOrder(place, active);
  const from = order.indexOf(active);
  const to = order.findIndex((each) => each === group || doors.includes(each));
  if (from < 0 || to < 0) return { key: "Tab", times: 1 };
  const round = [...order.slice(from + 1), ...order.slice(0, from + 1)];
  const ahead = (to - from + order.length) % order.length || order.length;
  const back = order.length - ahead;
  // A conversation grows while one walks through it, above all at its beginning: better round it, or to its end.
  const log = document.querySelector("[role=log]");
  const past = log?.contains(stop) ? null : log;
  const toll = (path: Element[], more: number) => (path.some((each) => past?.contains(each)) ? more : 0);
  const forth = ahead + toll(round.slice(0, ahead), 1_000) <= back + toll(round.slice(ahead, -1), 2_000);
  return forth ? { key: "Tab", times: ahead } : { key: "Shift+Tab", times: Math.max(1, back) };
}

/** What of its look, and of what is around it, a focus may change. */
function styleOf(stop: Element): string {
  const above = stop.parentElement;
  const around = [above, above?.parentElement, above?.parentElement?.parentElement, stop.nextElementSibling];
  return [stop, ...around]
    .map((element) => {
      if (!element) return "";
      const style = getComputedStyle(element);
      const clear = style.outlineStyle === "none" || /[,/] 0\)$/.test(style.outlineColor);
      const outline = clear ? "" : [style.outlineStyle, style.outlineWidth, style.outlineColor].join(" ");
      const { boxShadow, backgroundColor, borderTopColor, color, textDecorationLine } = style;
      return [outline, boxShadow, backgroundColor, borderTopColor, color, textDecorationLine].join();
    })
    .join("\n");
}

/** Why nobody could see that it has the focus; nothing where it is to be seen. */
function unseenBecause({ stop, doors, listed }: Place): string {
  const box = stop.getBoundingClientRect();
  const holder = listed ? doors[0] : stop;
  if (!holder?.matches(":focus-visible")) return "does not match :focus-visible";
  if (!stop.checkVisibility({ visibilityProperty: true, opacityProperty: true })) return "is not visible";
  if (box.bottom <= 0 || box.right <= 0 || box.top >= innerHeight || box.left >= innerWidth)
    return "is outside of the window";
  const parts = [0.5, 0.1, 0.9];
  const open = parts.some((across) =>
    parts.some((down) => {
      const top = document.elementFromPoint(box.left + box.width * across, box.top + box.height * down);
      return top && (stop.contains(top) || top.contains(stop) || top.closest("label")?.control === stop);
    }),
  );
  return open ? "" : "is covered by something else";
}

/** The key that uses it once the focus is there. */
function keyFor(stop: Element): Pick<Look, "use" | "caret"> {
  const caret = stop.matches(
    "textarea,input:not([type=checkbox],[type=radio],[type=button],[type=submit],[type=range])",
  );
  const done = stop.matches(
    "[role=tab][aria-selected=true],[role=radio][aria-checked=true],[type=radio]:checked",
  );
  const ticked = stop.matches("[type=checkbox],[type=radio],[role=checkbox],[role=radio],[role=switch]");
  return { caret, use: done || caret ? "" : ticked ? "Space" : "Enter" };
}

function lookFrom(target: Element): Look {
  const active = document.activeElement ?? document.body;
  const place = placeOf(target);
  const { stop, doors, mates, listed } = place;
  const menu = listed ? null : stop.closest("[role=menu],[role=listbox]");
  const taken = mates.find((each) => each.ariaSelected === "true") === stop;
  return {
    here: listed ? doors.includes(active) && taken : active === stop,
    early: menu ? !menu.contains(active) : isHidden(stop),
    ...nextKey(place, active),
    ...keyFor(stop),
    style: styleOf(stop),
    unseen: unseenBecause(place),
    at: [...document.querySelectorAll("*")].indexOf(active),
    focus: `${active.outerHTML.split(">", 1)[0]}>`,
  };
}

const FUNCTIONS = [isHidden, placeOf, tabOrder, nextKey, styleOf, unseenBecause, keyFor, lookFrom];

/** Looks at the page from an element of it. */
export const LOOK = new Function(
  "target",
  [
    ...Object.entries({ ITEMS, STOPS, GROUPS }).map(
      ([name, text]) => `const ${name} = ${JSON.stringify(text)};`,
    ),
    ...FUNCTIONS.map((part) => `const ${part.name} = ${part};`),
    "return lookFrom(target);",
  ].join("\n"),
) as (target: Element) => Look;

/**
 * How everything looks that floats above the page. It leaves at once: while a closing part plays an animation it still
 * listens, and takes the press that would open it again as one outside of it.
 */
export const floatingClasses =
  "z-50 rounded-xl border bg-popover text-popover-foreground shadow-lg duration-100 data-[state=open]:animate-in data-[state=open]:fade-in-0 data-[state=open]:zoom-in-95";

/** One choice in a menu or a list. */
export const itemClasses =
  "relative flex min-h-8 cursor-default items-center gap-2 rounded-md px-2 py-1.5 text-sm outline-hidden select-none focus:bg-accent focus:text-accent-foreground data-[disabled]:pointer-events-none data-[disabled]:opacity-50 pointer-coarse:min-h-11 [&_svg]:pointer-events-none [&_svg]:shrink-0 [&_svg:not([class*='size-'])]:size-4";

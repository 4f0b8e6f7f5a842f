/** How the small choices under the field look; their names give way on a phone. */
export const pickerClasses =
  "inline-flex h-9 min-w-9 max-w-44 shrink-0 items-center justify-center gap-1.5 rounded-full px-2.5 text-sm text-muted-foreground hover:bg-accent hover:text-foreground pointer-coarse:h-11 pointer-coarse:min-w-11";

import { INSIDE_KEY } from "./inside-script";

/** Whether somebody was signed in when this browser last heard. Some browsers keep nothing. */
export function wasInside(): boolean {
  try {
    return localStorage.getItem(INSIDE_KEY) !== null;
  } catch {
    return false;
  }
}

export function rememberInside(inside: boolean): void {
  try {
    if (inside) localStorage.setItem(INSIDE_KEY, "yes");
    else localStorage.removeItem(INSIDE_KEY);
  } catch {
    // Then a form may flash.
  }
}

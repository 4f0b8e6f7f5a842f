export const LANGUAGE_KEY = "parley:language";

/**
 * Runs in the page before the first paint: a page whose reader wants another language than English stays empty until its
 * texts are there, at most for as long as globals.css says.
 */
export const LANGUAGE_SCRIPT = `try{var l=localStorage.getItem("${LANGUAGE_KEY}");if(!(l||navigator.language).startsWith("en"))document.documentElement.dataset.language="awaited"}catch{}`;

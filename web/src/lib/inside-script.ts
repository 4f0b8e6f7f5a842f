export const INSIDE_KEY = "parley:inside";

/**
 * Runs in the page before the first paint: where somebody was in when this browser last heard, the pages to come in by wait
 * with their forms until it is known whether they still are. Only the server can read the session itself.
 */
export const INSIDE_SCRIPT = `try{if(/^\\/sign-(in|up)\\/?$/.test(location.pathname)&&localStorage.getItem("${INSIDE_KEY}"))document.documentElement.dataset.entering=""}catch{}`;

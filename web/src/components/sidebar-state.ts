export const SIDEBAR_KEY = "parley:sidebar";

/** Runs in the page before the first paint, so that a sidebar folded to its rail does not unfold for a moment. */
export const SIDEBAR_SCRIPT = `try{if(localStorage.getItem("${SIDEBAR_KEY}")==="rail")document.documentElement.dataset.sidebar="rail"}catch{}`;

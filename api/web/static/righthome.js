// Starts the components that scripts improve. Every page works without this file.
import { initAll } from "./vendor/govuk-frontend-6.3.0.min.js";

initAll();

// A link to a folded part of the page unfolds it.
function unfoldTarget() {
  const target = document.getElementById(decodeURIComponent(window.location.hash.slice(1)));
  const folded = target?.matches("details") ? target : target?.querySelector(":scope > details");
  if (folded) folded.open = true;
}
window.addEventListener("hashchange", unfoldTarget);
unfoldTarget();

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

// A hold counts down while its page is open; without this the page says when it runs out.
function countDown() {
  for (const left of document.querySelectorAll("[data-until]")) {
    const minutes = Math.floor((Date.parse(left.dataset.until) - Date.now()) / 60000);
    if (minutes < 0) {
      left.textContent = "no time";
      continue;
    }
    const hours = Math.floor(minutes / 60);
    const parts = [];
    if (hours) parts.push(`${hours} ${hours === 1 ? "hour" : "hours"}`);
    if (minutes % 60 || !hours) parts.push(`${minutes % 60} ${minutes % 60 === 1 ? "minute" : "minutes"}`);
    left.textContent = parts.join(" ");
  }
}
if (document.querySelector("[data-until]")) {
  countDown();
  setInterval(countDown, 30000);
}
// A plan or forecast that is being made is looked for again until it is there; then its page is loaded, once.
async function lookForPlan() {
  if (!document.querySelector("[data-rh-waiting]")) return;
  try {
    const answer = await fetch(window.location.pathname + window.location.search, { credentials: "same-origin" });
    if (answer.ok && (await answer.text()).includes("data-rh-waiting")) {
      window.setTimeout(lookForPlan, 1000);
      return;
    }
  } catch {
    window.setTimeout(lookForPlan, 5000);
    return;
  }
  window.location.reload();
}
lookForPlan();

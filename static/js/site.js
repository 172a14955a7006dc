// Small comforts. Every page works without this file.
import { keepForms } from "./keep.js";
import { prepareLive } from "./live.js";
import { preparePickers } from "./picker.js";
import { followConversation } from "./talk.js";

// The browser knows the time zone; nobody should have to type it.
for (const field of document.querySelectorAll("input[name=time_zone][type=hidden]")) {
  field.value = Intl.DateTimeFormat().resolvedOptions().timeZone ?? "";
}

// A second press of a button sends nothing. The server would ignore it anyway.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post") return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "yes";
});
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});

// A menu closes when one presses Escape or elsewhere.
const menus = [...document.querySelectorAll(".bar details")];
document.addEventListener("click", (event) => {
  for (const menu of menus) if (!menu.contains(event.target)) menu.open = false;
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") for (const menu of menus) menu.open = false;
});

// After a refusal, start at the summary.
document.querySelector(".summary")?.focus();

keepForms(document); // first: what is put back, the others show
prepareLive(document);
preparePickers(document);
followConversation(document);

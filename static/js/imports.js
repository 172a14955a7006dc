// The import of a list: read again when a choice changes, go on by itself. Both work
// by buttons without this file.
for (const form of document.querySelectorAll("form[data-reread]")) {
  form.addEventListener("change", () => {
    form.requestSubmit(form.querySelector("button[value=again]"));
  });
}
for (const form of document.querySelectorAll("form[data-go-on]")) {
  form.requestSubmit();
}
// Work that somebody else does: look again until the page leads on. Without this file
// a link of the page does the same.
const LOOK_AGAIN = 800; // milliseconds
for (const part of document.querySelectorAll("[data-poll]")) {
  const look = async () => {
    try {
      const answer = await fetch(location.href);
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.getElementById(part.id);
      if (answer.redirected || (answer.ok && !fresh)) return location.replace(answer.url);
      if (answer.ok) part.replaceChildren(...fresh.childNodes);
    } catch {
      // No connection: the next look may have one.
    }
    setTimeout(look, LOOK_AGAIN);
  };
  setTimeout(look, LOOK_AGAIN);
}
// A queue of boxes gets one that ticks them all.
for (const list of document.querySelectorAll("ol[data-tick-all]")) {
  const all = document.createElement("input");
  all.type = "checkbox";
  all.className = "form-check-input";
  all.addEventListener("change", () => {
    for (const box of list.querySelectorAll("input[type=checkbox]")) box.checked = all.checked;
  });
  const label = document.createElement("label");
  label.className = "tick-all";
  label.append(all, list.dataset.tickAll);
  list.before(label);
}

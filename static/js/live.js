// A form whose effect is counted by the server while it is filled in, and a box that
// ticks a whole table. Without this script the buttons of the page do the same.

const PAUSE = 300; // milliseconds after the last change

function follow(form) {
  let timer = 0;
  let asked = 0;
  async function count() {
    asked += 1;
    const turn = asked;
    const body = new FormData(form);
    body.set("act", "count");
    try {
      const answer = await fetch(form.action, { method: "POST", body });
      if (!answer.ok || turn !== asked) return;
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.getElementById(form.dataset.live);
      if (fresh) document.getElementById(form.dataset.live).replaceChildren(...fresh.childNodes);
    } catch {
      // No connection: the figures stay as they are, the buttons still work.
    }
  }
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(count, PAUSE);
  });
}

function tickAll(table) {
  const boxes = [...table.querySelectorAll("tbody input[type=checkbox]")];
  const all = document.createElement("input");
  all.type = "checkbox";
  all.className = "form-check-input";
  all.setAttribute("aria-label", table.dataset.tickAll);
  all.addEventListener("change", () => {
    for (const box of boxes) box.checked = all.checked;
  });
  table.querySelector("thead th").replaceChildren(all);
}

export function prepareLive(root) {
  for (const form of root.querySelectorAll("form[data-live]")) follow(form);
  for (const table of root.querySelectorAll("table[data-tick-all]")) tickAll(table);
}

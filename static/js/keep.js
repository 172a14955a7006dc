// Choosing a language or light and dark loads the page anew. What is typed in its
// forms waits in this tab meanwhile, and is put back once. Never passwords, never
// hidden values: a key or a version of the old page would spoil the new one.
const PLACE = "kept-forms";
const SKIPPED = new Set(["hidden", "password", "file", "submit", "button", "image", "reset"]);

const forms = () => [...document.querySelectorAll("main form")];
const fields = (form) =>
  [...form.elements].filter((field) => field.name && !SKIPPED.has(field.type) && field.autocomplete !== "one-time-code");
const value = (field) => {
  if (field.type === "checkbox" || field.type === "radio") return field.checked;
  if (field.type === "select-multiple") return [...field.selectedOptions].map((option) => option.value);
  return field.value;
};
const initial = (field) => {
  if (field.type === "checkbox" || field.type === "radio") return field.defaultChecked;
  if (field.tagName === "SELECT") {
    const chosen = [...field.options].filter((option) => option.defaultSelected).map((option) => option.value);
    if (field.multiple) return chosen;
    return chosen.at(-1) ?? field.options[0]?.value ?? "";
  }
  return field.defaultValue;
};
const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);
// Two boxes may share a name: the value of a box tells them apart.
const mark = (field) =>
  field.type === "checkbox" || field.type === "radio" ? `${field.name}=${field.value}` : field.name;

function keep(event) {
  // What the server refused stands in the page as if it had always been there.
  const refused = document.querySelector("main .summary") !== null;
  const path = new URL(event.target.elements.next.value, location).pathname;
  const changed = forms().map((form) =>
    fields(form)
      .filter((field) => refused || !same(value(field), initial(field)))
      .map((field) => [mark(field), value(field)]),
  );
  if (!changed.some((form) => form.length)) return;
  try {
    sessionStorage.setItem(PLACE, JSON.stringify({ path, changed }));
  } catch {
    // No room or not allowed: the page loads as it would without this file.
  }
}

function put(field, kept) {
  if (typeof kept === "boolean") field.checked = kept;
  else if (Array.isArray(kept)) {
    for (const option of field.options) option.selected = kept.includes(option.value);
  } else field.value = kept;
  for (const kind of ["input", "change"]) field.dispatchEvent(new Event(kind, { bubbles: true }));
}

function putBack() {
  let kept = null;
  try {
    kept = JSON.parse(sessionStorage.getItem(PLACE) ?? "null");
    sessionStorage.removeItem(PLACE);
  } catch {
    return;
  }
  if (kept?.path !== location.pathname) return;
  forms().forEach((form, place) => {
    const found = new Map(fields(form).map((field) => [mark(field), field]));
    for (const [name, text] of kept.changed[place] ?? []) {
      const field = found.get(name);
      if (!field) continue;
      for (let outer = field.closest("details"); outer; outer = outer.parentElement.closest("details")) outer.open = true;
      put(field, text);
    }
  });
}

export function keepForms(root) {
  putBack();
  for (const warning of root.querySelectorAll("[data-not-kept]")) warning.remove();
  for (const form of root.querySelectorAll(".bar .menu form")) {
    if (form.querySelector("[name=locale], [name=theme]")) form.addEventListener("submit", keep);
  }
}

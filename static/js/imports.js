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

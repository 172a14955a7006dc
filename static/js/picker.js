// A long list of boxes to tick gets a search field and shows what is ticked above it.

function fold(text) {
  return text.normalize("NFKD").replace(/[\u0300-\u036f]/g, "").toLocaleLowerCase();
}

function prepare(picker) {
  const boxes = [...picker.querySelectorAll("input[type=checkbox]")];
  const find = document.createElement("input");
  find.type = "search";
  find.className = "form-control picker-find";
  find.placeholder = picker.dataset.find;
  find.setAttribute("aria-label", picker.dataset.find);
  const chosen = document.createElement("div");
  chosen.className = "picker-chosen";
  picker.prepend(find, chosen);

  function showChosen() {
    chosen.replaceChildren(
      ...boxes
        .filter((box) => box.checked)
        .map((box) => {
          const chip = document.createElement("button");
          chip.type = "button";
          chip.className = "chip on";
          chip.textContent = `${box.closest("label").textContent.trim()} ×`;
          chip.addEventListener("click", () => {
            box.checked = false;
            showChosen();
            find.focus();
          });
          return chip;
        }),
    );
  }

  function filter() {
    const wanted = fold(find.value.trim());
    for (const box of boxes) {
      const label = box.closest("label");
      label.hidden = wanted !== "" && !fold(label.textContent).includes(wanted);
    }
    for (const group of picker.querySelectorAll("details")) {
      const hits = group.querySelectorAll("label:not([hidden])").length;
      group.hidden = hits === 0;
      if (wanted !== "") group.open = hits > 0;
    }
  }

  find.addEventListener("input", filter);
  find.addEventListener("keydown", (event) => {
    if (event.key === "Enter") event.preventDefault(); // it would send the form
  });
  picker.addEventListener("change", showChosen);
  showChosen();
}

export function preparePickers(root) {
  for (const picker of root.querySelectorAll(".picker")) prepare(picker);
}

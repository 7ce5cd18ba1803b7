// Choosing from a list without going to the server: filter while typing, select all that is found, and a count.
for (const list of document.querySelectorAll("[data-pick]")) {
  const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
  const search = list.querySelector("input[type=search]");
  const items = [...list.querySelectorAll("[data-pick-text]")];
  const boxes = () => [...list.querySelectorAll("input[type=checkbox]")];
  const count = list.querySelector("[data-pick-count]");
  const nothing = list.querySelector("[data-pick-nothing]");

  const tell = () => {
    const away = list.querySelectorAll("li[hidden] input[type=hidden]").length;
    const chosen = boxes().filter((box) => box.checked).length + away;
    count.textContent = `${chosen} van ${boxes().length + away} gekozen`;
  };
  const filter = () => {
    const words = plain(search.value).split(/\s+/).filter(Boolean);
    for (const item of items) {
      const text = plain(item.dataset.pickText);
      item.hidden = !words.every((word) => text.includes(word));
    }
    if (nothing) nothing.hidden = items.some((item) => !item.hidden);
  };
  const setAll = (checked) => {
    for (const item of items) {
      const box = item.querySelector("input[type=checkbox]");
      if (box && !item.hidden) box.checked = checked;
    }
    tell();
  };

  search?.addEventListener("input", filter);
  search?.addEventListener("keydown", (event) => {
    if (event.key === "Enter") event.preventDefault();
  });
  list.querySelector("button[value=zoeken]")?.remove();
  for (const [value, checked] of [["alles", true], ["niets", false]]) {
    const button = list.querySelector(`button[value=${value}]`);
    if (!button) continue;
    button.type = "button"; // Enter in a field goes on to the next step
    button.addEventListener("click", () => setAll(checked));
  }
  list.addEventListener("change", tell);
  tell();
}

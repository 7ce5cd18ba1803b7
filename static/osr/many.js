// Many mandates: the count while ticking, and Enter where it is expected. What is chosen stays with the form itself.
for (const form of document.querySelectorAll("[data-many]")) {
  const count = form.querySelector("[data-many-count]");
  const next = form.querySelector("button[value=volgende]");
  const day = form.querySelector("#einddatum");

  const tell = () => {
    const here = form.querySelectorAll("input[name=mandaten]:checked").length;
    count.textContent = Number(count.dataset.manyElsewhere) + here;
  };
  form.addEventListener("change", (event) => {
    if (event.target.name === "mandaten") tell();
  });
  // The first button of the form shortens the list; Enter in the last part of it goes on.
  for (const field of [day, ...form.querySelectorAll("input[name=wat]")]) {
    field.addEventListener("keydown", (event) => {
      if (event.key !== "Enter") return;
      event.preventDefault();
      form.requestSubmit(next);
    });
  }
  tell(); // after the back button a browser has ticks of its own
}

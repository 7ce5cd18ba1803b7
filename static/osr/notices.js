// Screen readers announce what changes in a live region, not what it holds when the page opens: so put the notices there
// once more, just after.
const region = document.querySelector(".osr-notices");
const notices = region ? [...region.children] : [];
if (notices.length) {
  region.replaceChildren();
  setTimeout(() => region.replaceChildren(...notices), 100);
}

// What a script adds to the practice pages; without it every action is a form, and nothing is missing but comfort.
import "./answer-editor.js";
import "./practice-keys.js";

// After a part of the page was replaced, say where the person is now.
document.addEventListener("htmx:afterSettle", (event) => {
  const heading = document.getElementById("result");
  if (event.detail.target.id === "main" && heading) heading.focus();
  const point = event.detail.elt.closest?.(".point");
  const lost = document.activeElement === document.body; // who has moved on meanwhile is not called back
  if (point && lost) point.focus({ preventScroll: true });
});

// A refused form (no draft kept, server away) must not be swallowed: send it as the browser would.
document.addEventListener("htmx:responseError", (event) => {
  const form = event.detail.elt;
  if (form instanceof HTMLFormElement && form.method === "post") form.submit();
});

/* One question of a report: what is typed stays in this browser until the server has it, under the same key as the grid's. */

const form = document.getElementById("question-form");
if (form) start(form);

function start(form) {
  const key = `grid:${form.dataset.user}:${location.pathname}`;
  const DAYS = 14 * 24 * 3600 * 1000;
  const seen = form.elements.seen;
  const fields = [...form.querySelectorAll("input[type=text], textarea")];
  const radios = [...form.querySelectorAll(".question-choices input[type=radio]")];

  const state = () => [
    ...fields.map((field) => [field.name, field.value, field.defaultValue]),
    ...radios.filter((radio) => radio.checked).map((radio) => [radio.name, radio.value, initial(radio.name)]),
  ];

  const initial = (name) => radios.find((radio) => radio.name === name && radio.defaultChecked)?.value ?? "";

  // After a question of the server, what stands in the fields is not stored there yet.
  const isUnsaved = "unsaved" in form.dataset;
  let isSent = false;

  function keep() {
    const typed = state().filter(([, now, before]) => isUnsaved || now.trim() !== before.trim());
    try {
      if (typed.length)
        localStorage.setItem(key, JSON.stringify({ at: Date.now(), seen: seen.value, isSent, page: typed }));
      else localStorage.removeItem(key);
    } catch {
      // A full or forbidden store: the form itself still holds everything.
    }
  }

  function restore() {
    let kept;
    try {
      kept = JSON.parse(localStorage.getItem(key) ?? "null");
    } catch {
      return;
    }
    if (!kept?.page || Date.now() - kept.at > DAYS) return;
    // What was sent has arrived when the server holds something else by now.
    if (kept.seen !== seen.value && kept.isSent) return;
    let isRestored = false;
    for (const [name, value] of kept.page) {
      const field = fields.find((each) => each.name === name);
      const radio = radios.find((each) => each.name === name && each.value === value);
      if (field && field.value.trim() !== value.trim()) {
        field.value = value;
        isRestored = true;
      }
      if (radio && !radio.checked) {
        radio.checked = true;
        isRestored = true;
      }
    }
    if (!isRestored) return;
    // What the writer saw then: when somebody saved since, the server asks instead of overwriting.
    seen.value = kept.seen;
    form.querySelector(".question-news").textContent = form.dataset.sayRestored;
  }

  // Whoever writes a number means it: the choice beside it goes back to "the number above".
  form.addEventListener("input", ({ target }) => {
    const [letter, pk] = target.name.split("-");
    if (!["v", "n", "d"].includes(letter) || !target.value.trim()) return;
    const written = radios.find((radio) => radio.name === `w-${pk}` && radio.value === "");
    if (written) written.checked = true;
  });
  form.addEventListener("input", keep);
  form.addEventListener("change", keep);
  form.addEventListener("submit", () => {
    isSent = true;
    keep();
  });
  addEventListener("pagehide", keep);
  restore();
  keep();
}

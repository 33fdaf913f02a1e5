/* The administration's fields that are typed into and chosen from (Select2) are called by their value alone, and those in
   tables of rows are not called anything. This calls them by their label or by the heading of their column, for whoever
   hears the page instead of seeing it. */
"use strict";
{
  const $ = django.jQuery;

  /** What the field is called on the page: by its label, as a filter of a list, or by its column in a table of rows. */
  const nameOf = (field) => {
    const column = field.closest("td")?.className.match(/\bfield-([\w-]+)/)?.[1];
    const heading = column && field.closest("table").querySelector(`th.column-${column}`);
    const words = field.getAttribute("aria-label") || (field.labels[0] || heading)?.textContent || "";
    return words.trim().replace(/\s*:$/, "");
  };

  const call = (select) => {
    const box = select.nextElementSibling?.querySelector(".select2-selection");
    if (!box) return;
    const name = nameOf(select);
    box.setAttribute("aria-label", name);
    if (select.multiple) {
      box.querySelector(".select2-search__field").setAttribute("aria-label", name);
      return;
    }
    // Its name, then its value; the value by itself is a field, too, and bears the name.
    const value = box.querySelector(".select2-selection__rendered");
    box.id = `${value.id}-box`;
    box.setAttribute("aria-labelledby", `${box.id} ${value.id}`);
    value.setAttribute("aria-labelledby", box.id);
  };

  const callCell = (field) => {
    if (!field.labels.length && nameOf(field)) field.setAttribute("aria-label", nameOf(field));
  };

  const callAll = (part) => {
    part.querySelectorAll("td :is(select, textarea, input:not([type=hidden]))").forEach(callCell);
    part.querySelectorAll("select.admin-autocomplete").forEach(call);
  };

  // Django makes the boxes in these two moments, and is asked first.
  $(() => callAll(document));
  document.addEventListener("formset:added", (event) => callAll(event.target));

  // What opens below the box is made anew each time.
  $(document).on("select2:open", (event) => {
    const parts = ".select2-container--open :is(.select2-search__field, .select2-results__options[role=listbox])";
    document.querySelectorAll(parts).forEach((part) => part.setAttribute("aria-label", nameOf(event.target)));
  });
}

/* Buttons that copy a text of the page. They stand hidden in it, and appear only where there is something to copy with. */
"use strict";
{
  const status = document.getElementById("copied");

  /** The paragraphs of an element, one under the other, as plain text. */
  const textOf = (element) => [...element.children].map((child) => child.textContent.trim()).join("\n");

  const copy = async (button) => {
    const text = textOf(document.getElementById(button.dataset.copies));
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      // Refused by the browser: the text stands selected, ready for the keyboard.
      getSelection().selectAllChildren(document.getElementById(button.dataset.copies));
      return;
    }
    const label = button.textContent;
    button.textContent = button.dataset.done;
    if (status) status.textContent = button.dataset.done;
    setTimeout(() => {
      button.textContent = label;
      if (status) status.textContent = "";
    }, 2000);
  };

  if (navigator.clipboard) {
    for (const button of document.querySelectorAll("[data-copies]")) {
      button.hidden = false;
      button.addEventListener("click", () => copy(button));
    }
  }
}

// The day's report prints itself at a touch; without scripts the browser's own print does.
"use strict";
for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
// Lines that were left empty need not travel; without scripts they do, and mean the same.
document.querySelector("form.sign")?.addEventListener("formdata", ({ formData }) => {
  for (const [name, value] of [...formData])
    if (!value && /^(to|note)-/.test(name)) formData.delete(name);
});

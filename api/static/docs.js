// Starts Swagger UI on the contract that the server names, in the system's colours.
"use strict";

const dark = matchMedia("(prefers-color-scheme: dark)");
const recolour = () => document.documentElement.classList.toggle("dark-mode", dark.matches);
dark.addEventListener("change", recolour);
recolour();

const root = document.getElementById("docs");
SwaggerUIBundle({
  domNode: root,
  url: root.dataset.contract,
  validatorUrl: null, // the contract is sent nowhere
  deepLinking: true,
  docExpansion: "none", // the groups first: there are far more operations than a page shows
  defaultModelsExpandDepth: 0,
  tryItOutEnabled: true,
  displayRequestDuration: true,
});

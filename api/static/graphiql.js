// Starts GraphiQL at the door of its page, with a tab for each example; `#query=…` in the address opens another one.
"use strict";

const root = document.getElementById("graphiql");
const { endpoint, release } = root.dataset;
const examples = JSON.parse(root.dataset.examples);

async function fetcher(asked) {
  const reply = await fetch(endpoint, {
    method: "POST",
    headers: { Accept: "application/graphql-response+json", "Content-Type": "application/json" },
    body: JSON.stringify(asked),
  });
  return reply.json();
}

function fromAddress() {
  const query = new URLSearchParams(location.hash.slice(1)).get("query");
  return query ?? undefined;
}

const opened = fromAddress();
const others = examples.filter((example) => example !== opened);
const { createElement } = React;
const logo = createElement(
  GraphiQL.Logo,
  null,
  createElement("a", { href: "/", title: "Back to the dataset" }, "Enforcement record"),
  createElement("span", { className: "release" }, ` ${release}`),
);

ReactDOM.createRoot(root).render(
  createElement(
    GraphiQL,
    {
      fetcher,
      defaultTabs: (opened ? [opened, ...others] : others).map((query) => ({ query })),
      query: opened,
      isHeadersEditorEnabled: false,
    },
    logo,
  ),
);

addEventListener("hashchange", () => location.reload()); // another question was opened in this same window

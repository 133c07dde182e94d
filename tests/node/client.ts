// A small client as a user of the REST contract writes one: it is type-checked, never run.
import type { paths } from "./contract";

type Answer<Path extends keyof paths> = paths[Path] extends {
  get: { responses: { 200: { content: { "application/json": infer Body } } } };
}
  ? Body
  : never;

type Asked<Path extends keyof paths> = paths[Path] extends { get: { parameters: { query?: infer Query } } }
  ? Query
  : never;

async function get<Path extends keyof paths>(
  path: Path,
  inPath: Record<string, string> = {},
  asked?: Asked<Path>,
): Promise<Answer<Path>> {
  const address = Object.entries(inPath).reduce<string>(
    (done, [name, value]) => done.replace(`{${name}}`, encodeURIComponent(value)),
    path,
  );
  const pairs = Object.entries(asked ?? {}).flatMap(([name, value]) =>
    [value].flat().map((one): [string, string] => [name, String(one)]),
  );
  const reply = await fetch(`${address}?${new URLSearchParams(pairs)}`);
  if (!reply.ok) {
    throw new Error(`${reply.status} ${address}`);
  }
  return reply.json() as Promise<Answer<Path>>;
}

export async function closures(): Promise<string[]> {
  const page = await get("/v1/events", {}, { kind: ["closure"], limit: 5 });
  return page.items.map((event) => `${page.release.version} ${event.id} ${event.title}`);
}

export async function words(id: string): Promise<string | null> {
  const { item } = await get("/v1/figures/{id}", { id });
  return item.verbatim;
}

export async function names(version: string): Promise<string[]> {
  const page = await get("/v1/releases/{version}/entities", { version }, { kind: ["person"] });
  return page.items.map((entity) => entity.name);
}

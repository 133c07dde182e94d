// The same records behind fastify and mercurius with its compiler: `node server.mjs RELEASE SCHEMA PORT`.
// REST is a plain route with the same look-up, for W1 and W2.
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { makeExecutableSchema } from '@graphql-tools/schema'
import Fastify from 'fastify'
import { parse } from 'graphql'
import mercurius from 'mercurius'

const [folder, schemaFile, port] = process.argv.slice(2)
const manifestText = readFileSync(join(folder, 'manifest.json'))
const manifest = JSON.parse(manifestText)
const read = (name) => JSON.parse(readFileSync(join(folder, `${name}.json`)))
const digest = createHash('sha256').update(manifestText).digest('hex')
const release = { dataset: manifest.dataset, version: manifest.version, sha256: digest, released: manifest.released }

const records = {}
for (const name of ['sources', 'citations', 'entities', 'events', 'figures', 'relations', 'discrepancies']) {
  records[name] = new Map(read(name).map((record) => [record.id, record]))
}
const { sources, citations, entities, events, figures, relations, discrepancies } = records

const plain = (value) => value.replaceAll('_', ' ')
const encoded = (text) => encodeURIComponent(text).replaceAll('-', '%2D')
const order = ['stated', 'reported', 'alleged', 'suspected', 'believed', 'inferred']
const codes = { mine: '{mine}', miner: '{miner}', case: '{case}', machine: '{machine}', person: '{person}', rank: '{rank}', megawatt: 'MW', kzt: 'KZT', usd: 'USD' }

function hedge(record) {
  const said = new Set(record.evidence.map((entry) => entry.modality))
  said.delete('stated')
  return said.size ? ` (${order.filter((modality) => said.has(modality)).join(', ')})` : ''
}

// What is derived is computed once, when the records are read.
const listOf = (found, key, value) => (found.get(key) ?? found.set(key, []).get(key)).push(value)
for (const entity of entities.values()) entity.name = entity.label = entity.names.find((name) => name.kind !== 'variant').text
for (const citation of citations.values()) {
  citation.sourceRecord = sources.get(citation.source)
  citation.label = `${citation.sourceRecord.publisher}, ${citation.where}`
  const end = citation.end === citation.start ? '' : `,${encoded(citation.end)}`
  citation.deepLink = `${citation.sourceRecord.url}#:~:text=${encoded(citation.start)}${end}`
}
const figuresOf = new Map()
for (const figure of figures.values()) {
  figure.label = `${plain(figure.measure)}: ${figure.verbatim}${hedge(figure)}`
  figure.unitCode = codes[figure.unit]
  listOf(figuresOf, figure.about, figure)
}
const compare = (a, b) => (a < b ? -1 : a > b ? 1 : 0)
const ordered = [...events.values()].sort(
  (a, b) => compare(a.date.earliest, b.date.earliest) || compare(a.date.latest, b.date.latest) || compare(a.id, b.id),
)
const byKind = new Map()
const partsOf = new Map()
for (const [rank, event] of ordered.entries()) {
  event.rank = rank
  event.label = event.title
  listOf(byKind, event.kind, event)
  if (event.part_of) listOf(partsOf, event.part_of, event)
}
const relationsOf = new Map()
for (const relation of relations.values()) {
  listOf(relationsOf, relation.subject, relation)
  listOf(relationsOf, relation.object, relation)
}
const discrepanciesOf = new Map()
for (const discrepancy of discrepancies.values()) {
  for (const id of discrepancy.records) listOf(discrepanciesOf, id, discrepancy)
}

const lastDay = (text) => {
  const [year, month, day] = text.split('-')
  return day ? text : month ? `${text}-${new Date(Date.UTC(year, month, 0)).getUTCDate()}` : `${text}-12-31`
}
const firstDay = (text) => `${text}-01-01`.slice(0, 10)

// Return the events of some kinds between two days, in order.
function selected(kinds, from, to) {
  let found = kinds?.length ? [...new Set(kinds)].flatMap((kind) => byKind.get(kind) ?? []) : ordered
  if (from) from = firstDay(from)
  if (to) to = lastDay(to)
  if (from || to) {
    found = found.filter(({ date }) => (!from || date.latest >= from) && (!to || date.earliest <= to))
  }
  return kinds?.length > 1 ? found.sort((a, b) => a.rank - b.rank) : found
}

const cursor = (place) => Buffer.from(`place:${place}`).toString('base64')
const placeOf = (text) => Number(Buffer.from(text, 'base64').toString().slice(6))

function connection(found, first, after) {
  const start = after ? placeOf(after) + 1 : 0
  const nodes = found.slice(start, start + (first ?? 20))
  const end = start + nodes.length
  return {
    totalCount: found.length,
    nodes,
    edges: nodes.map((node, index) => ({ cursor: cursor(start + index), node })),
    pageInfo: {
      hasNextPage: end < found.length,
      hasPreviousPage: start > 0,
      startCursor: nodes.length ? cursor(start) : null,
      endCursor: nodes.length ? cursor(end - 1) : null,
    },
  }
}

// GraphQL: the committed schema, its words in capitals, and a resolver wherever a field is not read off the record.
const typeDefs = readFileSync(schemaFile, 'utf8')
const words = {}
for (const definition of parse(typeDefs).definitions) {
  if (definition.kind === 'EnumTypeDefinition' && !definition.name.value.endsWith('Order')) {
    words[definition.name.value] = Object.fromEntries(definition.values.map(({ name }) => [name.value, name.value.toLowerCase()]))
  }
}
const evidence = {
  citation: (entry) => citations.get(entry.citation),
  attributedTo: (entry) => (entry.attributed_to ? entities.get(entry.attributed_to) : null),
}
const schema = makeExecutableSchema({
  typeDefs,
  resolverValidationOptions: { requireResolversForResolveType: 'ignore' },
  resolvers: {
    ...words,
    Query: {
      event: (_, { id }) => events.get(id),
      events: (_, { first, after, filter }) => connection(selected(filter?.kind, filter?.dateFrom, filter?.dateTo), first, after),
    },
    Event: {
      place: (event) => (event.place ? entities.get(event.place) : null),
      partOf: (event) => (event.part_of ? events.get(event.part_of) : null),
      figures: (event) => figuresOf.get(event.id) ?? [],
    },
    Participation: { entity: (part) => entities.get(part.entity) },
    Evidence: evidence,
    Citation: { source: (citation) => citation.sourceRecord },
    Figure: {
      asOf: (figure) => figure.as_of,
      partOf: (figure) => (figure.part_of ? figures.get(figure.part_of) : null),
    },
  },
})

// REST: the records with their references expanded.
const named = (id) => (id ? { id, name: entities.get(id).name } : null)
const titled = (id) => (id ? { id, title: events.get(id).title } : null)
const party = (id) => (id.startsWith('ent-') ? named(id) : titled(id))
const citationsShown = new Map()
for (const { id, sourceRecord, where, start, end, digest, tokens, label, deepLink } of citations.values()) {
  const { id: source, title, publisher, published, url } = sourceRecord
  const shown = { id, source: { id: source, title, publisher, published, url }, where, start, end, digest, tokens, label, deep_link: deepLink }
  citationsShown.set(id, shown)
}
const shownEvidence = (entries) =>
  entries.map((entry) => ({ ...entry, citation: citationsShown.get(entry.citation), attributed_to: named(entry.attributed_to) }))
function shownFigure({ unitCode, label, ...figure }) {
  return { ...figure, about: titled(figure.about), evidence: shownEvidence(figure.evidence), unit_code: unitCode, implied_rate: null, label }
}
function listed({ rank, ...event }) {
  return {
    ...event,
    place: named(event.place),
    part_of: titled(event.part_of),
    participations: event.participations.map((part) => ({ ...part, entity: named(part.entity), evidence: shownEvidence(part.evidence) })),
    evidence: shownEvidence(event.evidence),
    figures: (figuresOf.get(event.id) ?? []).map(shownFigure),
  }
}
const shownRelation = (relation) => ({
  ...relation,
  subject: party(relation.subject),
  object: party(relation.object),
  evidence: shownEvidence(relation.evidence),
  label: `${party(relation.subject).name} – ${plain(relation.predicate)} – ${party(relation.object).name}${hedge(relation)}`,
})

const app = Fastify({ logger: false })
app.register(mercurius, { schema, jit: 1 })
app.get('/v1/events/:id', (request, reply) => {
  const event = events.get(request.params.id)
  if (!event) return reply.code(404).send({ title: 'unknown record' })
  const item = {
    ...listed(event),
    parts: (partsOf.get(event.id) ?? []).map((part) => ({ id: part.id, title: part.title })),
    relations: (relationsOf.get(event.id) ?? []).map(shownRelation),
    discrepancies: (discrepanciesOf.get(event.id) ?? []).map(({ id, title }) => ({ id, title })),
  }
  return reply.send({ release, item })
})
app.get('/v1/events', (request, reply) => {
  const { kind, date_from: from, date_to: to, limit = '20', after } = request.query
  const found = selected(kind ? [kind].flat() : null, from, to)
  const page = connection(found, Number(limit), after)
  const next = page.pageInfo.hasNextPage ? `/v1/events?after=${page.pageInfo.endCursor}` : null
  return reply.send({ release, total: found.length, items: page.nodes.map(listed), next })
})
await app.listen({ host: '127.0.0.1', port: Number(port) })

/**
 * @module
 * docs/configuration.md and config/: their examples load, their keys are the code's, the JSON Schema is the code's.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { parse } from 'yaml';
import { z } from 'zod';
import { schemaText } from '../../src/cli/schemas.ts';
import type { FileReader } from '../../src/configuration/files.ts';
import { makeTlsFiles } from '../e2e/harness/tls-files.ts';
import { loadConfiguration } from './loading.ts';
import { flexPolicy, secret, withoutNotes } from './memory-files.ts';

const root = join(import.meta.dirname, '..', '..');
const page = readFileSync(join(root, 'docs/configuration.md'), 'utf8');
const examples = Array.from(page.matchAll(/^```yaml\n([\s\S]*?)^```/gm), ([, text = '']) => text);

const policies = `policies:
  - { name: partner, file: a.yaml }
  - { name: audit, file: b.yaml, output: { header: x-audit, prefix: "" } }
`;
const routes = 'routes: [{ match: {}, policies: [partner, audit] }]\n';

/** An example is a whole configuration, or the part of one that its section is about. */
function completed(example: string): string {
  const has = (key: string): boolean => new RegExp(`^${key}:`, 'm').test(example);
  const needsRoutes = !has('routes') && !has('allowRoutePolicy');
  return `${example}${has('policies') || has('include') ? '' : policies}${needsRoutes ? routes : ''}`;
}

const tls = await makeTlsFiles();
/** Those that the examples of TLS name. */
const certificates: ReadonlyMap<string, Buffer> = new Map([
  ['tls.crt', Buffer.from(tls['server.crt'])],
  ['tls.key', Buffer.from(tls['server.key'])],
  ['clients-ca.crt', Buffer.from(tls['authority.crt'])],
]);

/** Policies by the end of their file's name. */
const policyFiles: Readonly<Record<string, string>> = {
  '.yaml': flexPolicy({ iss: 'x' }),
  '.xml':
    '<GenerateJWT name="P"><Algorithm>HS256</Algorithm><SecretKey><Value ref="private.key"/></SecretKey><ExpiresIn>1h</ExpiresIn><Issuer ref="iss">none</Issuer></GenerateJWT>',
};
/** The examples of included files, by the path in the comment at their beginning. */
const included: ReadonlyMap<string, string> = new Map(
  examples.flatMap((example) => {
    const [, path] = /^# (teams\/[\w/.]+)/.exec(example) ?? [];
    return path === undefined ? [] : [[path, example] as const];
  }),
);

/** Any file an example may name. */
function anyFile(configuration: string): FileReader {
  return {
    list: (path) => ({ kind: 'names', names: path === 'teams' ? ['orders'] : [] }),
    read(path) {
      const text = path === 'mintproc.yaml' ? configuration : included.get(path);
      if (text !== undefined) return { kind: 'bytes', bytes: Buffer.from(text) };
      const certificate = certificates.get(path);
      if (certificate !== undefined) return { kind: 'bytes', bytes: certificate };
      const kind = path.slice(path.lastIndexOf('.'));
      return { kind: 'bytes', bytes: Buffer.from(policyFiles[kind] ?? secret) };
    },
  };
}

test('the page has examples', () => assert.ok(examples.length >= 7));

for (const [index, example] of examples.entries()) {
  test(`example ${index + 1} of docs/configuration.md loads`, () => {
    const environment = { PARTNER_KEY_PASSWORD: secret, ISSUER: 'an issuer' };
    const { problems } = loadConfiguration('mintproc.yaml', { files: anyFile(completed(example)), environment });
    assert.deepEqual(
      // The example does not contain the policies that use them.
      withoutNotes(problems)
        .filter(({ code }) => code !== 'keys.unused')
        .map(({ message, place }) => `${place.line}: ${message}`),
      [],
    );
  });
}

interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly oneOf?: readonly Schema[];
  readonly default?: unknown;
}

function keysOf(schema: Schema): string[] {
  const own = Object.entries(schema.properties ?? {}).flatMap(([key, inner]) => [key, ...keysOf(inner)]);
  return [...own, ...(schema.items ? keysOf(schema.items) : []), ...(schema.oneOf ?? []).flatMap(keysOf)];
}

const schema: Schema = JSON.parse(schemaText('configuration'));

test('the page has every key', () => {
  const missing = new Set(keysOf(schema).filter((key) => !page.includes(`${key}\``) && !page.includes(`\`${key}:`)));
  assert.deepEqual([...missing], []);
});

test('the page has the defaults of the limits', () => {
  for (const [key, { default: byDefault }] of Object.entries(schema.properties?.['limits']?.properties ?? {})) {
    // A retired key has none.
    const shown = byDefault === undefined ? '' : `${byDefault} `;
    assert.ok(page.includes(`| \`${key}\` | ${shown}|`), key);
  }
});

/** The keys that have a number, a word or a duration as their default, with it. */
function defaultsOf({
  properties = {},
  items,
  oneOf = [],
}: Schema): readonly (readonly [key: string, value: string])[] {
  const own = Object.entries(properties).flatMap(([key, inner]): (readonly [string, string])[] => {
    const value = inner.default;
    const isShown = value !== undefined && typeof value !== 'object';
    return [...(isShown ? [[key, String(value)] as const] : []), ...defaultsOf(inner)];
  });
  return [...own, ...(items ? defaultsOf(items) : []), ...oneOf.flatMap(defaultsOf)];
}

test('each default is said where its key is: in a row, an item or a paragraph', () => {
  const others = ['docs/keys.md', 'docs/tracing.md'].map((path) => readFileSync(join(root, path), 'utf8'));
  const places = [page, ...others].flatMap((text) => text.split(/\n\n|\n(?=\||- )/));
  const has = (place: string, word: string): boolean =>
    new RegExp(`(?<![\\w.])${RegExp.escape(word)}(?!\\w|\\.\\d)`).test(place);
  const isSaid = ([key, value]: readonly [key: string, value: string]): boolean =>
    places.some((place) => has(place, key) && has(place, value));
  const defaults = defaultsOf(schema);
  assert.ok(defaults.length >= 35, `only ${defaults.length} defaults`);
  assert.deepEqual(
    defaults.filter((one) => !isSaid(one)),
    [],
  );
});

test('the schema accepts the sample, and each example', () => {
  const read = z.fromJSONSchema(JSON.parse(schemaText('configuration')));
  const sample = readFileSync(join(root, 'config/mintproc.yaml'), 'utf8');
  for (const text of [sample, ...examples.map(completed)]) assert.ok(read.safeParse(parse(text)).success, text);
  assert.equal(read.safeParse(parse(`${sample}\nlisen: x`)).success, false);
});
